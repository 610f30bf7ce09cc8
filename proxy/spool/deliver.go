package spool

import (
	"context"
	"errors"
	"time"

	"winnow/proxy/pause"
)

// Bounds of one request for frames.
const (
	pullFrames = 32
	pullBytes  = 8 << 20
	pullWait   = 5 * time.Second
)

// Bounds on how long a batch is tried before it is deferred, while others arrive.
const (
	deferAttempts = 5
	deferAge      = 30 * time.Second
)

// Times of the loop.
const (
	workingEvery = 5 * time.Second // a fraction of every sensible AckWait
	lookEvery    = time.Second     // at how old what waits is
	slowAttempt  = time.Second     // one key's attempts that take longer leave room for others
	lastAttempts = 5 * time.Second // at the end, for frames that are delivered in part
)

// blindBytes may be deferred though nothing arrives: what one tenant has sent may be all that the window holds.
const blindBytes = 64 << 20

// delivery is the delivery of one lane while this process has it: one loop that pulls frames as long as the window has room, attempts their
// batches in order, several at once, and acknowledges frames from the front as all of a frame's batches are settled.
//
// A batch that fails waits for its next attempt while others go on. While nothing arrives at all, hardly any is begun that was not tried yet, and
// none is moved. But where others arrive, one that keeps failing is deferred (late.go), so that it holds up neither its frame nor the window.
type delivery struct {
	q       *Queue
	ctx     context.Context // of attempts and acknowledgements
	stop    <-chan struct{} // nothing more is to be pulled
	deliver Deliver
	slots   int

	window  outstanding
	fresh   []*item // not tried yet, in order
	waiting []*item // tried, and to be tried again
	flying  map[*item]time.Time
	slow    map[uint64]bool // by data key: its last attempt took long
	moving  int             // on their way to be deferred

	failures int       // batches that failed since one arrived
	streak   int       // grows with each that arrives after one that failed
	probe    time.Time // while nothing arrives: when the next that is new is tried
	blind    int       // bytes that were deferred since one arrived
	rest     time.Time // the upstream is left alone until then
	probing  bool      // it was resting at the last attempt: one at a time finds out

	results chan result
	over    chan struct{} // nobody hears results any more
	came    chan []Pulled
	asking  bool
	ask     chan room
	hand    chan *given
	handed  chan bool
}

// room is what may be pulled.
type room struct{ frames, bytes int }

// run delivers until stop is closed and what was begun is over, or ctx is done.
func (q *Queue) run(ctx context.Context, stop <-chan struct{}, deliver Deliver) {
	slots := max(1, q.spool.o.Concurrency)
	d := &delivery{
		q: q, ctx: ctx, stop: stop, deliver: deliver, slots: slots,
		window: outstanding{byNumber: map[uint64]*given{}, byName: map[frameName]bool{}}, flying: map[*item]time.Time{}, slow: map[uint64]bool{},
		results: make(chan result, slots), over: make(chan struct{}), came: make(chan []Pulled), ask: make(chan room, 1),
		hand: make(chan *given, windowFrames), handed: make(chan bool, windowFrames),
	}
	pulling, endPulls := context.WithCancel(ctx)
	pulled, acknowledged := make(chan struct{}), make(chan struct{})
	go func() { defer close(pulled); d.pullAll(pulling) }()
	go func() { defer close(acknowledged); d.acknowledgeAll() }()
	d.loop()
	endPulls()
	for ended := false; !ended; {
		select {
		case list := <-d.came:
			d.take(list)
		case <-pulled:
			ended = true
		}
	}
	d.end()
	close(d.over)
	close(d.hand)
	<-acknowledged
	for len(d.handed) > 0 {
		d.leave(<-d.handed)
	}
	for _, g := range d.window.frames {
		if d.q.mine() { // to whoever delivers next
			_ = g.handle().Again()
		}
	}
}

