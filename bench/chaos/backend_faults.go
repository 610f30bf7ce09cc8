package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
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
	// lines of each batch; 0: 1.
	lines int
	act   func(w http.ResponseWriter, r *http.Request)
	// early acts before the body is read, in place of act.
	early func(w http.ResponseWriter, r *http.Request)
}

// largeLines make a batch of 512 KB, which no packet holds.
const largeLines = 256

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
		{name: "takes the batch, then closes its half without an answer", takes: true, act: halfClose},
		{name: "resets in the middle of a body", lines: largeLines, early: resetBody},
		{name: "reads a byte a second", lines: largeLines, early: sip},
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

// halfClose says that nothing more will be said, and listens on until the other side closes.
func halfClose(w http.ResponseWriter, _ *http.Request) {
	if c := takeOver(w); c != nil {
		_ = c.CloseWrite()
		_, _ = io.Copy(io.Discard, c)
		_ = c.Close()
	}
}

func resetBody(w http.ResponseWriter, r *http.Request) {
	_, _ = io.CopyN(io.Discard, r.Body, 8<<10) // as much as there is
	reset(w, r)
}

func sip(_ http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := io.CopyN(io.Discard, r.Body, 1); err != nil {
			return
		}
		rest(r.Context(), time.Second)
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
// sound everything arrives, or is parked. Who waits for the backend's own answer is never told so.
func backends(ctx context.Context, s *stand, _ int) ([]row, error) {
	runs := []func(context.Context, *stand) ([]row, error){refuses, unresolved}
	for _, f := range backendFaults() {
		runs = append(runs, f.run)
	}
	for _, f := range certificateFaults() {
		runs = append(runs, f.run)
	}
	rows, errs := make([][]row, len(runs)), make([]error, len(runs))
	var all sync.WaitGroup
	for i, run := range runs {
		all.Go(func() { rows[i], errs[i] = run(ctx, s) })
	}
	all.Wait()
	return slices.Concat(rows...), errors.Join(errs...)
}

func (f fault) run(ctx context.Context, s *stand) ([]row, error) {
	b, w, closing, err := s.newPair(quickSink)
	if err != nil {
		return nil, err
	}
	defer closing()
	act := func(w http.ResponseWriter, r *http.Request) bool {
		f.act(w, r)
		return f.takes
	}
	if b.answer.Store(&act); f.early != nil {
		b.early.Store(&f.early)
	}
	early, err := b.suffer(ctx, w, max(1, f.lines))
	if err != nil {
		return nil, err
	}
	b.up()
	want := 0
	if f.parks {
		want = faultBatches
	}
	return b.settle(ctx, w, outcome{name: f.name, early: early, parked: want, repeats: f.takes})
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
	b := newBook(address)
	early, err := b.suffer(ctx, w, 1)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	b.serve(l)
	defer b.close()
	return b.settle(ctx, w, outcome{name: "refuses connections", early: early})
}

// suffer has winnow, which it starts if need be, take batches before a backend with a fault, and lets the fault last. early is how often a client that waits for the
// backend's own answer was told "taken".
func (b *backend) suffer(ctx context.Context, w *winnow, lines int) (early int, err error) {
	if w.cmd == nil {
		if err := w.start(ctx); err != nil {
			return 0, err
		}
	}
	if err := b.send(ctx, w, "f", faultBatches, lines); err != nil {
		return 0, err
	}
	began := time.Now()
	l := &load{url: "http://" + w.listen + "/direct", backend: b, client: http.Client{Timeout: 10 * time.Second}}
	defer l.client.CloseIdleConnections()
	if status, err := l.ask(ctx, "direct", appendBatch(nil, "direct", lines, 1)); err != nil {
		return 0, fmt.Errorf("a request that waits for the backend: %w", err)
	} else if status/100 == 2 {
		early++
	}
	rest(ctx, faultTime-time.Since(began))
	return early, nil
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

// outcome is what a fault left, and what is asked of its end.
type outcome struct {
	name    string
	before  int  // batches that were taken before the fault
	early   int  // clients that were told "taken" before the backend had said so
	parked  int  // batches that are parked, and do not arrive
	repeats bool // a batch may arrive twice
}

// settleTime bounds how long after a fault all is delivered: the longest pause between two attempts, and some.
const settleTime = time.Minute

// settle waits until winnow has found out that the backend is sound, by itself, and counts.
func (b *backend) settle(ctx context.Context, w *winnow, o outcome) ([]row, error) {
	if err := b.send(ctx, w, "after", 1, 1); err != nil {
		return nil, err
	}
	until(ctx, settleTime, func() bool { return b.missing() == o.parked })
	w.end(syscall.SIGTERM)
	acked, lost, copies, torn := b.count()
	kept, err := w.frames(ctx, "sink_Parked")
	if err != nil {
		return nil, err
	}
	what := "backend " + o.name + ": "
	rows := []row{
		equal(what+"taken", acked, o.before+faultBatches+1),
		equal(what+"told so early", o.early, 0),
		equal(what+"not arrived, or in part", lost+torn, o.parked),
		equal(what+"parked on disk", kept, o.parked),
	}
	if !o.repeats {
		rows = append(rows, equal(what+"arrived twice", copies, 0))
	}
	return rows, nil
}
