package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The load of scenario "soak": producers that wait for the backend send as fast as they are answered and open a connection anew every so often;
// those of the spool rest between two batches, as each is remembered for five minutes, which is growth that is wanted.
const (
	soakDirect  = 4
	soakSpooled = 2
	soakRest    = 20 * time.Millisecond
	soakRenew   = 50 // requests to a connection
	soakLooks   = 60 // at the process
)

// What the process may have more of in the last third than in the one before: of memory a tenth, too.
const (
	soakGoroutines = 16
	soakFiles      = 16
	soakMegabytes  = 8
)

// soak sends for so many seconds, while the backend fails for a tenth of the time, and looks whether goroutines, open files or memory grow. The first
// third is for warming up; of the other two the medians are compared.
func soak(ctx context.Context, s *stand, cycles int) ([]row, error) {
	b, w, closing, err := s.newPair(quickSink)
	if err != nil {
		return nil, err
	}
	defer closing()
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	k := &soaking{b: b, w: w}
	sending, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	for p := range soakDirect + soakSpooled {
		all.Go(func() { k.produce(sending, p) })
	}
	looks, err := k.look(ctx, time.Duration(cycles)*time.Second)
	stop()
	all.Wait()
	b.up()
	until(ctx, settleTime, func() bool { return b.missing() == 0 })
	w.end(syscall.SIGTERM)
	if err != nil {
		return nil, err
	}
	return k.rows(looks), nil
}

// soaking is the state of the scenario.
type soaking struct {
	b *backend
	w *winnow

	mu    sync.Mutex
	asked int
	taken int
}

// produce sends until ctx is done. The first producers wait for the backend.
func (k *soaking) produce(ctx context.Context, p int) {
	path, pause := "/direct", time.Duration(0)
	if p >= soakDirect {
		path, pause = "/ingest", soakRest
	}
	l := &load{url: "http://" + k.w.listen + path, backend: k.b, client: http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}}
	defer l.client.CloseIdleConnections()
	var body []byte
	for n := 0; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("s-p%d-n%d", p, n)
		lines := sizes[n%len(sizes)]
		body = appendBatch(body[:0], id, lines, uint64(p)<<32+uint64(n))
		status, err := l.ask(context.WithoutCancel(ctx), id, body) // its outcome is to be known
		k.count(id, lines, err == nil && status/100 == 2)
		if n%soakRenew == 0 {
			l.client.CloseIdleConnections()
		}
		rest(ctx, pause)
	}
}

func (k *soaking) count(id string, lines int, taken bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asked++; taken {
		k.taken++
		k.b.taken(id, lines)
	}
}

// look is what the process has at a moment.
type look struct{ goroutines, files, megabytes int }

// look looks at the process for a while, and has the backend fail for a tenth of it, in ten pieces.
func (k *soaking) look(ctx context.Context, while time.Duration) (list []look, err error) {
	for i := range soakLooks {
		if i%6 == 0 {
			k.b.down()
			rest(ctx, while/100)
			k.b.up()
		}
		rest(ctx, (while-while/10)/soakLooks)
		n, err1 := k.w.goroutines(ctx)
		files, err2 := os.ReadDir(fmt.Sprintf("/proc/%d/fd", k.w.pid()))
		if err := errors.Join(err1, err2, ctx.Err()); err != nil {
			return nil, err
		}
		list = append(list, look{n, len(files), k.w.resident()})
	}
	return list, nil
}

// goroutines that the process has, by its metrics.
func (w *winnow) goroutines(ctx context.Context) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.admin+"/metrics", http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if n, is := strings.CutPrefix(lines.Text(), "go_goroutines "); is {
			return strconv.Atoi(n)
		}
	}
	return 0, errors.New("the metrics tell no go_goroutines")
}

func (k *soaking) rows(looks []look) []row {
	third := len(looks) / 3
	before, after := looks[third:2*third], looks[2*third:]
	grown := func(what, unit string, of func(look) int, share, most float64) row {
		a, b := middle(before, of), middle(after, of)
		return atMost(fmt.Sprintf("%s: growth of %d", what, a), float64(b-a), most+share*float64(a), unit)
	}
	_, lost, _, torn := k.b.count()
	return []row{
		told("requests, taken", fmt.Sprintf("%d, %d", k.asked, k.taken)),
		grown("goroutines", "", func(l look) int { return l.goroutines }, 0, soakGoroutines),
		grown("open files", "", func(l look) int { return l.files }, 0, soakFiles),
		grown("memory", "MB", func(l look) int { return l.megabytes }, 0.1, soakMegabytes),
		equal("acknowledged and lost or in part", lost+torn, 0),
		equal("bodies at the backend with a planted value", k.b.leaked, 0),
	}
}

// middle is the median.
func middle(list []look, of func(look) int) int {
	var n []int
	for _, l := range list {
		n = append(n, of(l))
	}
	slices.Sort(n)
	return n[len(n)/2]
}
