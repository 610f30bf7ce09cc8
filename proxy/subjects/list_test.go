package subjects

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/values"
	"winnow/scrub"
	"winnow/scrub/pseudonym"
)

func minter(t testing.TB) *pseudonym.Minter {
	t.Helper()
	keys, err := Keys([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return keys.NewMinter(1)
}

func digest(t testing.TB, value string) pseudonym.Digest {
	return minter(t).Digest(pseudonym.SubjectKind([]byte(value)), []byte(value))
}

// RIGHT-3: an order is about its tenant and its purposes, and of several the strictest counts.
func TestOrdersAreAboutTenantAndPurpose(t *testing.T) {
	var l List
	d := digest(t, "bob@example.com")
	l.Put(d, &Entry{Orders: []Order{
		{Action: ActionStrip, Purposes: []string{"statistics", "training"}},
		{Action: ActionDrop, Tenant: "acme", Purposes: []string{"training"}},
		{Action: ActionStrip, Tenant: "other"},
	}})
	for _, c := range []struct {
		tenant, purpose string
		want            scrub.Order
	}{
		{"acme", "operations", scrub.NoOrder}, {"acme", "statistics", scrub.Strip}, {"acme", "training", scrub.Remove},
		{"other", "operations", scrub.Strip}, {"other", "training", scrub.Strip}, {"third", "operations", scrub.NoOrder},
	} {
		if got := l.View(c.tenant, c.purpose).About(d); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.tenant, c.purpose, got, c.want)
		}
	}
	for _, spelling := range []string{"Bob@Example.com ", "bob%40example.com"} {
		if digest(t, spelling) != d {
			t.Errorf("%q is another person", spelling)
		}
	}
}

// Whatever is put and taken back, in any order: the list says what a plain map says, of persons and of their pseudonyms.
func TestListSaysWhatAMapSays(t *testing.T) {
	var l List
	view := l.View("", "")
	rng := rand.New(rand.NewPCG(1, 2))
	m := minter(t)
	person := func(i int) pseudonym.Digest { return m.Digest("id", fmt.Append(nil, "p", i)) }
	want := map[int]*Entry{}
	for range 20_000 {
		i := rng.IntN(300)
		switch rng.IntN(4) {
		case 0:
			delete(want, i)
			l.Put(person(i), nil)
		case 1: // a hold alone restricts nobody
			delete(want, i)
			l.Put(person(i), &Entry{Hold: &Hold{Reference: "case 1"}})
		default:
			e := &Entry{Orders: []Order{{Action: []Action{ActionDrop, ActionStrip}[rng.IntN(2)]}}}
			for k := range rng.IntN(3) {
				e.Pseudonyms = append(e.Pseudonyms, person(1000+10*i+k).String())
			}
			want[i] = e
			l.Put(person(i), e)
		}
	}
	check := func(l *List) {
		t.Helper()
		for i := range 300 {
			order, e := scrub.NoOrder, want[i]
			if e != nil {
				order = e.Orders[0].Action.order()
			}
			if got := l.View("", "").About(person(i)); got != order {
				t.Fatalf("person %d: %d, want %d", i, got, order)
			}
			for k := range 3 {
				tokens := order
				if e == nil || k >= len(e.Pseudonyms) {
					tokens = scrub.NoOrder
				}
				token := append([]byte("user_e7_"), person(1000+10*i+k).String()...)
				if got := l.View("", "").AboutToken(token); got != tokens {
					t.Fatalf("pseudonym %d of %d: %d, want %d", k, i, got, tokens)
				}
			}
		}
		if l.Len() != len(want) {
			t.Fatalf("%d persons, want %d", l.Len(), len(want))
		}
	}
	check(&l)
	var other List
	all := map[pseudonym.Digest]*Entry{}
	for i, e := range want {
		all[person(i)] = e
	}
	other.Put(person(299), &Entry{Orders: []Order{{Action: ActionDrop}}, Pseudonyms: []string{person(1).String()}})
	other.Replace(all)
	check(&other)
	if view.AboutToken([]byte("no token")) != scrub.NoOrder {
		t.Error("what is no token names somebody")
	}
}

