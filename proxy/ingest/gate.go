package ingest

import (
	"net"
	"sync"
)

// Gate makes a listener that hands over no connection while 95 % of the budget is held: who comes then waits in the system's queue, at no cost here,
// and is served once there is room. Connections that are open are not touched.
func (b *Budget) Gate(l net.Listener) net.Listener {
	return &gate{Listener: l, budget: b, closed: make(chan struct{})}
}

// gate is a listener of Gate.
type gate struct {
	net.Listener
	budget *Budget
	once   sync.Once
	closed chan struct{}
}

// Accept implements net.Listener.
func (g *gate) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if err != nil {
		return nil, err
	}
	for relief := g.budget.brink(); relief != nil; relief = g.budget.brink() {
		select {
		case <-relief:
		case <-g.closed:
			_ = c.Close() // nothing was said on it
			return nil, net.ErrClosed
		}
	}
	return c, nil
}

// Close implements net.Listener.
func (g *gate) Close() error {
	g.once.Do(func() { close(g.closed) })
	return g.Listener.Close()
}

// brink is nil below 95 %, else a channel that is closed when there is room again.
func (b *Budget) brink() <-chan struct{} {
	if b.Stage() < StageBrink { // the way of nearly every connection
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Stage() < StageBrink {
		return nil
	}
	if b.relief == nil {
		b.relief = make(chan struct{})
	}
	return b.relief
}

// relieve lets those in who wait for room. b.mu is held.
func (b *Budget) relieve() {
	if b.relief != nil && b.Stage() < StageBrink {
		close(b.relief)
		b.relief = nil
	}
}
