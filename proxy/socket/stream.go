package socket

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
)

// stream listens for connections.
type stream struct {
	o        Options
	listener net.Listener
	plain    *net.TCPListener
	echo     *echo // of heartbeats; nil: none

	mu          sync.Mutex
	connections map[net.Conn]struct{}
	closing     bool

	serving sync.WaitGroup
	stop    context.CancelFunc // gives up what waits
	given   context.Context
}

func openStream(o Options) (*stream, error) {
	l, err := net.Listen("tcp", o.Address)
	if err != nil {
		return nil, err
	}
	s := &stream{o: o, listener: l, plain: l.(*net.TCPListener), connections: map[net.Conn]struct{}{}}
	s.given, s.stop = context.WithCancel(context.Background())
	if o.Transport == "tls" {
		s.listener = tls.NewListener(l, o.TLS)
	} else if o.Protocol == config.ProtocolFluent {
		if s.echo, err = openEcho(l.Addr().String()); err != nil {
			_ = l.Close()
			return nil, err
		}
	}
	return s, nil
}

// Addr implements Listener.
func (s *stream) Addr() net.Addr { return s.listener.Addr() }

// Serve implements Listener.
func (s *stream) Serve() error {
	if s.echo != nil {
		s.serving.Go(s.echo.serve)
	}
	for pause := time.Duration(0); ; {
		c, err := s.listener.Accept()
		switch {
		case err == nil:
			pause = 0
			s.take(c)
		case s.isClosing():
			return nil
		case isTemporary(err):
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			<-s.o.After(pause)
		default:
			return err
		}
	}
}

// isTemporary tells whether accepting may work in a moment: too many open files, or a connection that is gone already.
func isTemporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

func (s *stream) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// take serves a connection, unless there are too many.
func (s *stream) take(c net.Conn) {
	s.mu.Lock()
	full := s.closing || len(s.connections) >= s.o.MaxConnections
	if !full {
		s.connections[c] = struct{}{}
	}
	s.mu.Unlock()
	if full {
		_ = c.Close()
		return
	}
	s.o.Counters.Connected(1)
	s.serving.Go(func() {
		defer s.leave(c)
		s.serve(c)
	})
}

func (s *stream) leave(c net.Conn) {
	_ = c.Close()
	s.mu.Lock()
	delete(s.connections, c)
	s.mu.Unlock()
	s.o.Counters.Connected(-1)
}

// serve reads from a connection until it ends.
func (s *stream) serve(c net.Conn) {
	k := &conn{Conn: c, s: s, sender: sender{&s.o, s.given.Done()}, peer: peerOf(c.RemoteAddr())}
	if t, ok := c.(*tls.Conn); ok {
		if !k.wait(s.o.ReadTimeout) || t.Handshake() != nil {
			s.o.Counters.Lost(LostBroken, 1)
			return
		}
		state := t.ConnectionState()
		k.shown = codec.Shown(&state)
	}
	switch s.o.Protocol {
	case config.ProtocolFluent:
		k.forward()
	case config.ProtocolGELF:
		k.lines(&frames{limit: s.o.MaxMessageBytes, ends: "\x00"})
	default:
		k.lines(&frames{limit: s.o.MaxMessageBytes, ends: "\n\x00", counts: true})
	}
}

func peerOf(a net.Addr) netip.Addr {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// Shutdown implements Listener.
func (s *stream) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	for c := range s.connections {
		_ = c.SetReadDeadline(past) // what was read is still handed over
	}
	s.mu.Unlock()
	_ = s.listener.Close() // a second time at the end
	if s.echo != nil {
		s.echo.close()
	}
	done := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.stop()
	s.mu.Lock()
	for c := range s.connections {
		_ = c.Close()
	}
	s.mu.Unlock()
	<-done
	return ctx.Err()
}

var past = time.Unix(1, 0)

// conn is one connection.
type conn struct {
	net.Conn
	sender
	s      *stream
	peer   netip.Addr
	shown  *x509.Certificate // by the sender; nil: none
	failed bool              // an answer could not be written
}

// wait sets how long the next read may take. It tells whether there is to be one.
func (c *conn) wait(d time.Duration) bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return !c.s.closing && c.SetReadDeadline(time.Now().Add(d)) == nil
}

// A batch is handed over when it is this large, or when nothing has come for so long.
const (
	batchBytes    = 256 << 10
	batchMessages = 2000
	linger        = 5 * time.Millisecond
)

// lines reads messages of a protocol without answers.
func (c *conn) lines(f *frames) {
	b := newBatch(&c.s.o)
	for {
		ended := c.gather(f, &b)
		if b.n > 0 {
			if c.send(b.message(c.peer, c.shown), b.n, nil) == givenUp {
				return
			}
			b.reset()
		}
		if ended {
			return
		}
	}
}

// gather fills a batch, and tells whether the connection has ended with it.
func (c *conn) gather(f *frames, b *batch) (ended bool) {
	for {
		for b.room() {
			text, truncated, ok, err := f.next()
			if err != nil {
				c.s.o.Counters.Lost(LostBroken, 1)
				return true
			}
			if !ok {
				break
			}
			c.add(b, text, truncated)
		}
		if !b.room() {
			return false
		}
		patience := c.s.o.IdleTimeout
		switch {
		case b.n > 0:
			patience = linger
		case f.partial():
			patience = c.s.o.ReadTimeout
		}
		if !c.wait(patience) {
			c.last(f, b)
			return true
		}
		if err := f.fill(c); err != nil {
			if b.n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && !c.s.isClosing() {
				return false
			}
			c.last(f, b)
			return true
		}
	}
}

func (c *conn) add(b *batch, text []byte, truncated bool) {
	if truncated {
		c.s.o.Counters.Truncated()
	}
	b.add(text, truncated, c.s.o.Now)
}

// last takes what stands at the end of a connection without an end of its own.
func (c *conn) last(f *frames, b *batch) {
	text, whole := f.rest()
	switch {
	case whole:
		c.add(b, text, false)
	case len(text) > 0:
		c.s.o.Counters.Lost(LostBroken, 1)
	}
}

// batch is messages on their way.
type batch struct {
	protocol config.Protocol
	limit    int // bytes above which nothing more is added
	body     []byte
	n        int
	began    time.Time
}

// framing is more than a message takes in a batch beside its text.
const framing = 16

// newBatch makes a batch that is never larger than the proxy takes: one that is refused for its size would be lost.
func newBatch(o *Options) batch {
	return batch{protocol: o.Protocol, limit: min(batchBytes, o.MaxBatchBytes-o.MaxMessageBytes-framing)}
}

// room tells whether a message more fits, however long it is. The first always does.
func (b *batch) room() bool { return b.n == 0 || b.n < batchMessages && len(b.body) <= b.limit }

func (b *batch) add(text []byte, truncated bool, now func() time.Time) {
	if b.n == 0 {
		b.began = now()
	}
	b.n++
	if b.protocol == config.ProtocolSyslog {
		b.body = codec.AppendSyslogFrame(b.body, text, truncated)
		return
	}
	b.body = append(append(b.body, text...), 0)
}

func (b *batch) message(peer netip.Addr, shown *x509.Certificate) *codec.Message {
	return &codec.Message{Body: b.body, RemoteAddr: peer, Certificate: shown, Received: b.began}
}

// reset empties b. A buffer that a rare huge message made is let go.
func (b *batch) reset() {
	b.n = 0
	if b.body = b.body[:0]; cap(b.body) > 2*batchBytes {
		b.body = nil
	}
}
