package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// load is many producers that send batches of mixed sizes, and each of them again and again until it is answered with "taken".
type load struct {
	url     string
	backend *backend
	client  http.Client
	stop    atomic.Bool
	all     sync.WaitGroup

	sent, again, refused, bytes atomic.Int64
}

// sizes of batches in lines, by producer in turn: mostly 2 KB, some 64 KB, few 512 KB.
var sizes = [...]int{1, 1, 1, 32, 1, 1, 1, 32, 1, 1, 1, 256}

// startLoad starts producers. name tells the batches of one load from those of others.
func startLoad(ctx context.Context, name, address string, b *backend, producers int) *load {
	l := &load{url: "http://" + address + "/ingest", backend: b}
	l.client = http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: producers, DisableCompression: true}}
	for p := range producers {
		l.all.Go(func() { l.produce(ctx, name, p) })
	}
	return l
}

// end has every producer finish its batch, and waits for that: all that was sent is taken then.
func (l *load) end() {
	l.stop.Store(true)
	l.all.Wait()
	l.client.CloseIdleConnections()
}

func (l *load) produce(ctx context.Context, name string, p int) {
	lines := sizes[p%len(sizes)]
	var body []byte
	for n := 0; !l.stop.Load() && ctx.Err() == nil; n++ {
		id := fmt.Sprintf("%s-p%d-n%d", name, p, n)
		body = appendBatch(body[:0], id, lines, uint64(p)<<32+uint64(n))
		for try := 0; ctx.Err() == nil; try++ {
			if try > 0 {
				l.again.Add(1)
				rest(ctx, 20*time.Millisecond)
			}
			if l.send(ctx, id, body) == nil {
				l.backend.taken(id, lines)
				l.sent.Add(1)
				l.bytes.Add(int64(len(body)))
				break
			}
		}
	}
}

// send sends a batch once; the error is nil if it is taken.
func (l *load) send(ctx context.Context, id string, body []byte) error {
	status, err := l.ask(ctx, id, body)
	if err == nil && status != http.StatusOK {
		l.refused.Add(1)
		return fmt.Errorf("winnow answered %d", status)
	}
	return err
}

// ask sends a batch once, and returns the status of the answer.
func (l *load) ask(ctx context.Context, id string, body []byte) (status int, err error) {
	a, err := l.post(ctx, id, body)
	return a.status, err
}

// reply is what is looked at of an answer.
type reply struct {
	status     int
	retryAfter string
}

// post sends a batch once.
func (l *load) post(ctx context.Context, id string, body []byte) (a reply, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Idempotency-Key", `"`+id+`"`)
	resp, err := l.client.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return reply{resp.StatusCode, resp.Header.Get("Retry-After")}, err
}

// rest waits, or until ctx is done.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// until asks every few milliseconds whether something is so, and gives up after a while.
func until(ctx context.Context, patience time.Duration, so func() bool) {
	for end := time.Now().Add(patience); !so() && ctx.Err() == nil && time.Now().Before(end); {
		rest(ctx, 10*time.Millisecond)
	}
}
