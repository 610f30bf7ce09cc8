package socket

import (
	"time"

	"winnow/proxy/codec"
)

// forward reads messages of Fluent's forward protocol, and says which have arrived.
//
// A sender that asks to hear so sends again what it hears nothing of. So what fails for the time being is left to it, and the connection
// is closed, that it need not wait; what nobody will send again is handed over again as in other protocols.
func (c *conn) forward() {
	p := &packs{limit: c.s.o.MaxBatchBytes}
	if !c.s.o.SharedKey.Empty() && !c.shake(p) {
		c.s.o.Counters.Lost(LostBroken, 1)
		return
	}
	for {
		began := time.Time{}
		start, n := p.at, 0
		for p.at-start < batchBytes {
			whole, err := p.next()
			if err != nil && n == 0 {
				c.s.o.Counters.Lost(LostBroken, 1)
				return
			}
			if !whole {
				break
			}
			if n++; n == 1 {
				began = c.s.o.Now()
			}
		}
		if n > 0 {
			if !c.acknowledge(p.buf[start:p.at], n, began) {
				return
			}
			continue
		}
		if !c.more(p) {
			return
		}
	}
}

// more reads on, and tells whether there was something.
func (c *conn) more(p *packs) bool {
	patience := c.s.o.IdleTimeout
	if p.at < len(p.buf) {
		patience = c.s.o.ReadTimeout
	}
	return c.wait(patience) && p.fill(c) == nil
}

// acknowledge hands over n messages and tells the sender. If they are refused together, each is tried by itself, and the first that is
// refused ends the connection.
func (c *conn) acknowledge(body []byte, n int, began time.Time) (goOn bool) {
	m := &codec.Message{Body: body, RemoteAddr: c.peer, Certificate: c.shown, Received: began}
	again, ok := c.try(m, c.reply)
	switch {
	case ok:
		return !c.failed
	case again && codec.FluentAsks(body):
		c.s.o.Counters.Retried()
		return false
	case again:
		return c.retry(m, n, c.reply) == taken && !c.failed
	case n == 1:
		c.s.o.Counters.Lost(LostRefused, 1)
		return false
	}
	one := &packs{limit: len(body), window: window{buf: body}}
	for range n {
		start := one.at
		if whole, err := one.next(); err != nil || !whole || !c.acknowledge(body[start:one.at], 1, began) {
			return false
		}
	}
	return true
}

// reply writes an answer to the sender.
func (c *conn) reply(answer *codec.Response) {
	if len(answer.Body) == 0 {
		return
	}
	err := c.SetWriteDeadline(time.Now().Add(c.s.o.WriteTimeout))
	if err == nil {
		_, err = c.Write(answer.Body)
	}
	c.failed = err != nil
}
