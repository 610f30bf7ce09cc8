package spool_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"winnow/proxy/spool"
	"winnow/proxy/spool/natstest"
	"winnow/proxy/values"
	"winnow/proxy/values/valuestest"
)

// conformanceAckWait is how soon a frame comes again in these tests.
const conformanceAckWait = 2 * time.Second

// A store under test, and the folders in which it keeps what it has. erases says that what is removed can be looked for in them.
type conforming struct {
	store  spool.Store
	dirs   []string
	erases bool
}

// Whatever keeps the lanes behaves the same: embedded, a server elsewhere, a cluster of three with three copies of everything.
func TestStoreConformance(t *testing.T) {
	stores := []struct {
		name string
		open func(t *testing.T) conforming
	}{
		{"embedded", func(t *testing.T) conforming {
			dir := t.TempDir()
			s, err := spool.OpenJetStream(t.Context(), spool.JetStreamOptions{
				Dir: dir, MaxFrameBytes: 8 << 20, AckWait: conformanceAckWait, MaxPending: 256,
			})
			if err != nil {
				t.Fatal(err)
			}
			return conforming{s, []string{dir}, true}
		}},
		{"external", func(t *testing.T) conforming {
			s := natstest.Start(t, 1, true)
			return conforming{external(t, s, 1), s.Dirs, true}
		}},
		{"cluster", func(t *testing.T) conforming {
			s := natstest.Start(t, 3, true)
			return conforming{external(t, s, 3), s.Dirs, false} // the consensus log has copies of its own
		}},
	}
	tests := []struct {
		name string
		run  func(t *testing.T, c conforming)
	}{
		{"order", testOrder}, {"together", testTogether}, {"again", testAgain}, {"unacknowledged", testUnacknowledged}, {"repeat", testRepeat}, {"sources", testSources}, {"reclaim", testReclaim}, {"release", testRelease},
		{"bound", testBound},
		{"large", testLarge}, {"remove", testRemove}, {"values", testValues}, {"restart", testStoreRestart},
	}
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			c := s.open(t)
			defer func() {
				if err := c.store.Close(); err != nil {
					t.Error(err)
				}
				if err := c.store.Health(); err == nil {
					t.Error("a closed store is healthy")
				}
			}()
			for _, test := range tests {
				t.Run(test.name, func(t *testing.T) { test.run(t, c) })
			}
		})
	}
}

// lane opens the lane of a test.
func lane(t *testing.T, c conforming, name string, limit int64) spool.Lane {
	t.Helper()
	l, err := c.store.Lane(t.Context(), name, limit)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// put appends frames whose ids are their texts.
func put(t *testing.T, l spool.Lane, frames ...string) (last uint64) {
	t.Helper()
	for _, f := range frames {
		n, err := l.Append(t.Context(), "", f, []byte(f))
		if err != nil {
			t.Fatal(err)
		}
		if n <= last {
			t.Fatalf("frame %d came after %d", n, last)
		}
		last = n
	}
	return last
}

// take pulls until it has n frames.
func take(t *testing.T, l spool.Lane, n int) (list []spool.Pulled) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for len(list) < n {
		more, err := l.Pull(ctx, n-len(list), 1<<20)
		if err != nil {
			t.Fatalf("%d of %d frames came: %v", len(list), n, err)
		}
		list = append(list, more...)
	}
	return list
}

