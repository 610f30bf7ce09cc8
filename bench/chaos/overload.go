package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
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
	bareTimes    = 2  // what a server that only refuses takes at the same moment, if that is more
	memoryLimit  = 64 // MB more than at 1x
	normalTime   = 10 * time.Second
	mostAtOnce   = 1500 // requests of the load, each on a connection: what comes above is not sent, and told
)

// overload asks winnow for 0.5 to 10 times of what its backend can take, while clients that are idle and clients that send a byte a second hold
// connections. cycles are tenths of a second of each level, and 50 idle and 10 slow connections.
func overload(ctx context.Context, s *stand, cycles int) ([]row, error) {
	b, w, closing, err := s.newPair(quickSink, overloadConfig)
	if err != nil {
		return nil, err
	}
	defer closing()
	slots := make(chan struct{}, overloadSlots)
	narrow := func(w http.ResponseWriter, _ *http.Request) bool {
		slots <- struct{}{}
		time.Sleep(overloadTime)
		<-slots
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	b.answer.Store(&narrow)
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	bare, err := s.newRefuser(ctx)
	if err != nil {
		return nil, err
	}
	defer bare.close()
	o, control := newOverloading(w.listen, &w.process, b), newOverloading(bare.listen, &bare.process, b)
	defer o.client.CloseIdleConnections()
	defer control.client.CloseIdleConnections()
	for _, each := range []*overloading{o, control} {
		end, err := each.burden(50*cycles, 10*cycles)
		defer end()
		if err != nil {
			return nil, err
		}
	}
	return o.levels(ctx, time.Duration(cycles)*100*time.Millisecond, control)
}

// newRefuser starts the yardstick: a server that refuses everything.
func (s *stand) newRefuser(ctx context.Context) (*winnow, error) {
	binary, err := s.build(ctx, "refuser", "winnow/bench/chaos/refuser")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(s.dir, "refuser-")
	if err != nil {
		return nil, err
	}
	r := &winnow{process: process{dir: dir}}
	if r.listen, err = freeAddress(); err != nil {
		return nil, err
	}
	r.args, r.page = []string{binary, r.listen}, "http://"+r.listen+"/"
	if err := r.openLog(); err != nil {
		return nil, err
	}
	return r, r.start(ctx)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// levels raises the load step by step, and waits until all is as it was. Control gets the same at the same time, so that what the machine adds to an
// answer is known.
func (o *overloading) levels(ctx context.Context, d time.Duration, control *overloading) ([]row, error) {
	saturation := o.run(ctx, overloadSlots/overloadTime.Seconds(), d).goodput() // no more than there can be
	base := o.run(ctx, saturation/2, d)
	rows := []row{told("saturation, batches/s", int(saturation))}
	var peak, atFive float64
	memory := map[float64]int{}
	refusals := 0
	for _, times := range []float64{1, 2, 5, 10} {
		var c *level
		var both sync.WaitGroup
		both.Go(func() { c = control.run(ctx, times*saturation, d) })
		l := o.run(ctx, times*saturation, d)
		both.Wait()
		peak, memory[times] = max(peak, l.goodput()), l.residentMegabyte
		if times == 5 {
			atFive = l.goodput()
		}
		refusals += len(l.refused)
		rows = append(rows, told(fmt.Sprintf("%gx: offered, taken, refused, failed, not sent", times),
			fmt.Sprintf("%d, %d, %d, %d, %d", l.offered, len(l.taken), len(l.refused), l.failed, l.unsent)),
			told(fmt.Sprintf("%gx: answer taken, p99, ms", times), fmt.Sprintf("%.3g", ms(part(l.taken, 99)))),
			told(fmt.Sprintf("%gx: refused by the bare server, p50, p99, ms", times), fmt.Sprintf("%.3g, %.3g", ms(part(c.refused, 50)), ms(part(c.refused, 99)))),
			told(fmt.Sprintf("%gx: refused, p50, ms", times), fmt.Sprintf("%.3g", ms(part(l.refused, 50)))),
			paced(atMost(fmt.Sprintf("%gx: refused, p99", times), ms(part(l.refused, 99)), ms(max(refusalLimit, bareTimes*part(c.refused, 99))), "ms")))
	}
	began, normal := time.Now(), 2*part(base.taken, 99)+5*overloadTime
	for time.Since(began) < 2*normalTime && ctx.Err() == nil {
		if l := o.run(ctx, saturation/2, time.Second); len(l.refused)+l.failed == 0 && part(l.taken, 99) <= normal {
			break
		}
	}
	back := time.Since(began)
	until(ctx, normalTime, func() bool { return o.b.missing() == 0 })
	_, lost, _, torn := o.b.count()
	return append(rows,
		atLeast("most taken in a second", peak, 1),
		paced(atLeast("goodput at 5x, through the peak", atFive/peak, 0.8)),
		atLeast("refusals", float64(refusals), 1),
		told("memory at 1x, at 10x, MB", fmt.Sprintf("%d, %d", memory[1], memory[10])),
		atMost("memory at 10x over that at 1x", float64(memory[10]-memory[1]), memoryLimit, "MB"),
		paced(atMost("back to normal after", back.Seconds(), normalTime.Seconds(), "s")),
		equal("acknowledged and lost or in part", lost+torn, 0)), ctx.Err()
}
