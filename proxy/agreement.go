package proxy

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"winnow/proxy/pause"
	"winnow/proxy/values"
)

// Nodes of a cluster each have a configuration of their own, so that while one is rolled out two policies are in force. That is told in metrics at once,
// and is a problem once it lasts for longer than a roll-out. Each node says in the bucket "nodes" which policy it has, under a name of its own for
// each start, every saidEvery:
//
//	<node>   {"policy": "<digest>", "beat": n}
//
// One whose beat does not change for saidOver, by the clock of who looks, is gone. So no clocks are compared.
const (
	nodesBucket = "nodes"
	saidEvery   = 10 * time.Second
	saidOver    = time.Minute
	rollOut     = 10 * time.Minute
)

// said is what a node says.
type said struct {
	Policy string `json:"policy"`
	Beat   uint64 `json:"beat"`
}

// heard is what a node said, and when that was new.
type heard struct {
	said
	at time.Time
}

// agreement is what one node knows of the policies of all. It is safe for concurrent use, and on nil, which nobody shares anything with.
type agreement struct {
	node   string
	bucket func() (values.Bucket, error)
	policy func() string
	now    func() time.Time

	mu    sync.Mutex
	beat  uint64
	nodes map[string]heard
	since time.Time // they differ; zero: they do not
	deaf  error     // why the bucket could not be opened last; nil: it could
}

func newAgreement(bucket func() (values.Bucket, error), policy func() string, now func() time.Time) *agreement {
	return &agreement{node: rand.Text(), bucket: bucket, policy: policy, now: now, nodes: map[string]heard{}}
}

// agree has this node take part, if others may have the same state.
func (p *proxy) agree() {
	if !p.states.Shared() {
		return
	}
	p.agreement = newAgreement(func() (values.Bucket, error) { return p.state(nodesBucket) }, func() string { return p.policies.inForce().Digest() }, p.o.Now)
	p.metrics.Agreement(func() float64 {
		policies, _, _ := p.agreement.count()
		return float64(policies)
	})
}

// run says and hears until ctx is done. What fails is done again.
func (a *agreement) run(ctx context.Context) {
	if a == nil {
		return
	}
	follower := a.follow()
	var hearing sync.WaitGroup
	hearing.Go(func() { follower.Run(ctx) })
	a.say(ctx)
	for pause.For(ctx, saidEvery) {
		a.say(ctx)
	}
	hearing.Wait()
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if bucket, err := a.bucket(); err == nil {
		_ = bucket.Destroy(limit, a.node) // others see that it is gone all the same
	}
}

// follow makes what hears of what other nodes say. For how long the bucket is out of reach is not asked: who says nothing for long is gone.
func (a *agreement) follow() *values.Follower {
	return values.NewFollower(values.FollowerOptions{
		Open: func() (values.Bucket, error) {
			bucket, err := a.bucket()
			a.hears(err)
			return bucket, err
		},
		Begin: func(context.Context) (change func(name string, value []byte), shown func()) { return a.hear, func() {} },
		Ended: func(error) {}, Now: a.now,
	})
}

// hears notes whether this node can hear of the others.
func (a *agreement) hears(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deaf = err
}

// say says which policy this node has, and removes what nodes said that are long gone.
func (a *agreement) say(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, saidEvery)
	defer cancel()
	bucket, err := a.bucket()
	if err != nil {
		return
	}
	a.mu.Lock()
	a.beat++
	data, err := json.Marshal(said{a.policy(), a.beat})
	a.mu.Unlock()
	if err == nil {
		_ = bucket.Put(limit, a.node, data) // the next one says it, too
	}
	for _, name := range a.gone() {
		_ = bucket.Destroy(limit, name)
	}
}

// hear notes what a node says. What cannot be read is of a version that says it otherwise.
func (a *agreement) hear(name string, value []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.differ() // so that since when is known whether or not anybody asks: this node hears its own beat, too
	var s said
	if value == nil || json.Unmarshal(value, &s) != nil {
		delete(a.nodes, name)
		return
	}
	if before, known := a.nodes[name]; !known || before.said != s {
		a.nodes[name] = heard{s, a.now()}
	}
}

// gone are the other nodes that said nothing for long.
func (a *agreement) gone() (names []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for name, h := range a.nodes {
		if name != a.node && a.now().Sub(h.at) > 2*saidOver {
			names = append(names, name)
		}
	}
	return names
}

// count is how many policies are in force, on how many nodes, and for how long that was more than one policy.
func (a *agreement) count() (policies, nodes int, apart time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.differ()
}

// differ is count for who has the lock.
func (a *agreement) differ() (policies, nodes int, apart time.Duration) {
	now := a.now()
	all := map[string]bool{a.policy(): true}
	nodes = 1
	for name, h := range a.nodes {
		if name != a.node && now.Sub(h.at) <= saidOver {
			all[h.Policy] = true
			nodes++
		}
	}
	switch {
	case len(all) == 1:
		a.since = time.Time{}
		return 1, nodes, 0
	case a.since.IsZero():
		a.since = now
	}
	return len(all), nodes, now.Sub(a.since)
}

// problems are for an administrator to see.
func (a *agreement) problems() []string {
	if a == nil {
		return nil
	}
	policies, nodes, apart := a.count()
	a.mu.Lock()
	deaf := a.deaf
	a.mu.Unlock()
	switch {
	case deaf != nil:
		return []string{"cluster: which policies other nodes have in force is not known: " + deaf.Error()}
	case policies == 1 || apart < rollOut:
		return nil
	}
	return []string{fmt.Sprintf("cluster: %d policies are in force on %d nodes for %s: winnow_policy_info names each node's; give all the same configuration",
		policies, nodes, apart.Truncate(time.Minute))}
}
