package proxy

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"winnow/proxy/audit"
	"winnow/proxy/upstream"
)

// What retention is about, in metrics and in the audit log.
const (
	inSpool       = "spool"
	inAudit       = "audit"
	inReceipts    = "receipts"
	inSegments    = "segments"
	formerTenants = "former_tenants"
)

// actDeferred is told when a legal hold begins to keep something that is too old, and when it ends to.
const actDeferred = "retention.deferred"

// longestLog is the size at which a log goes on in another file.
const longestLog = 16 << 20

// kept is what is older than it may be, and stays for a legal hold. It is safe for concurrent use.
type kept struct {
	mu   sync.Mutex
	held map[string]int64 // by what it is
}

// heldBack is what there was when it was looked at last.
func (k *kept) heldBack() map[string]int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.held)
}

// note takes how much of something stays, and tells whether that some does, or does no longer, is new.
func (k *kept) note(what string, n int64) (news bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held == nil {
		k.held = map[string]int64{}
	}
	news = (k.held[what] > 0) != (n > 0)
	k.held[what] = n
	return news
}

// held tells whether what is too old of a tenant must stay, for a legal hold; of no tenant, whether that is so of anybody. While nobody knows, it is.
func (p *proxy) held(tenant string) bool { return p.persons.live.Held(tenant) }

// retain removes what is older than it may be (KEEP-1): at start, and every hour.
func (p *proxy) retain(ctx context.Context) {
	p.reloading.Lock()
	c := p.config // never changed, only replaced
	p.reloading.Unlock()
	for _, remove := range []func(context.Context){p.expireSpool, p.expirePersons, p.tendPolicies, p.forgetTenants} {
		limit, cancel := context.WithTimeout(ctx, retainTime)
		remove(limit)
		cancel()
	}
	if s := p.spooling.Load(); s != nil {
		p.deferred(inSpool, s.HeldBack())
	}
	p.deferred(inSegments, p.heldSegments())
	anybody := func() bool { return p.held("") }
	p.tended(inAudit, func() (audit.Tended, error) {
		return p.audit.Tend(audit.Limits{Bytes: longestLog, Age: time.Duration(c.Retention.Audit), Held: anybody})
	})
	p.tended(inReceipts, func() (audit.Tended, error) {
		return p.receipts.tend(audit.Limits{Bytes: longestLog, Age: time.Duration(c.Retention.Receipts), Held: anybody})
	})
}

// retainTime bounds each thing that is looked through, as a cluster may not answer: what else is done now and then waits for it.
const retainTime = 2 * time.Minute

// tended has a log tended.
func (p *proxy) tended(what string, tend func() (audit.Tended, error)) {
	done, err := tend()
	if err != nil {
		p.o.Log.Error("what is too old could not be removed", "from", what, "error", err.Error())
		return
	}
	if done.Removed > 0 {
		p.o.Log.Info("what was too old was removed", "from", what, "files", done.Removed)
	}
	p.deferred(what, int64(done.HeldBack))
}

// deferred notes how much stays for a legal hold, and tells the audit log when that begins and ends.
func (p *proxy) deferred(what string, n int64) {
	if p.kept.note(what, n) {
		_ = p.record(audit.Entry{Actor: "winnow", Act: actDeferred, Object: what, Details: map[string]string{"held_back": fmt.Sprint(n)}})
	}
}

// heldSegments counts the segments of file upstreams that stay.
func (p *proxy) heldSegments() (n int64) {
	p.holding.Lock()
	defer p.holding.Unlock()
	for _, h := range p.targets {
		if f, ok := h.Upstream.(*upstream.File); ok {
			n += f.HeldBack()
		}
	}
	return n
}

// forgetTenants forgets who decided what of tenants that left.
func (p *proxy) forgetTenants(ctx context.Context) {
	p.reloading.Lock()
	longest := time.Duration(p.config.Retention.FormerTenants)
	p.reloading.Unlock()
	desk, err := p.consentDesk().desk(ctx)
	if err != nil {
		p.o.Log.Error("consents of tenants that left could not be looked at", "error", err.Error())
		return
	}
	held, err := desk.Forget(ctx, longest, p.held)
	if err != nil {
		p.o.Log.Error("consents of tenants that left could not be forgotten", "error", err.Error())
	}
	p.deferred(formerTenants, held)
}
