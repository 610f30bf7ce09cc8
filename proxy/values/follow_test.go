package values_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/values"
)

// cut is a bucket that is out of reach while down says so.
type cut struct {
	values.Bucket
	down  atomic.Bool
	asked chan error // hears of each Get
}

func (c *cut) Get(ctx context.Context, name string) (value []byte, err error) {
	if err = errDown; !c.down.Load() {
		value, err = c.Bucket.Get(ctx, name)
	}
	select {
	case c.asked <- err:
	default:
	}
	return value, err
}

var errDown = errors.New("down")

// A bucket that cannot be opened at first is followed once it can, and its age grows while it does not answer, and no longer.
func TestFollowerKnowsHowOldItIs(t *testing.T) {
	b := &cut{Bucket: open(t, t.TempDir()), asked: make(chan error)}
	if err := b.Put(t.Context(), "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	var ahead atomic.Int64
	begun := time.Now()
	now := func() time.Time { return begun.Add(time.Duration(ahead.Load())) }
	seen, ended := make(chan string, 10), make(chan error, 10)
	opened := false
	var f *values.Follower
	f = values.NewFollower(values.FollowerOptions{
		Open: func() (values.Bucket, error) {
			if !opened {
				opened = true
				return nil, errDown
			}
			return b, nil
		},
		Begin: func(context.Context) (func(string, []byte), func()) {
			return func(name string, value []byte) { seen <- name + "=" + string(value) }, func() { f.Saw(now()); seen <- "shown" }
		},
		Every: func() time.Duration { return time.Millisecond }, Ended: func(err error) { ended <- err }, Now: now,
	})
	ahead.Store(int64(time.Hour))
	if age := f.Age(now()); age != time.Hour {
		t.Errorf("before anything was seen its age is %v", age)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { f.Run(ctx); close(done) }()
	if err := <-ended; !errors.Is(err, errDown) {
		t.Errorf("the first time: %v", err)
	}
	for _, want := range []string{"a=1", "shown"} {
		if got := <-seen; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	asked := func(want error) {
		for !errors.Is(<-b.asked, want) { // one may be under way
		}
		<-b.asked // what the one before said is known
	}
	b.down.Store(true)
	asked(errDown)
	ahead.Add(int64(time.Hour))
	asked(errDown)
	if age := f.Age(now()); age != time.Hour {
		t.Errorf("out of reach for an hour, its age is %v", age)
	}
	b.down.Store(false)
	asked(values.ErrNone)
	if age := f.Age(now()); age != 0 {
		t.Errorf("in reach, its age is %v", age)
	}
	if err := b.Put(t.Context(), "b", []byte("2")); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "b=2" {
		t.Errorf("a change: %q", got)
	}
	stop()
	<-done
}

// What is stored is understood in full or not at all.
func TestReadJSONDoubts(t *testing.T) {
	type value struct {
		N int `json:"n"`
	}
	for in, ok := range map[string]bool{
		string(values.JSON(value{1})): true, ` {"n": 1} `: true, `{}`: true,
		`{"n":1,"more":2}`: false, `{"n":1}{}`: false, `{"n":1}]`: false, `{"n":"1"}`: false, `{"n":1`: false, ``: false,
	} {
		var v value
		if err := values.ReadJSON([]byte(in), &v); errors.Is(err, values.ErrUnread) == ok {
			t.Errorf("%s: %v", in, err)
		}
	}
}