// follow has a Live follow a bucket until the test ends, and returns when it has read it, or cannot.
func follow(t *testing.T, open func() (values.Bucket, error)) (*Live, *atomic.Pointer[error]) {
	t.Helper()
	var last atomic.Pointer[error]
	told := make(chan struct{}, 100)
	l := NewLive(open, time.Now, func(err error) { last.Store(&err); told <- struct{}{} })
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { l.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	<-told
	return l, &last
}

func folder(t testing.TB) values.Bucket {
	t.Helper()
	b, err := values.OpenFolder(filepath.Join(t.TempDir(), "state", "suppressions"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// until waits for what another goroutine does, and tells how long it took.
func until(t *testing.T, what func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !what() {
		if time.Since(began) > 10*time.Second {
			t.Fatal("it does not happen")
		}
		<-time.After(time.Millisecond)
	}
	return time.Since(began)
}

// RIGHT-3: what one node decides is in force on two others within a second, and so is what it takes back.
func TestOrdersReachAllNodesWithinASecond(t *testing.T) {
	b := folder(t)
	open := func() (values.Bucket, error) { return b, nil }
	one, _ := follow(t, open)
	two, _ := follow(t, open)
	d := digest(t, "u-1")
	ctx := context.Background()
	for _, step := range []struct {
		do   func(e *Entry) error
		want scrub.Order
	}{
		{func(e *Entry) error { e.give(Order{Action: ActionDrop}); return nil }, scrub.Remove},
		{func(e *Entry) error { e.give(Order{Action: ActionStrip}); return nil }, scrub.Strip},
		{func(e *Entry) error { e.Orders = nil; return nil }, scrub.NoOrder},
	} {
		if err := revise(ctx, b, d, step.do); err != nil {
			t.Fatal(err)
		}
		took := until(t, func() bool {
			return one.View("", "").About(d) == step.want && two.View("", "").About(d) == step.want
		})
		if took > time.Second {
			t.Errorf("it took %v", took)
		}
	}
	if !one.Empty() || !two.Empty() {
		t.Error("somebody is left on an empty list")
	}
}

// A list of which an entry cannot be read is not known: it might be about anybody. Mended, it is.
func TestListThatCannotBeReadIsNotReady(t *testing.T) {
	b := folder(t)
	name := subjectPrefix + digest(t, "u-1").String()
	for _, bad := range []string{"{", `{"orders":[{"action":"keep"}]}`, `{"unknown":1}`, `{"pseudonyms":["x"]}`} {
		if err := b.Put(context.Background(), name, []byte(bad)); err != nil {
			t.Fatal(err)
		}
		l, last := follow(t, func() (values.Bucket, error) { return b, nil })
		if l.Ready() || *last.Load() == nil {
			t.Errorf("%s is read", bad)
		}
		if err := b.Put(context.Background(), name, values.JSON(&Entry{Orders: []Order{{Action: ActionDrop}}})); err != nil {
			t.Fatal(err)
		}
		until(t, l.Ready)
		if err := b.Put(context.Background(), name, []byte(bad)); err != nil {
			t.Fatal(err)
		}
		until(t, func() bool { return !l.Ready() })
	}
	l, _ := follow(t, func() (values.Bucket, error) { return nil, values.ErrDamaged })
	if l.Ready() || l.Age(time.Now().Add(time.Hour)) < time.Hour {
		t.Error("a bucket that does not open is a list")
	}
}

// BenchmarkAbout is what a subject's field costs beside its digest, with a million persons on the list and none.
func BenchmarkAbout(b *testing.B) {
	m := minter(b)
	for _, n := range []int{1, 1_000_000} {
		var l List
		all := map[pseudonym.Digest]*Entry{}
		entry := &Entry{Orders: []Order{{Action: ActionDrop}}}
		for i := range n {
			all[m.Digest("id", fmt.Append(nil, "person-", i))] = entry
		}
		l.Replace(all)
		view := l.View("acme", "operations")
		b.Run(fmt.Sprintf("persons=%d/probe", n), func(b *testing.B) {
			d := m.Digest("id", []byte("nobody"))
			b.ReportAllocs()
			for b.Loop() {
				if view.About(d) != scrub.NoOrder {
					b.Fatal("found")
				}
			}
		})
		b.Run(fmt.Sprintf("persons=%d/change", n), func(b *testing.B) {
			d := m.Digest("id", []byte("somebody"))
			b.ReportAllocs()
			for b.Loop() {
				l.Put(d, entry)
				l.Put(d, nil)
			}
		})
	}
	values := make([][]byte, 4096)
	for i := range values {
		values[i] = fmt.Append(nil, "user-", i)
	}
	b.Run("digest=new", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			m.Digest("id", values[i%len(values)])
			i++
		}
	})
	b.Run("digest=known", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Digest("id", values[0])
		}
	})
}