func ack(t *testing.T, list ...spool.Pulled) {
	t.Helper()
	for _, p := range list {
		if err := p.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func texts(list []spool.Pulled) (all []string) {
	for _, p := range list {
		all = append(all, string(p.Frame()))
	}
	return all
}

// held is what a lane shows without taking it.
func held(t *testing.T, l spool.Lane) (all []string) {
	t.Helper()
	if err := l.Read(t.Context(), 1, func(_ uint64, frame []byte) bool {
		all = append(all, string(frame))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func stats(t *testing.T, l spool.Lane) spool.LaneStats {
	t.Helper()
	s, err := l.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// settled waits until the lane's state is as acknowledgements made it: in a cluster it follows them.
func settled(t *testing.T, l spool.Lane, want spool.LaneStats) {
	t.Helper()
	within(t, 10*time.Second, fmt.Sprintf("the lane has %+v", want), func() bool {
		got := stats(t, l)
		got.Bytes = 0
		return got == want
	})
}

// Frames come in the order in which they were stored, and leave with their acknowledgement.
func testOrder(t *testing.T, c conforming) {
	l := lane(t, c, "order", 1<<20)
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprintf("frame %d", i))
	}
	last := put(t, l, want...)
	if got := held(t, l); !slices.Equal(got, want) {
		t.Errorf("the lane holds %q", got)
	}
	if s := stats(t, l); s.Frames != 20 || s.Last != last || s.First != last-19 || s.Bytes == 0 {
		t.Errorf("stats %+v, the last is %d", s, last)
	}
	list := take(t, l, 20)
	if got := texts(list); !slices.Equal(got, want) {
		t.Errorf("it gave %q", got)
	}
	ack(t, list[:5]...)
	settled(t, l, spool.LaneStats{Frames: 15, First: list[5].Number(), Last: last})
	ack(t, list[5:]...)
	settled(t, l, spool.LaneStats{First: last + 1, Last: last})
}

// Frames that are acknowledged together leave together; those that were given before the lane was reclaimed stay.
func testTogether(t *testing.T, c conforming) {
	l := lane(t, c, "together", 1<<20)
	var all []string
	for i := range 20 {
		all = append(all, fmt.Sprintf("frame %d", i))
	}
	put(t, l, all...)
	list := take(t, l, 20)
	if n := l.AckAll(t.Context(), list[:15]); n != 15 {
		t.Errorf("%d of 15 are acknowledged", n)
	}
	settled(t, l, spool.LaneStats{Frames: 5, First: 16, Last: 20})
	if err := l.Reclaim(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if n := l.AckAll(ctx, list[15:]); n != 0 {
		t.Errorf("%d are acknowledged that were given to somebody who is gone", n)
	}
	again := take(t, l, 5)
	if got := texts(again); !slices.Equal(got, all[15:]) {
		t.Errorf("it gave %q", got)
	}
	ack(t, again...)
}

// A frame that is given back comes again at once.
func testAgain(t *testing.T, c conforming) {
	l := lane(t, c, "again", 1<<20)
	put(t, l, "given back")
	first := take(t, l, 1)
	if err := first[0].Again(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), conformanceAckWait/2)
	defer cancel()
	second, err := l.Pull(ctx, 1, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if second[0].Number() != first[0].Number() {
		t.Errorf("frame %d, then %d", first[0].Number(), second[0].Number())
	}
	ack(t, second...)
}

// A frame whose taker is gone comes again after the agreed time; one whose taker asks for more time does not.
func testUnacknowledged(t *testing.T, c conforming) {
	l := lane(t, c, "unacknowledged", 1<<20)
	put(t, l, "forgotten", "at work")
	first := take(t, l, 2)
	began := time.Now()
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(conformanceAckWait / 8)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := first[1].Working(); err != nil {
					t.Error(err)
				}
			case <-stop:
				return
			}
		}
	}()
	enough := sync.OnceFunc(func() { close(stop); <-done })
	defer enough()
	again := take(t, l, 1)
	if got := string(again[0].Frame()); got != "forgotten" {
		t.Errorf("%q came again", got)
	}
	if after := time.Since(began); after < conformanceAckWait/2 {
		t.Errorf("it came again after %v", after)
	}
	enough() // one that is acknowledged asks for no more time
	ack(t, again[0], first[1])
	settled(t, l, spool.LaneStats{First: 3, Last: 2})
}

// The same id is stored once, and has the number of the first.
func testRepeat(t *testing.T, c conforming) {
	l := lane(t, c, "repeat", 1<<20)
	var numbers []uint64
	for range 3 {
		n, err := l.Append(t.Context(), "", "id", []byte("once"))
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	if numbers[0] != numbers[1] || numbers[1] != numbers[2] {
		t.Errorf("numbers %d", numbers)
	}
	if got := held(t, l); !slices.Equal(got, []string{"once"}) {
		t.Errorf("the lane holds %q", got)
	}
}

// Of each source it is known how many of its frames wait, and which are the first and the last.
func testSources(t *testing.T, c conforming) {
	l := lane(t, c, "sources", 1<<20)
	for n, source := range []string{"a", "b", "a", "", "b", "a", "c"} {
		text := fmt.Sprint(source, n)
		if _, err := l.Append(t.Context(), source, text, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if got := held(t, l); len(got) != 7 {
		t.Errorf("the lane holds %q", got)
	}
	ack(t, take(t, l, 2)...)
	within(t, 10*time.Second, "what was acknowledged is gone", func() bool { return stats(t, l).Frames == 5 })
	got, err := l.Sources(t.Context())
	if want := map[string]uint64{"a": 2, "b": 1, "c": 1, "": 1}; err != nil || !maps.Equal(got, want) {
		t.Errorf("sources %v, %v; want %v", got, err, want)
	}
	for source, want := range map[string][2]string{"a": {"a2", "a5"}, "b": {"b4", "b4"}, "": {"3", "3"}} {
		first, last, err := l.Ends(t.Context(), source)
		if err != nil || string(first) != want[0] || string(last) != want[1] {
			t.Errorf("ends of %q: %q and %q, %v; want %q", source, first, last, err, want)
		}
	}
	if _, _, err := l.Ends(t.Context(), "d"); !errors.Is(err, spool.ErrNotThere) {
		t.Errorf("ends of a source that never was: %v", err)
	}
	ack(t, take(t, l, 5)...)
}

// What was given before a lane is reclaimed comes again at once, and its acknowledgement, which may be late, removes nothing.
func testReclaim(t *testing.T, c conforming) {
	l := lane(t, c, "reclaim", 1<<20)
	put(t, l, "one", "two")
	before := take(t, l, 2)
	if err := l.Reclaim(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := before[0].Ack(ctx); err == nil {
		t.Error("what was given to somebody who is gone is acknowledged")
	}
	again := take(t, l, 2)
	if got := texts(again); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("it gave %q", got)
	}
	ack(t, again...)
	settled(t, l, spool.LaneStats{First: 3, Last: 2})
}

// A lane that was released keeps what it holds, and what is removed is gone; the next who pulls has all from the front.
func testRelease(t *testing.T, c conforming) {
	l := lane(t, c, "release", 1<<20)
	put(t, l, "one", "two", "three")
	take(t, l, 2)
	if err := l.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Remove(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if got := held(t, l); !slices.Equal(got, []string{"one", "three"}) {
		t.Errorf("the lane holds %q", got)
	}
	again := take(t, l, 2)
	if got := texts(again); !slices.Equal(got, []string{"one", "three"}) {
		t.Errorf("it gave %q", got)
	}
	ack(t, again...)
}

// A full lane refuses what is new, keeps what is old, and takes more once there is room.
func testBound(t *testing.T, c conforming) {
	l := lane(t, c, "bound", 64<<10)
	frame := bytes.Repeat([]byte("x"), 8<<10)
	stored := 0
	for i := range 100 {
		_, err := l.Append(t.Context(), "", fmt.Sprint(i), frame)
		if errors.Is(err, spool.ErrLaneFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		stored++
	}
	if stored < 4 || stored > 8 {
		t.Fatalf("%d frames of 8 KiB fit into 64 KiB", stored)
	}
	if s := stats(t, l); s.Frames != uint64(stored) || s.First != 1 {
		t.Errorf("%d stored, but %+v", stored, s)
	}
	ack(t, take(t, l, 1)...)
	within(t, 10*time.Second, "there is room after an acknowledgement", func() bool {
		_, err := l.Append(t.Context(), "", "more", frame)
		return err == nil
	})
}

// The largest frame passes whole.
func testLarge(t *testing.T, c conforming) {
	l := lane(t, c, "large", 64<<20)
	frame := make([]byte, largestFrame)
	for i := range frame {
		frame[i] = byte(i>>16 ^ i)
	}
	if _, err := l.Append(t.Context(), "", "large", frame); err != nil {
		t.Fatal(err)
	}
	list := take(t, l, 1)
	if !bytes.Equal(list[0].Frame(), frame) {
		t.Error("it came out otherwise")
	}
	ack(t, list...)
}

// What is removed is gone, its neighbours are not, and its bytes are overwritten.
func testRemove(t *testing.T, c conforming) {
	l := lane(t, c, "remove", 1<<20)
	put(t, l, "before", "planted-frame-7a1c", "after")
	if !valuestest.Contains(t, c.dirs, "planted-frame-7a1c") {
		t.Fatal("the frame is not in the files: nothing can be proved")
	}
	if err := l.Remove(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := l.Remove(t.Context(), 2); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
	if got := held(t, l); !slices.Equal(got, []string{"before", "after"}) {
		t.Errorf("the lane holds %q", got)
	}
	if c.erases && valuestest.Contains(t, c.dirs, "planted-frame-7a1c") {
		t.Error("the removed frame is still in the files")
	}
	ack(t, take(t, l, 2)...)
}

// bucket opens the bucket of a test.
func bucket(t *testing.T, c conforming, name string) values.Bucket {
	t.Helper()
	v, err := c.store.Values(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func testValues(t *testing.T, c conforming) {
	valuestest.Run(t, func(t *testing.T, name string) values.Bucket { return bucket(t, c, name) }, c.dirs, c.erases)
}

// A restart keeps what was acknowledged, and what was handed out works on.
func testStoreRestart(t *testing.T, c conforming) {
	l := lane(t, c, "restart", 1<<20)
	v := bucket(t, c, "restart")
	put(t, l, "one", "two", "three")
	if err := v.Put(t.Context(), "name", []byte("value")); err != nil {
		t.Fatal(err)
	}
	before := take(t, l, 1)
	if err := c.store.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.store.Health(); err != nil {
		t.Error(err)
	}
	if got := held(t, l); !slices.Equal(got, []string{"one", "two", "three"}) {
		t.Errorf("the lane holds %q", got)
	}
	if got, err := v.Get(t.Context(), "name"); string(got) != "value" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if n, err := l.Append(t.Context(), "", "two", []byte("two")); n != 2 || err != nil {
		t.Errorf("a repeat across the restart has number %d, %v", n, err)
	}
	put(t, l, "four")
	if names, err := c.store.Lanes(t.Context()); !slices.Contains(names, "restart") || err != nil {
		t.Errorf("lanes %q, %v", names, err)
	}
	if err := l.Remove(t.Context(), before[0].Number()); err != nil { // as a deliverer does whose acknowledgement was lost
		t.Fatal(err)
	}
	list := take(t, l, 3)
	if got := texts(list); !slices.Equal(got, []string{"two", "three", "four"}) {
		t.Errorf("it gave %q", got)
	}
	ack(t, list...)
}
