package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// overloading is a load that does not wait for answers before it sends more.
type overloading struct {
	listen string
	p      *process
	b      *backend
	client http.Client
	ids    atomic.Int64
}

func newOverloading(listen string, p *process, b *backend) *overloading {
	return &overloading{listen: listen, p: p, b: b, client: http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: mostAtOnce, DisableCompression: true},
	}}
}

// level is what became of the requests of a while.
type level struct {
	offered, unsent  int
	taken, refused   []time.Duration // how long each answer took
	failed           int
	took             time.Duration
	residentMegabyte int // the most
}

// goodput is batches taken in a second.
func (l *level) goodput() float64 { return float64(len(l.taken)) / l.took.Seconds() }

// part is below which of the durations so many in a hundred are; 0 of none.
func part(list []time.Duration, hundredths int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(list))[len(list)*hundredths/100]
}

// run offers so many batches a second for a while, whether they are answered or not.
func (o *overloading) run(ctx context.Context, perSecond float64, d time.Duration) *level {
	l := &level{}
	var mu sync.Mutex
	var all sync.WaitGroup
	places := make(chan struct{}, mostAtOnce)
	began := time.Now()
	for time.Since(began) < d && ctx.Err() == nil {
		for due := int(perSecond * time.Since(began).Seconds()); l.offered < due; l.offered++ {
			select {
			case places <- struct{}{}:
			default:
				l.unsent++
				continue
			}
			all.Go(func() {
				status, took := o.post(ctx)
				mu.Lock()
				defer mu.Unlock()
				switch status {
				case http.StatusOK, http.StatusNoContent:
					l.taken = append(l.taken, took)
				case http.StatusTooManyRequests, http.StatusServiceUnavailable:
					l.refused = append(l.refused, took)
				default:
					l.failed++
				}
				<-places
			})
		}
		l.residentMegabyte = max(l.residentMegabyte, o.p.resident())
		rest(ctx, 2*time.Millisecond)
	}
	all.Wait()
	l.took = time.Since(began)
	return l
}

// post sends a batch once. status is 0 if there is no answer.
func (o *overloading) post(ctx context.Context) (status int, took time.Duration) {
	id := fmt.Sprint("o-n", o.ids.Add(1))
	body := appendBatch(nil, id, overloadLines, uint64(len(id)))
	began := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+o.listen+"/direct", strings.NewReader(string(body)))
	if err != nil {
		return 0, 0
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := o.client.Do(req)
	if err != nil {
		return 0, time.Since(began)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	took = time.Since(began)
	resp.Body.Close()
	if err != nil {
		return 0, took
	}
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusNoContent { // the backend's own
		o.b.taken(id, overloadLines)
	}
	return resp.StatusCode, took
}

// burden opens connections that say nothing, and ones that say a byte a second, until end is called.
func (o *overloading) burden(idle, slow int) (end func(), err error) {
	var conns []net.Conn
	stop := make(chan struct{})
	end = func() {
		close(stop)
		for _, c := range conns {
			_ = c.Close() // winnow may have been quicker
		}
	}
	var errs []error
	for n := range idle + slow {
		c, err := net.Dial("tcp", o.listen)
		if err != nil {
			errs = append(errs, err)
			break
		}
		conns = append(conns, c)
		if n < slow {
			go crawl(c, stop)
		}
	}
	return end, errors.Join(errs...)
}

// crawl sends a request a byte a second.
func crawl(c net.Conn, stop <-chan struct{}) {
	if _, err := io.WriteString(c, "POST /direct HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"); err != nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			if _, err := c.Write([]byte("{")); err != nil {
				return // winnow gave up on it
			}
		}
	}
}

// resident is how many megabytes the process has in memory.
func (p *process) resident() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid()))
	if err != nil {
		return 0
	}
	return statusNumber(text, "VmRSS:") >> 10
}
