package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"winnow/bench/corpora"
)

// variants is how many different bodies of a kind take turns, so that no cache sees the same one all the time.
const variants = 16

// load is what clients send: bodies of one kind.
type load struct {
	name   string // of the format
	bodies []corpora.Body
}

// loads returns the kinds of body that a protocol has, of about size bytes.
func loads(protocol string, size int) []load {
	var list []load
	for seed := range uint64(variants) {
		for _, b := range corpora.Bodies(seed+1, size) {
			if b.Protocol != protocol {
				continue
			}
			i := slices.IndexFunc(list, func(l load) bool { return l.name == b.Name })
			if i < 0 {
				i, list = len(list), append(list, load{name: b.Name})
			}
			list[i].bodies = append(list[i].bodies, b)
		}
	}
	return list
}

// sent is what went through in a phase of load.
type sent struct {
	requests, records int
	bytes             int // of bodies before compression
	latencies         []float64
}

func (s *sent) add(o sent) {
	s.requests += o.requests
	s.records += o.records
	s.bytes += o.bytes
	s.latencies = append(s.latencies, o.latencies...)
}

// drive sends l to address over n connections for d. With a rate, in requests a second over all connections, requests have their due
// times, and a latency counts from when a request was due; without one, each connection sends as fast as it is answered.
func (l load) drive(ctx context.Context, address string, n int, d time.Duration, rate float64) (sent, error) {
	client := &fasthttp.HostClient{
		Addr: address, MaxConns: n, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, NoDefaultUserAgentHeader: true,
	}
	defer client.CloseIdleConnections()
	start := time.Now()
	var (
		all  sent
		errs []error
		mu   sync.Mutex
		wg   sync.WaitGroup
	)
	for i := range n {
		wg.Go(func() {
			w := worker{load: l, client: client, address: address, turn: i, start: start, end: start.Add(d)}
			if rate > 0 {
				w.interval = time.Duration(float64(n) / rate * 1e9)
				w.start = start.Add(w.interval * time.Duration(i) / time.Duration(n))
			}
			err := w.run(ctx)
			mu.Lock()
			defer mu.Unlock()
			all.add(w.sent)
			errs = append(errs, err)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return all, err
	}
	if all.requests == 0 {
		return all, fmt.Errorf("no request was answered within %v: measure for longer", d)
	}
	return all, ctx.Err()
}

// worker is one connection.
type worker struct {
	load     load
	client   *fasthttp.HostClient
	address  string
	turn     int
	interval time.Duration // between due times; 0: as fast as it goes
	start    time.Time
	end      time.Time
	sent     sent
}

func (w *worker) run(ctx context.Context) error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	for due := w.start; due.Before(w.end) && ctx.Err() == nil; due = due.Add(w.interval) {
		from := due
		if w.interval == 0 {
			from = time.Now()
			due = from
		} else if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
			from = time.Now() // the timer's lateness is not the proxy's
		}
		body := &w.load.bodies[w.turn%len(w.load.bodies)]
		w.turn++
		if err := post(w.client, req, resp, w.address, body); err != nil {
			return err
		}
		w.sent.latencies = append(w.sent.latencies, float64(time.Since(from))/1e6)
		w.sent.requests++
		w.sent.records += body.Records
		w.sent.bytes += len(body.Plain)
	}
	return nil
}

// post sends one body and wants it accepted.
func post(client *fasthttp.HostClient, req *fasthttp.Request, resp *fasthttp.Response, address string, body *corpora.Body) error {
	req.Reset()
	req.Header.SetMethod(fasthttp.MethodPost)
	req.SetRequestURI("http://" + address + body.Path)
	req.Header.SetContentType(body.ContentType)
	if body.ContentEncoding != "" {
		req.Header.SetContentEncoding(body.ContentEncoding)
	}
	req.SetBodyRaw(body.Data)
	if err := client.Do(req, resp); err != nil {
		return fmt.Errorf("posting to %s: %w", body.Path, err)
	}
	if code := resp.StatusCode(); code < 200 || code > 299 {
		return fmt.Errorf("%s answered %d: %.200s", body.Path, code, resp.Body())
	}
	return nil
}
