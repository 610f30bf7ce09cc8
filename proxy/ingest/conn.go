package ingest

import (
	"net"
	"sync/atomic"
	"time"

	"winnow/proxy/tcp"
)

// Bounds on what is read and thrown away after an answer that came before the body was read.
const (
	lingerBytes = 1 << 20
	lingerTime  = 2 * time.Second
)

// listener makes every connection one that can linger, and direct where it is a plain one.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: tcp.Direct(c)}, nil
}

// conn is a client's connection. When a request was answered with its body unread, closing at once would reset the connection, and
// the client might never see the answer; so Close first tells that nothing more will be said, and reads on for a bounded while.
type conn struct {
	net.Conn
	unread atomic.Bool
}

// Close implements net.Conn.
func (c *conn) Close() error {
	if c.unread.Swap(false) {
		c.linger()
	}
	return c.Conn.Close()
}

func (c *conn) linger() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || c.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	var waste [4096]byte
	for n := 0; n < lingerBytes; {
		m, err := c.Read(waste[:])
		if n += m; err != nil {
			return
		}
	}
}
