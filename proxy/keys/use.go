package keys

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// domainSlow is Domain where something is new: a tenant, an epoch, or a state not heard of for long.
func (r *Ring) domainSlow(d domain, now time.Time) (*pseudonym.Domain, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := r.view.Load()
	if key := v.domains[d]; key != nil && r.current(v, now) { // another request was quicker
		return key, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.tryRenew(ctx, now); err != nil {
		if key := v.domains[d]; key != nil && r.follower.Age(now) <= v.stale {
			return key, nil // the epoch is overdue, since the state was read last when it was not: the state may be back in time
		}
		return nil, err
	}
	v = r.view.Load()
	if key := v.domains[d]; key != nil {
		return key, nil
	}
	if f, ok := r.failed[d]; ok && recent(f, now) {
		return nil, f.err
	}
	key, err := r.load(ctx, d)
	if err != nil {
		r.fail(d, now, err)
		return nil, err
	}
	delete(r.failed, d)
	return key, nil
}

func recent(f failure, now time.Time) bool { return now.Sub(f.at).Abs() < retryAfter }

// tryRenew is renew, unless it has failed just now.
func (r *Ring) tryRenew(ctx context.Context, now time.Time) error {
	if f, ok := r.failed[domain{}]; ok && recent(f, now) {
		return f.err
	}
	err := r.renew(ctx, now)
	if err != nil {
		if r.follower.Age(now) > r.settings.MaxStaleness {
			err = fmt.Errorf("%w: %w", ErrStale, err)
		}
		r.fail(domain{}, now, err)
		return err
	}
	delete(r.failed, domain{})
	return nil
}

// fail remembers a failure, and tells the log of one that is new.
func (r *Ring) fail(d domain, now time.Time, err error) {
	if last, ok := r.failed[d]; !ok || last.err.Error() != err.Error() {
		r.o.Log.Error("no key for pseudonyms", "tenant", d.tenant, "purpose", d.purpose, "error", err.Error())
	}
	r.failed[domain{strings.Clone(d.tenant), strings.Clone(d.purpose)}] = failure{err, now}
}

// renew reads the list of epochs, and begins the next one if the time has come. mu is held.
func (r *Ring) renew(ctx context.Context, now time.Time) error {
	l, _, err := r.read(ctx)
	if err != nil {
		return err
	}
	if !now.Before(l.due(r.settings.Length)) {
		if l, err = r.next(ctx, now); err != nil {
			return err
		}
	}
	r.show(l)
	r.follower.Saw(now)
	return nil
}

// show puts a list into the view, and lets go of keys that are not current in it.
func (r *Ring) show(l list) {
	old := r.view.Load()
	v := &view{epochs: l, due: l.due(r.settings.Length), stale: r.settings.MaxStaleness, domains: map[domain]*pseudonym.Domain{}}
	for d, key := range old.domains {
		if e, err := l.current(d); err == nil && e.Number == key.Epoch() {
			v.domains[d] = key
		}
	}
	r.view.Store(v)
	if len(old.epochs.Epochs) == 0 || old.epochs.last().Number != l.last().Number {
		r.untidy.Store(true)
	}
}

// load takes the current key of a domain into the view. mu is held.
func (r *Ring) load(ctx context.Context, d domain) (*pseudonym.Domain, error) {
	v := r.view.Load()
	e, err := v.epochs.current(d)
	if err != nil {
		return nil, err
	}
	n := keyOf(d, e.Number)
	if err := n.valid(); err != nil {
		return nil, err
	}
	key, err := r.fetch(ctx, n)
	if errors.Is(err, errNever) {
		if err = r.make(ctx, n); err == nil {
			key, err = r.fetch(ctx, n)
		}
	}
	if err != nil {
		return nil, err
	}
	next := *v
	next.domains = maps.Clone(v.domains)
	next.domains[domain{strings.Clone(d.tenant), strings.Clone(d.purpose)}] = key
	r.view.Store(&next)
	return key, nil
}

// forget lets go of a key that is gone from the state.
func (r *Ring) forget(n keyID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := *r.view.Load()
	if key := v.domains[n.domain]; key == nil || key.Epoch() != n.epoch {
		return
	}
	v.domains = maps.Clone(v.domains)
	delete(v.domains, n.domain)
	r.view.Store(&v)
}

// Epochs returns the keys that are kept of a tenant and purpose, oldest first; Domain.Epoch is the number of each. With an error come
// those that could be read.
func (r *Ring) Epochs(ctx context.Context, tenant, purpose string) ([]*pseudonym.Domain, error) {
	l, _, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	var list []*pseudonym.Domain
	var errs []error
	for _, e := range l.Epochs {
		if e.Destroyed != nil {
			continue
		}
		key, err := r.fetch(ctx, keyOf(domain{tenant, purpose}, e.Number))
		switch {
		case err == nil:
			list = append(list, key)
		case !errors.Is(err, errNever) && !errors.Is(err, ErrGone):
			errs = append(errs, fmt.Errorf("epoch %d: %w", e.Number, err))
		}
	}
	return list, errors.Join(errs...)
}

// read reads the list of epochs, with its revision.
func (r *Ring) read(ctx context.Context) (l list, revision uint64, err error) {
	text, revision, err := r.o.Values.Look(ctx, epochsName)
	if errors.Is(err, values.ErrNone) {
		return l, 0, ErrLost
	}
	if err != nil {
		return l, 0, err
	}
	l, err = parseList(text)
	return l, revision, err
}
