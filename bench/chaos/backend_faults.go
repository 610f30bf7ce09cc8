package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// fault is something that a backend does instead of taking a batch.
type fault struct {
	name string
	// parks says that winnow sets the batch aside, for trying again cannot help.
	parks bool
	// takes says that the backend has the batch although it does not say so: it may come again.
	takes bool
	act   func(w http.ResponseWriter, r *http.Request)
}

// faultTime is how long a backend misbehaves.
const faultTime = 2500 * time.Millisecond

// faultBatches are sent meanwhile.
const faultBatches = 12

func backendFaults() []fault {
	list := []fault{
		{name: "resets the connection", act: reset},
		{name: "never answers", act: func(_ http.ResponseWriter, r *http.Request) { rest(r.Context(), time.Minute) }},
		{name: "answers a byte a second", act: trickle},
		{name: "takes the batch, then closes without an answer", takes: true, act: hangUp},
	}
	for _, status := range []int{401, 429, 500, 503} {
		list = append(list, fault{name: fmt.Sprint("answers ", status), act: answer(status)})
	}
	for _, status := range []int{400, 413} {
		list = append(list, fault{name: fmt.Sprint("answers ", status), parks: true, act: answer(status)})
	}
	return list
}

func answer(status int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// takeOver takes the connection from the server; nil if it is gone.
func takeOver(w http.ResponseWriter) *net.TCPConn {
	h, ok := w.(http.Hijacker)
	if !ok {
		return nil
	}
	c, _, err := h.Hijack()
	if err != nil {
		return nil
	}
	tcp, _ := c.(*net.TCPConn)
	return tcp
}

func reset(w http.ResponseWriter, _ *http.Request) {
	if c := takeOver(w); c != nil {
		_ = c.SetLinger(0) // closing sends RST
		_ = c.Close()
	}
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	if c := takeOver(w); c != nil {
		_ = c.CloseWrite()
		_ = c.Close()
	}
}

func trickle(w http.ResponseWriter, r *http.Request) {
	c := takeOver(w)
	if c == nil {
		return
	}
	defer func() { _ = c.Close() }() // the other side may have gone
	for _, b := range []byte("HTTP/1.1 204 No Content\r\n\r\n") {
		if _, err := c.Write([]byte{b}); err != nil || r.Context().Err() != nil {
			return
		}
		rest(r.Context(), time.Second)
	}
}

// backends runs winnow before a backend with each fault, all at the same time. Clients are told "taken" meanwhile, and once the backend is
// sound everything arrives, or is parked.
func backends(ctx context.Context, s *stand, _ int) ([]row, error) {
	list := backendFaults()
	rows, errs := make([][]row, len(list)+1), make([]error, len(list)+1)
	var all sync.WaitGroup
	for i, f := range list {
		all.Go(func() { rows[i], errs[i] = f.run(ctx, s) })
	}
	all.Go(func() { rows[len(list)], errs[len(list)] = refuses(ctx, s) })
	all.Wait()
	var out []row
	for i := range rows {
		out = append(out, rows[i]...)
	}
	return out, errors.Join(errs...)
}

func (f fault) run(ctx context.Context, s *stand) ([]row, error) {
	b, err := newBackend()
	if err != nil {
		return nil, err
	}
	defer b.close()
	act := func(w http.ResponseWriter, r *http.Request) bool {
		f.act(w, r)
		return f.takes
	}
	b.answer.Store(&act)
	w, err := s.newWinnow(b.address)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := b.feed(ctx, w); err != nil {
		return nil, err
	}
	rest(ctx, faultTime)
	b.up()
	want := 0
	if f.parks {
		want = faultBatches
	}
	return b.settle(ctx, w, f.name, want, f.takes)
}

// refuses has nobody listen at the backend's address for a while.
func refuses(ctx context.Context, s *stand) ([]row, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	w, err := s.newWinnow(address)
	if err != nil {
		return nil, err
	}
	defer w.close()
	b := &backend{address: address, acked: map[string]int{}, arrived: map[string]int{}}
	if err := b.feed(ctx, w); err != nil {
		return nil, err
	}
	rest(ctx, faultTime)
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	b.serve(l)
	defer b.close()
	return b.settle(ctx, w, "refuses connections", 0, false)
}

// feed starts winnow and has it take batches.
func (b *backend) feed(ctx context.Context, w *winnow) error {
	if err := w.start(ctx); err != nil {
		return err
	}
	return b.send(ctx, w, "f", faultBatches, 1)
}

// send has winnow take so many batches of so many lines, one after the other.
func (b *backend) send(ctx context.Context, w *winnow, name string, n, lines int) error {
	l := &load{url: "http://" + w.listen + "/ingest", backend: b}
	l.client = http.Client{Timeout: 10 * time.Second}
	defer l.client.CloseIdleConnections()
	for i := range n {
		id := fmt.Sprint(name, "-n", i)
		if err := l.send(ctx, id, appendBatch(nil, id, lines, uint64(i))); err != nil {
			return fmt.Errorf("batch %s: %w", id, err)
		}
		b.taken(id, lines)
	}
	return nil
}

// settle starts winnow anew, which asks a backend at once that it had left alone, and counts. parked batches do not arrive.
func (b *backend) settle(ctx context.Context, w *winnow, name string, parked int, repeats bool) ([]row, error) {
	w.end(syscall.SIGTERM)
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	if err := b.send(ctx, w, "after", 1, 1); err != nil {
		return nil, err
	}
	until(ctx, 20*time.Second, func() bool { return b.missing() == parked })
	w.end(syscall.SIGTERM)
	acked, lost, copies, _ := b.count()
	kept, err := w.frames(ctx, "sink_Parked")
	if err != nil {
		return nil, err
	}
	what := "backend " + name + ": "
	rows := []row{
		equal(what+"taken", acked, faultBatches+1),
		equal(what+"not arrived", lost, parked),
		equal(what+"parked on disk", kept, parked),
	}
	if !repeats {
		rows = append(rows, equal(what+"arrived twice", copies, 0))
	}
	return rows, nil
}
