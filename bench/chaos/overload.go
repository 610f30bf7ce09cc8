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

// The backend of scenario "overload" is the narrow place, so that its rate is known on any machine: so many at once, each for so long.
const (
	overloadSlots = 6
	overloadTime  = 20 * time.Millisecond
	overloadLines = 8 // of each batch, 16 KB
)

// overloadConfig bounds what is in flight to about 110 batches, a third of a second of the backend's time.
const overloadConfig = "limits: {max_inflight_bytes: 2MiB, max_body_bytes: 1MiB, max_decoded_bytes: 1MiB, max_connections: 16384}"

// Limits of the scenario.
const (
	refusalLimit = 20 * time.Millisecond
	memoryLimit  = 64 // MB more than at 1x
	normalTime   = 10 * time.Second
	mostAtOnce   = 4000 // requests of the load: what comes above is not sent, and told
)

// overload asks winnow for 0.5 to 10 times of what its backend can take, while clients that are idle and clients that send a byte a second hold
// connections. cycles are tenths of a second of each level, and 50 idle and 10 slow connections.
func overload(ctx context.Context, s *stand, cycles int) ([]row, error) {
	b, err := newBackend()
	if err != nil {
		return nil, err
	}
	defer b.close()
	slots := make(chan struct{}, overloadSlots)
	narrow := func(w http.ResponseWriter, _ *http.Request) bool {
		slots <- struct{}{}
		time.Sleep(overloadTime)
		<-slots
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	b.answer.Store(&narrow)
	w, err := s.newWinnow(b.address, overloadConfig)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	o := newOverloading(w, b)
	defer o.client.CloseIdleConnections()
	end, err := o.burden(50*cycles, 10*cycles)
	defer end()
	if err != nil {
		return nil, err
	}
	return o.levels(ctx, time.Duration(cycles)*100*time.Millisecond)
}

// overloading is a load that does not wait for answers before it sends more.
type overloading struct {
	w      *winnow
	b      *backend
	client http.Client
	ids    atomic.Int64
}

func newOverloading(w *winnow, b *backend) *overloading {
	return &overloading{w: w, b: b, client: http.Client{
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

// p99 of durations; 0 of none.
func p99(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(list))[len(list)*99/100]
}

// levels raises the load step by step, and waits until all is as it was.
func (o *overloading) levels(ctx context.Context, d time.Duration) ([]row, error) {
	saturation := o.run(ctx, overloadSlots/overloadTime.Seconds(), d).goodput() // no more than there can be
	base := o.run(ctx, saturation/2, d)
	rows := []row{told("saturation, batches/s", int(saturation))}
	var peak, atFive float64
	memory := map[float64]int{}
	var refusals []time.Duration
	for _, times := range []float64{1, 2, 5, 10} {
		l := o.run(ctx, times*saturation, d)
		peak, memory[times] = max(peak, l.goodput()), l.residentMegabyte
		if times == 5 {
			atFive = l.goodput()
		}
		refusals = append(refusals, l.refused...)
		rows = append(rows, told(fmt.Sprintf("%gx: offered, taken, refused, failed, not sent", times),
			fmt.Sprintf("%d, %d, %d, %d, %d", l.offered, len(l.taken), len(l.refused), l.failed, l.unsent)),
			told(fmt.Sprintf("%gx: answer p99 taken, refused, ms", times), fmt.Sprintf("%d, %d", p99(l.taken).Milliseconds(), p99(l.refused).Milliseconds())))
	}
	began, normal := time.Now(), 2*p99(base.taken)+5*overloadTime
	for time.Since(began) < 2*normalTime && ctx.Err() == nil {
		if l := o.run(ctx, saturation/2, time.Second); len(l.refused)+l.failed == 0 && p99(l.taken) <= normal {
			break
		}
	}
	back := time.Since(began)
	until(ctx, normalTime, func() bool { return o.b.missing() == 0 })
	_, lost, _, torn := o.b.count()
	return append(rows,
		atLeast("most taken in a second", peak, 1),
		paced(atLeast("goodput at 5x, through the peak", atFive/peak, 0.8)),
		paced(atMost("refusals, p99", float64(p99(refusals).Microseconds())/1e3, float64(refusalLimit.Milliseconds()), "ms")),
		atLeast("refusals", float64(len(refusals)), 1),
		atMost("memory at 10x over that at 1x", float64(memory[10]-memory[1]), memoryLimit, "MB"),
		paced(atMost("back to normal after", back.Seconds(), normalTime.Seconds(), "s")),
		equal("acknowledged and lost or in part", lost+torn, 0)), ctx.Err()
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
		l.residentMegabyte = max(l.residentMegabyte, o.w.resident())
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
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+o.w.listen+"/direct", strings.NewReader(string(body)))
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
		c, err := net.Dial("tcp", o.w.listen)
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
