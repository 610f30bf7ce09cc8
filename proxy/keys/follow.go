package keys

import (
	"context"
	"strings"
	"time"

	"winnow/proxy/values"
)

// Run follows the state until ctx is done: what other nodes do is live here within moments, epochs begin when their time comes, and those that
// are too old are destroyed. Without it a Ring works too, and hears of others only when something is new.
func (r *Ring) Run(ctx context.Context) {
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		r.follower.Run(ctx)
	}()
	defer func() { <-watched }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		r.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const (
	lookEvery = 5 * time.Second // the state is read although no change was heard of
	tidyTime  = time.Minute
)

// look reads the state, and tidies up if an epoch has begun since the last time.
func (r *Ring) look(ctx context.Context) {
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r.mu.Lock()
	err := r.tryRenew(short, r.o.Now())
	r.mu.Unlock()
	if err != nil || !r.untidy.Load() {
		return
	}
	long, stop := context.WithTimeout(ctx, tidyTime)
	defer stop()
	if err := r.Tidy(long); err != nil && ctx.Err() == nil {
		r.o.Log.Error("keys that are too old could not be destroyed", "error", err.Error())
	}
}

// follow makes what hears of what other nodes do. Whether the state is in reach is known from reading the list of epochs.
func (r *Ring) follow() *values.Follower {
	return values.NewFollower(values.FollowerOptions{
		Open: func() (values.Bucket, error) { return r.o.Values, nil }, Ended: func(error) {}, Now: r.o.Now,
		Begin: func(ctx context.Context) (change func(name string, value []byte), shown func()) {
			return func(name string, value []byte) { r.heard(ctx, name, value) }, func() {}
		},
	})
}

// heard takes a change in.
func (r *Ring) heard(ctx context.Context, name string, value []byte) {
	if value == nil && strings.HasPrefix(name, keyPrefix) {
		if n, ok := parseKey(name); ok {
			r.forget(n)
		}
		return
	}
	if name != epochsName {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.renew(ctx, r.o.Now()); err != nil {
		r.fail(domain{}, r.o.Now(), err)
	}
}

// Listed is an epoch with its keys.
type Listed struct {
	Epoch
	// Current tells whether keys of it are in use.
	Current bool `json:"current"`
	// Keys that it has, by tenant and purpose.
	Keys []Held `json:"keys"`
}

// Held is whose a key is.
type Held struct {
	Tenant  string `json:"tenant"`
	Purpose string `json:"purpose"`
}

// List lists the epochs, oldest first.
func (r *Ring) List(ctx context.Context) ([]Listed, error) {
	l, _, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := r.keys(ctx, Which{})
	if err != nil {
		return nil, err
	}
	listed := make([]Listed, len(l.Epochs))
	last := l.last().Number
	for i, e := range l.Epochs {
		listed[i] = Listed{Epoch: e, Current: e.Destroyed == nil && e.Number >= last, Keys: []Held{}}
		for _, n := range ids {
			if n.epoch == e.Number {
				listed[i].Keys = append(listed[i].Keys, Held{n.tenant, n.purpose})
			}
		}
	}
	return listed, nil
}

// Problems are what an operator should mend, in words.
func (r *Ring) Problems() (problems []string) {
	now := r.o.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for d, f := range r.failed {
		if d == (domain{}) {
			problems = append(problems, "keys: "+f.err.Error())
		} else {
			problems = append(problems, "keys: tenant "+d.tenant+", purpose "+d.purpose+": "+f.err.Error())
		}
	}
	v := r.view.Load()
	if began := v.epochs.last().Began; began.Sub(now) > r.settings.Length {
		problems = append(problems, "keys: the epoch began in the future: if the clock is right now, begin another with `winnow keys rotate`")
	}
	return problems
}
