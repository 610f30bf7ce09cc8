package ingest_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"winnow/proxy/ingest"
)

// gated is a listener of a budget of 100 bytes, what it accepts, and how it ended.
func gated(t *testing.T, b *ingest.Budget) (l net.Listener, accepted <-chan net.Conn, ended <-chan error) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l = b.Gate(inner)
	conns, errs := make(chan net.Conn), make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				errs <- err
				return
			}
			conns <- c
		}
	}()
	return l, conns, errs
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// From 95 % on nobody new is let in; whoever waits is, as soon as there is room.
func TestGate(t *testing.T) {
	for name, relieve := range map[string]func(b *ingest.Budget){
		"released": func(b *ingest.Budget) { b.Release("a", 1) },
		"raised":   func(b *ingest.Budget) { b.SetLimit(200) },
	} {
		t.Run(name, func(t *testing.T) {
			b := ingest.NewBudget(100)
			l, accepted, ended := gated(t, b)
			if !b.Acquire("a", 94, true) {
				t.Fatal("no room")
			}
			dial(t, l)
			if err := (<-accepted).Close(); err != nil {
				t.Error(err)
			}
			if !b.Acquire("a", 1, false) {
				t.Fatal("no room to grow")
			}
			dial(t, l)
			dial(t, l)
			select {
			case <-accepted:
				t.Error("let in at 95 %")
			case <-time.After(50 * time.Millisecond): // long enough to be seen if it were
			}
			relieve(b)
			for range 2 {
				if err := (<-accepted).Close(); err != nil {
					t.Error(err)
				}
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			if err := <-ended; !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
		})
	}
}

// Whoever waits at the gate does not hold up the end.
func TestGateCloses(t *testing.T) {
	b := ingest.NewBudget(100)
	if !b.Acquire("a", 100, true) {
		t.Fatal("no room")
	}
	l, _, ended := gated(t, b)
	c := dial(t, l)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
}
