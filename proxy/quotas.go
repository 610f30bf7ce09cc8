package proxy

import (
	"context"
	"fmt"
	"math"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/ingest"
	"winnow/proxy/quota"
	"winnow/proxy/values"
)

const (
	quotaBucket = "quotas"         // of what tenants have sent today
	quotaTime   = 10 * time.Second // of reading and writing it
)

// allowed takes the request from its tenant's account, or refuses it and says when to come again.
func (s *site) allowed(r *ingest.Request) bool {
	counters := s.tenants[r.Tenant]
	why, after := s.quotas.Take(r.Tenant, len(r.Body), r.Received)
	if why == quota.Allowed {
		counters.Sent(len(r.Body))
		return true
	}
	counters.Refused(int(why))
	r.Refuse(codec.Busy, overQuota[why])
	if r.Answer.RetryAfter > 0 { // else the protocol has no such word
		r.Answer.RetryAfter = int(min(math.Ceil(after.Seconds()), float64(maxRetryAfter/time.Second)))
	}
	return false
}

// maxRetryAfter is the longest that a client is told to wait: a quota may be raised meanwhile.
const maxRetryAfter = time.Hour

// overQuota says which, by quota.Reason.
var overQuota = [...]string{
	quota.Rate: "this tenant sends more than it may in so short a time; try again later",
	quota.Day:  "this tenant has sent what it may in a day; try again tomorrow",
}

// quotaReasons names them, by quota.Reason.
var quotaReasons = [...]string{quota.Allowed: "other", quota.Rate: "rate", quota.Day: "day"}

// sent adds the records of a request to its tenant's account.
func (s *site) sent(tenant string, records int) {
	s.quotas.Sent(tenant, records)
	s.tenants[tenant].Records(records)
}

// quotasOf makes the accounts of a configuration, and goes on with those there are.
func (p *proxy) quotasOf(c *config.Config) (*quota.Quotas, map[string]*admin.Tenant) {
	q := quota.New(c.Tenants, c.TenantLimits)
	q.Adopt(p.quotas.Load())
	p.quotas.Store(q)
	counters := map[string]*admin.Tenant{"default": p.metrics.Tenant("default", quotaReasons[:])}
	for _, t := range c.Tenants {
		counters[t.ID] = p.metrics.Tenant(t.ID, quotaReasons[:])
	}
	if len(c.Tenants) > 0 && c.Tenants[0].ID != "default" {
		delete(counters, "default")
	}
	return q, counters
}

// keepQuotas writes what tenants have sent, and learns what they sent to other nodes.
func (p *proxy) keepQuotas(ctx context.Context) {
	q := p.quotas.Load()
	if q == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, quotaTime)
	defer cancel()
	if err := q.Sync(ctx, func() (values.Bucket, error) { return p.state(quotaBucket) }, p.o.Now()); err != nil {
		p.o.Log.Warn("what tenants sent today is not written: only what came to this process counts for their daily quotas", "error", err.Error())
	}
}

// expiringKeys says which keys will soon not be good any more.
func expiringKeys(tenants []config.Tenant, now time.Time) (problems []string) {
	for _, t := range tenants {
		for _, k := range t.ScopedKeys {
			until, err := config.ParseTime(k.Expires)
			switch left := until.Sub(now); {
			case err != nil || until.IsZero() || left > keySoon:
			case left <= 0:
				problems = append(problems, fmt.Sprintf("key %s of tenant %s has expired", k.ID, t.ID))
			default:
				problems = append(problems, fmt.Sprintf("key %s of tenant %s expires in %d hours", k.ID, t.ID, int(left.Hours())))
			}
		}
	}
	return problems
}

// keySoon is how long before its end a key is spoken of.
const keySoon = 7 * 24 * time.Hour
