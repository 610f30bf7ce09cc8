package main

import (
	"context"
	"fmt"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/valyala/fasthttp"

	"winnow/bench/corpora"
	"winnow/bench/measure"
)

const (
	// rounds is how often the proxies take turns in each phase.
	rounds = 3
	// memoryClients is the number of connections that memory is quoted for.
	memoryClients = 64
)

// subject is one proxy and what was measured of it.
type subject struct {
	*child
	perByte   []float64 // CPU ns a byte, by round at full load
	perReq    []float64 // CPU ns a request, likewise
	rate      []float64 // requests a second, likewise
	allocs    []float64 // heap objects a record, likewise, as far as the proxy tells
	perRecord float64   // records a request
	latencies []float64 // ms, at half load
	peak      int64     // bytes
}

// measureLoad measures the bare proxy and winnow under one kind of load.
func measureLoad(ctx context.Context, binary string, l load, o options) ([]row, error) {
	backend, err := startSink()
	if err != nil {
		return nil, err
	}
	defer backend.stop()
	bare, err := startBare(ctx, backend.address)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	winnow, err := startWinnow(ctx, binary, backend.address, o.format)
	if err != nil {
		return nil, err
	}
	defer winnow.stop()
	if err := verify(backend, winnow, l); err != nil {
		return nil, err
	}
	return compare(ctx, []*subject{{child: bare}, {child: winnow}}, l, o)
}

// compare measures subjects, the baseline first, turn by turn.
func compare(ctx context.Context, subjects []*subject, l load, o options) ([]row, error) {
	for _, phase := range []func(context.Context, []*subject, load, options) error{warm, fullLoad, halfLoad, memory} {
		if err := phase(ctx, subjects, l, o); err != nil {
			return nil, err
		}
	}
	return rows(subjects), nil
}

// verify sends each body through the proxy and looks at the sink for what must not arrive.
func verify(backend *sink, proxy *child, l load) error {
	client := &fasthttp.HostClient{Addr: proxy.address}
	defer client.CloseIdleConnections()
	for i := range l.bodies {
		body := &l.bodies[i]
		arrived, err := backend.next(func() error {
			return post(client, &fasthttp.Request{}, &fasthttp.Response{}, proxy.address, body)
		})
		if err != nil {
			return err
		}
		if len(body.Plain) != len(body.Data) {
			if arrived, err = snappy.Decode(nil, arrived); err != nil {
				return fmt.Errorf("what arrived is no snappy block: %w", err)
			}
		}
		if err := complete(arrived, body); err != nil {
			return err
		}
	}
	return nil
}

// complete tells whether what arrived is as good as all of the body, without what was planted in it.
func complete(arrived []byte, body *corpora.Body) error {
	if left := body.Planted.Leaks(arrived); len(left) > 0 {
		return fmt.Errorf("%d of %d planted values arrived, the first a %s: winnow leaks", len(left), len(body.Planted), left[0].Kind)
	}
	if len(arrived) < len(body.Plain)/4 {
		return fmt.Errorf("%d of %d bytes arrived: too much was withheld for a figure to mean anything", len(arrived), len(body.Plain))
	}
	return nil
}

func warm(ctx context.Context, subjects []*subject, l load, o options) error {
	for _, s := range subjects {
		if _, err := l.drive(ctx, s.address, o.clients, o.duration/10, 0); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// fullLoad measures CPU time while every connection sends as fast as it is answered.
func fullLoad(ctx context.Context, subjects []*subject, l load, o options) error {
	for range rounds {
		for _, s := range subjects {
			if err := s.fullRound(ctx, l, o); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

func (s *subject) fullRound(ctx context.Context, l load, o options) error {
	allocsBefore, _, err := s.mallocs(ctx)
	if err != nil {
		return err
	}
	before, err := s.cpu()
	if err != nil {
		return err
	}
	start := time.Now()
	got, err := l.drive(ctx, s.address, o.clients, o.duration/rounds, 0)
	if err != nil {
		return err
	}
	took := time.Since(start)
	after, err := s.cpu()
	if err != nil {
		return err
	}
	allocs, told, err := s.mallocs(ctx)
	if err != nil {
		return err
	}
	if told {
		s.allocs = append(s.allocs, (allocs-allocsBefore)/float64(got.records))
	}
	used := float64(after - before)
	s.perByte = append(s.perByte, used/float64(got.bytes))
	s.perReq = append(s.perReq, used/float64(got.requests))
	s.rate = append(s.rate, float64(got.requests)/took.Seconds())
	s.perRecord = float64(got.records) / float64(got.requests)
	return nil
}

// halfLoad measures latency at half the rate that the slower of the proxies reached.
func halfLoad(ctx context.Context, subjects []*subject, l load, o options) error {
	rate := measure.Median(subjects[0].rate)
	for _, s := range subjects {
		rate = min(rate, measure.Median(s.rate))
	}
	for range rounds {
		for _, s := range subjects {
			got, err := l.drive(ctx, s.address, o.clients, o.duration/rounds, rate/2)
			if err != nil {
				return fmt.Errorf("%s at half load: %w", s.name, err)
			}
			s.latencies = append(s.latencies, got.latencies...)
		}
	}
	return nil
}

// memory measures the peak of resident memory, over all phases, after one with memoryClients connections.
func memory(ctx context.Context, subjects []*subject, l load, o options) error {
	for _, s := range subjects {
		if _, err := l.drive(ctx, s.address, memoryClients, o.duration/rounds, 0); err != nil {
			return fmt.Errorf("%s with %d connections: %w", s.name, memoryClients, err)
		}
		peak, err := s.peakMemory()
		if err != nil {
			return err
		}
		s.peak = peak
	}
	return nil
}
