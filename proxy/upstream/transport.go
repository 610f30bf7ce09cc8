package upstream

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// transport makes one attempt over a connection of a client's pool, as fasthttp's own does, but for this: header and body leave in one write, and a
// large body is not copied. In two, what does not fit a buffer of 4 KB costs another system call here, and wakes the backend once more.
//
// A request must have a time-out, no longer than the client's own for reading and writing.
type transport struct {
	parcels sync.Pool // of *parcel
}

// RoundTrip implements fasthttp.RoundTripper.
func (t *transport) RoundTrip(c *fasthttp.HostClient, req *fasthttp.Request, resp *fasthttp.Response) (retry bool, err error) {
	deadline := time.Now().Add(req.GetTimeOut())
	held, err := c.AcquireConn(req.GetTimeOut(), req.ConnectionClose())
	if err != nil {
		return false, err
	}
	conn := held.Conn()
	if err = conn.SetDeadline(deadline); err == nil {
		err = t.send(conn, req)
	}
	if err != nil {
		c.CloseConn(held)
		return true, err
	}
	resp.SkipBody = resp.SkipBody || req.Header.IsHead()
	r := c.AcquireReader(conn)
	err = resp.ReadLimitBody(r, c.MaxResponseBodySize)
	c.ReleaseReader(r)
	if err != nil || req.ConnectionClose() || resp.ConnectionClose() {
		c.CloseConn(held)
	} else {
		c.ReleaseConn(held)
	}
	return !errors.Is(err, fasthttp.ErrBodyTooLarge), err // which would be as large the next time
}

// send writes a request.
func (t *transport) send(conn net.Conn, req *fasthttp.Request) error {
	p, ok := t.parcels.Get().(*parcel)
	if !ok {
		p = new(parcel)
	}
	err := p.send(conn, req)
	t.parcels.Put(p)
	return err
}

// joinedBytes is up to what length a body is copied behind its header: that is cheaper than to have the system gather both.
const joinedBytes = 16 << 10

// parcel is the scratch of one write.
type parcel struct {
	header []byte // and what was joined to it
	parts  [2][]byte
	rest   net.Buffers // of parts
}

// bothWriter is a connection of package tcp, which writes two slices as one.
type bothWriter interface {
	WriteBoth(a, b []byte) (int, error)
}

func (p *parcel) send(conn net.Conn, req *fasthttp.Request) error {
	h, uri, body := &req.Header, req.URI(), req.Body()
	h.SetHostBytes(uri.Host())
	h.SetRequestURIBytes(uri.RequestURI())
	if len(body) > 0 || !h.IsGet() && !h.IsHead() {
		h.SetContentLength(len(body))
	}
	p.header = h.AppendBytes(p.header[:0])
	if len(body) <= joinedBytes {
		p.header = append(p.header, body...)
		_, err := conn.Write(p.header)
		return err
	}
	if c, ok := conn.(bothWriter); ok {
		_, err := c.WriteBoth(p.header, body)
		return err
	}
	p.parts = [2][]byte{p.header, body}
	p.rest = p.parts[:]
	_, err := p.rest.WriteTo(conn)
	p.parts[1] = nil // the caller's
	return err
}
