package socket

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"winnow/config"
)

// packet listens for datagrams. One goroutine reads them, and one hands them over: the one must never wait for the other.
type packet struct {
	o      Options
	socket *net.UDPConn
	sender sender
	inbox  inbox
	chunks *chunks // of gelf, the reader's
	stop   context.CancelFunc
	given  context.Context
	ended  chan struct{} // when all is handed over
}

const (
	receiveBuffer = 8 << 20  // of the socket, as far as the system lets it
	inboxBytes    = 32 << 20 // of datagrams that wait
	maxDatagram   = 64 << 10
	maxSenders    = 16 // batches of different peers on their way at once
)

func openPacket(o Options) (*packet, error) {
	c, err := net.ListenPacket("udp", o.Address)
	if err != nil {
		return nil, err
	}
	p := &packet{o: o, socket: c.(*net.UDPConn), ended: make(chan struct{})}
	if err := p.socket.SetReadBuffer(receiveBuffer); err != nil {
		o.Log.Warn("the receive buffer of a listener stays small: datagrams may be lost", "listener", o.Address)
	}
	p.given, p.stop = context.WithCancel(context.Background())
	p.sender = sender{&p.o, p.given.Done()}
	p.inbox.signal = make(chan struct{}, 1)
	if o.Protocol == config.ProtocolGELF {
		p.chunks = newChunks(o.MaxMessageBytes)
	}
	go p.deliver()
	return p, nil
}

// Addr implements Listener.
func (p *packet) Addr() net.Addr { return p.socket.LocalAddr() }

// Serve implements Listener.
func (p *packet) Serve() error {
	buf := make([]byte, maxDatagram)
	for {
		n, from, err := p.socket.ReadFromUDPAddrPort(buf)
		if err != nil {
			if p.inbox.isClosed() {
				return nil
			}
			if isTemporary(err) {
				continue
			}
			return err
		}
		p.receive(buf[:n], from)
	}
}

// receive takes a datagram, or the message that it completes.
func (p *packet) receive(data []byte, from netip.AddrPort) {
	if p.chunks != nil {
		var lost int
		if data, lost = p.chunks.add(data, from, p.o.Now()); lost > 0 {
			p.o.Counters.Lost(LostBroken, lost)
		}
	}
	if len(data) == 0 {
		return
	}
	truncated := len(data) > p.o.MaxMessageBytes
	if truncated {
		p.o.Counters.Truncated()
		data = data[:p.o.MaxMessageBytes]
	}
	if !p.inbox.put(data, from.Addr().Unmap(), truncated, p.o.Now) {
		p.o.Counters.Lost(LostNoRoom, 1)
	}
}

// deliver hands over what comes until the inbox is closed and empty.
func (p *packet) deliver() {
	defer close(p.ended)
	for m, more := p.inbox.take(mail{}, p.o.After); more; m, more = p.inbox.take(m, p.o.After) {
		p.hand(&m)
	}
}

// hand hands mail over, the datagrams of each peer in order, those of different peers at once.
func (p *packet) hand(m *mail) {
	slices.SortStableFunc(m.parts, func(a, b part) int { return a.from.Compare(b.from) })
	var sending sync.WaitGroup
	room := make(chan struct{}, maxSenders)
	began := func() time.Time { return m.began }
	for i := 0; i < len(m.parts); {
		b, from := newBatch(&p.o), m.parts[i].from
		for ; i < len(m.parts) && m.parts[i].from == from && b.room(); i++ {
			d := m.parts[i]
			b.add(m.text[d.start:d.end], d.truncated, began)
		}
		room <- struct{}{}
		sending.Go(func() {
			p.sender.send(b.message(from, nil), b.n, nil)
			<-room
		})
	}
	sending.Wait()
}

// Shutdown implements Listener.
func (p *packet) Shutdown(ctx context.Context) error {
	p.inbox.close()
	_ = p.socket.Close() // a second time at the end
	select {
	case <-p.ended:
	case <-ctx.Done():
	}
	p.stop()
	<-p.ended
	return ctx.Err()
}

// inbox is where datagrams wait. It is bounded; who puts never waits.
type inbox struct {
	mu     sync.Mutex
	mail   mail
	closed bool
	signal chan struct{} // has a value when something has changed
}

// mail is datagrams, one behind the other.
type mail struct {
	text  []byte
	parts []part
	began time.Time
}

// part is one datagram: text[start:end].
type part struct {
	start, end int
	truncated  bool
	from       netip.Addr
}

// put takes a copy of a datagram, unless there is no room.
func (i *inbox) put(data []byte, from netip.Addr, truncated bool, now func() time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	m := &i.mail
	if i.closed || len(m.text)+len(data) > inboxBytes {
		return false
	}
	if len(m.parts) == 0 {
		m.began = now()
		i.wake()
	}
	start := len(m.text)
	m.text = append(m.text, data...)
	m.parts = append(m.parts, part{start, len(m.text), truncated, from})
	return true
}

func (i *inbox) wake() {
	select {
	case i.signal <- struct{}{}:
	default:
	}
}

// close lets nothing more in.
func (i *inbox) close() {
	i.mu.Lock()
	i.closed = true
	i.wake()
	i.mu.Unlock()
}

func (i *inbox) isClosed() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.closed
}

// take waits for mail, and a moment more for what follows it; false: there will be none. Its memory is that of used.
func (i *inbox) take(used mail, after func(time.Duration) <-chan time.Time) (mail, bool) {
	for waited := false; ; {
		i.mu.Lock()
		m, closed := i.mail, i.closed
		if ready := len(m.parts) > 0 && (waited || closed || len(m.text) >= batchBytes); ready || closed {
			i.mail = mail{text: used.text[:0], parts: used.parts[:0]}
			i.mu.Unlock()
			return m, ready
		}
		i.mu.Unlock()
		if waited = len(m.parts) > 0; waited {
			<-after(linger)
		} else {
			<-i.signal
		}
	}
}