// loop is the delivery until it is to stop.
func (d *delivery) loop() {
	working, look := time.NewTicker(workingEvery), time.NewTicker(lookEvery)
	defer working.Stop()
	defer look.Stop()
	wake := time.NewTimer(0)
	defer wake.Stop()
	for {
		d.begin()
		d.request()
		wake.Reset(d.idle())
		select {
		case <-d.stop:
			return
		case <-d.ctx.Done():
			return
		case r := <-d.results:
			d.judge(r)
		case list := <-d.came:
			d.asking = false
			d.take(list)
		case ok := <-d.handed:
			d.leave(ok)
		case <-working.C:
			d.window.working()
		case <-look.C:
			d.look()
		case <-wake.C:
		}
		d.acknowledge()
		d.unblock()
	}
}

// pullAll pulls what is asked for until ctx is done.
func (d *delivery) pullAll(ctx context.Context) {
	p := puller{q: d.q, next: d.q.from}
	for {
		var r room
		select {
		case r = <-d.ask:
		case <-ctx.Done():
			return
		}
		var list []Pulled
		for len(list) == 0 && ctx.Err() == nil {
			var err error
			if list, err = p.pull(ctx, r); err != nil {
				pause.For(ctx, time.Second)
			}
		}
		if len(list) > 0 {
			d.came <- list
		}
	}
}

// request asks for frames if there is room for them.
func (d *delivery) request() {
	frames, bytes := d.window.room()
	if d.asking || frames == 0 {
		return
	}
	d.asking = true
	d.ask <- room{frames, bytes}
}

// acknowledgeAll acknowledges frames in their order. After one that could not be none is, so that there is no hole.
func (d *delivery) acknowledgeAll() {
	ok := true
	for g := range d.hand {
		list := []Pulled{g.handle()}
		for more := true; more && len(list) < ackFrames; {
			select {
			case g, more = <-d.hand:
				if more {
					list = append(list, g.handle())
				}
			default:
				more = false
			}
		}
		n := 0
		if ok {
			n = d.q.acknowledgeAll(d.ctx, list)
		}
		ok = n == len(list)
		for i := range list {
			d.handed <- i < n
		}
	}
}

// ackFrames is how many frames are acknowledged at once.
const ackFrames = 64

// acknowledge hands over the frames at the front that are settled.
func (d *delivery) acknowledge() {
	for g := d.window.next(); g != nil; g = d.window.next() {
		d.hand <- g
	}
}

// leave is called when a frame is acknowledged, or was not because ctx is done.
func (d *delivery) leave(acknowledged bool) {
	if acknowledged {
		g := d.window.acknowledged()
		if g.head.Sequence > 0 {
			d.q.seen.settle(g.head)
		}
		d.q.late.left(g.copies)
	}
}

// take begins with frames that came.
func (d *delivery) take(list []Pulled) {
	now := time.Now()
	for _, p := range list {
		if g := d.window.byNumber[p.Number()]; g != nil {
			g.again(p)
			continue
		}
		g := &given{number: p.Number(), bytes: len(p.Frame()), pulled: p}
		d.window.add(g)
		d.read(g, p.Frame(), now)
	}
}

// read finds the batches of a frame.
func (d *delivery) read(g *given, frame []byte, now time.Time) {
	h, rest, err := readHeader(frame)
	if err != nil {
		reason := ReasonFrame
		if errors.Is(err, errNewer) {
			reason = ReasonNewer
		}
		d.put(g, &item{b: sealed{Bytes: frame}, reason: reason, batches: 1, came: now})
		if d.q.spool.leases != nil { // nobody could have counted it
			d.q.ledger.Found.add(1, 0)
		}
		return
	}
	if d.q.seen.settled(h) || d.window.byName[h.name()] { // the store has it twice
		return
	}
	g.head, d.window.byName[h.name()] = h, true
	total := uint64(0)
	for n := range h.Batches {
		b, after, err := readBatch(rest)
		if err != nil {
			d.put(g, &item{b: sealed{Bytes: rest}, reason: ReasonTorn, batches: int(h.Batches - n), came: now})
			break
		}
		rest = after
		total += uint64(b.Records)
		if !d.q.late.copy(&b) {
			d.put(g, &item{b: b, batches: 1, came: now})
		}
	}
	d.q.foreign(h, total)
	d.q.number(d.ctx, g.number, h, total)
}

func (d *delivery) put(g *given, i *item) {
	d.window.put(g, i)
	d.fresh = append(d.fresh, i)
}
