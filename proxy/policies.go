package proxy

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"winnow/config"
	"winnow/proxy/values"
	"winnow/scrub"
)

// policyTexts is the bucket of the texts of policies under which something may wait in the spool. A name is a policy's digest, a value the
// time when it was last known to be in force, in seconds since 1970 as 8 bytes big endian, and the text, of which the digest is the SHA-256.
const policyTexts = "policies"

// policies sees to it that what waits leaves under a policy at least as strict as that which it was taken under, and as that which is in
// force (CHANGE-1). What cannot be compared is scrubbed again under the one in force, which only takes away. It is safe for concurrent use.
type policies struct {
	bucket func() (values.Bucket, error)
	now    func() time.Time

	keeping sync.Mutex
	kept    map[string]time.Time // texts that are in the bucket

	judging sync.Mutex // one reads and compiles old policies at a time; taken before mu

	mu       sync.Mutex
	config   *config.Config
	policy   *scrub.Policy // in force; nil: none yet
	ways     map[string]int
	toward   map[leaving]judged
	verdicts map[[2]string]judged // by digests of old and new
}

// use puts a policy in force.
func (p *policies) use(c *config.Config, policy *scrub.Policy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.config, p.policy = c, policy
	p.ways, p.toward, p.verdicts = map[string]int{}, map[leaving]judged{}, map[[2]string]judged{}
	for i, r := range c.Routes {
		p.ways[r.Path] = i
	}
	for i, l := range c.Listeners {
		p.ways[l.Address] = len(c.Routes) + i
	}
}

func (p *policies) inForce() *scrub.Policy {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.policy
}

// fresh is for how long a text that was kept need not be kept again.
const fresh = expireEvery / 2

// keep keeps the texts of a policy and its variants, before anything is taken under them, and says of those in force that they still are.
func (p *policies) keep(ctx context.Context, policy *scrub.Policy) error {
	p.keeping.Lock()
	defer p.keeping.Unlock()
	bucket, err := p.bucket()
	if err != nil {
		return err
	}
	list := policy.Policies()
	if before := p.inForce(); before != nil && before != policy {
		list = append(list, before.Policies()...)
	}
	now := p.now()
	for _, one := range list {
		if now.Sub(p.kept[one.Digest()]) < fresh {
			continue
		}
		value := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))
		if err := bucket.Put(ctx, one.Digest(), append(value, one.Text()...)); err != nil {
			return err
		}
		p.kept[one.Digest()] = now
	}
	return nil
}

// tidy removes the texts of policies under which nothing can wait any more: none is older than longest.
func (p *policies) tidy(ctx context.Context, longest time.Duration) error {
	if err := p.keep(ctx, p.inForce()); err != nil {
		return err
	}
	bucket, err := p.bucket()
	if err != nil {
		return err
	}
	names, err := bucket.Names(ctx)
	for _, name := range names {
		if err == nil && p.outlived(ctx, bucket, name, longest) {
			err = bucket.Destroy(ctx, name)
		}
	}
	return err
}

// outlived tells whether a policy has been out of force for longer than anything waits. While it was in force that was said every hour.
func (p *policies) outlived(ctx context.Context, bucket values.Bucket, name string, longest time.Duration) bool {
	inForce := p.inForce().Policies()
	value, err := bucket.Get(ctx, name)
	if len(value) < 8 || err != nil || slices.ContainsFunc(inForce, func(one *scrub.Policy) bool { return one.Digest() == name }) {
		return false
	}
	return p.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(value)), 0)) > longest+2*expireEvery
}

// keepPolicies keeps the texts of a policy under which something may wait soon.
func (p *proxy) keepPolicies(policy *scrub.Policy) {
	if p.spool == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), spoolOpening)
	defer cancel()
	if err := p.policies.keep(ctx, policy); err != nil {
		p.o.Log.Error(policiesLost, "error", err.Error())
	}
}

const policiesLost = "texts of policies cannot be kept: what waits is scrubbed again when another policy is in force"

// forEver is longer than anything is kept, and leaves room to add to it.
const forEver = 1 << 62

// tendPolicies keeps the texts of policies for as long as something may wait under them.
func (p *proxy) tendPolicies(ctx context.Context) {
	if p.spooling.Load() == nil {
		return
	}
	p.reloading.Lock()
	longest := p.config.LongestAge()
	p.reloading.Unlock()
	if p.held("") { // what is held was taken under policies, too
		longest = forEver
	}
	if err := p.policies.tidy(ctx, longest); err != nil {
		p.o.Log.Error(policiesLost, "error", err.Error())
	}
}
