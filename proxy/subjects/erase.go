package subjects

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// Erase erases a person (RIGHT-2): records that wait are dropped before they leave, and the answer has what erases those that have left. A
// legal hold on the person or the tenant defers all of it; it is done when the hold ends.
func (d *Desk) Erase(ctx context.Context, actor string, q *Query) (Answer, error) {
	tokens, err := d.tokensOf(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	b, err := d.Bucket()
	if err != nil {
		return Answer{}, err
	}
	held, err := d.held(ctx, b, q.Tenant)
	if err != nil {
		return Answer{}, err
	}
	o := Order{Action: ActionDrop, Tenant: q.Tenant, Since: d.Now().UTC(), Why: q.Why, Actor: actor, Source: SourceOperator, Erase: true}
	deferred := ""
	a, err := d.revise(ctx, q, func(e *Entry) error {
		e.know(digests(flat(tokens)))
		if deferred = held; e.Hold != nil {
			deferred = e.Hold.Reference
		}
		if deferred != "" {
			e.wait(o)
			return nil
		}
		e.erase(o, d.Now(), d.Linger)
		return nil
	})
	if a.Deferred = deferred; err != nil || deferred != "" {
		return a, err
	}
	a.Tokens = tokens
	if a.Waiting, err = d.Waiting(ctx, flat(tokens)); err != nil {
		return a, err
	}
	for i := range a.Waiting { // what is erased is not handed out
		a.Waiting[i].Records = nil
	}
	a.Queries = d.queries(ctx, tokens, q.Call)
	return a, nil
}

// erase puts an order to erase in force, until nothing from before it can wait any more.
func (e *Entry) erase(o Order, now time.Time, linger time.Duration) {
	o.Since, o.Until = now.UTC(), now.Add(linger).UTC()
	e.give(o)
	e.Pending = slices.DeleteFunc(e.Pending, func(old Order) bool { return old.same(&o) })
}

// held is the reference of a legal hold on a tenant, or for all tenants on any of them.
func (d *Desk) held(ctx context.Context, b values.Bucket, tenant string) (string, error) {
	tenants := d.Tenants
	if tenant != "" {
		tenants = []string{tenant}
	}
	for _, t := range tenants {
		value, err := b.Get(ctx, holdPrefix+t)
		if errors.Is(err, values.ErrNone) {
			continue
		}
		var h Hold
		if err == nil && values.ReadJSON(value, &h) != nil {
			err = errEntry
		}
		if err != nil {
			return "", err
		}
		return h.Reference, nil
	}
	return "", nil
}

// ErrHold is about a legal hold without a reference.
var ErrHold = errors.New("a legal hold has a reference: name the case with --why")

// Hold puts a person under a legal hold, or a tenant, if the query names nobody.
func (d *Desk) Hold(ctx context.Context, actor string, q *Query) (Answer, error) {
	if strings.TrimSpace(q.Why) == "" {
		return Answer{}, ErrHold
	}
	h := Hold{Reference: q.Why, Since: d.Now().UTC(), Actor: actor}
	if q.Value != "" {
		return d.revise(ctx, q, func(e *Entry) error { e.Hold = &h; return nil })
	}
	b, err := d.tenantBucket(q)
	if err != nil {
		return Answer{}, err
	}
	err = b.Put(ctx, holdPrefix+q.Tenant, values.JSON(&h))
	return Answer{Entry: Entry{Hold: &h}}, err
}

// tenantBucket opens the bucket for a query that names a tenant and nobody.
func (d *Desk) tenantBucket(q *Query) (values.Bucket, error) {
	probe := *q
	probe.Value = "-"
	if err := d.check(&probe); err != nil {
		return nil, err
	}
	if q.Tenant == "" {
		return nil, ErrValue
	}
	return d.Bucket()
}

// Unhold ends a legal hold, and has erased whom it was that deferred. The answer is about the person; for a tenant it is empty.
func (d *Desk) Unhold(ctx context.Context, q *Query) (Answer, error) {
	if q.Value != "" {
		b, err := d.Bucket()
		if err != nil {
			return Answer{}, err
		}
		return d.revise(ctx, q, func(e *Entry) error {
			if e.Hold == nil {
				return ErrNobody
			}
			e.Hold = nil
			return d.due(ctx, b, e)
		})
	}
	b, err := d.tenantBucket(q)
	if err != nil {
		return Answer{}, err
	}
	if err := b.Destroy(ctx, holdPrefix+q.Tenant); err != nil {
		return Answer{}, err
	}
	return Answer{}, d.each(ctx, b, func(e *Entry) error {
		if e.Hold != nil {
			return nil
		}
		return d.due(ctx, b, e)
	})
}

// due puts deferred orders in force that no hold on their tenant keeps back.
func (d *Desk) due(ctx context.Context, b values.Bucket, e *Entry) error {
	for _, o := range slices.Clone(e.Pending) {
		held, err := d.held(ctx, b, o.Tenant)
		if err != nil {
			return err
		}
		if held == "" {
			e.erase(o, d.Now(), d.Linger)
		}
	}
	return nil
}

// Expire ends orders whose time is over, and those older than MaxAge that no directory renews and no legal hold is about.
func (d *Desk) Expire(ctx context.Context) error {
	b, err := d.Bucket()
	if err != nil {
		return err
	}
	now := d.Now()
	return d.each(ctx, b, func(e *Entry) error {
		held := e.Hold != nil
		var err error
		e.Orders = slices.DeleteFunc(e.Orders, func(o Order) bool {
			if !o.Until.IsZero() {
				return o.Until.Before(now)
			}
			old := d.MaxAge > 0 && !held && o.Source != SourceDirectory && now.Sub(o.Since) >= d.MaxAge
			if !old || err != nil {
				return false
			}
			var hold string
			hold, err = d.held(ctx, b, o.Tenant)
			return hold == "" && err == nil
		})
		return err
	})
}

// each changes all entries of which change makes something else.
func (d *Desk) each(ctx context.Context, b values.Bucket, change func(*Entry) error) error {
	names, err := b.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		text, ok := strings.CutPrefix(name, subjectPrefix)
		digest, valid := pseudonym.ParseDigest(text)
		if !ok || !valid {
			continue
		}
		e, _, err := look(ctx, b, name)
		if err != nil {
			return err
		}
		before := string(values.JSON(e))
		if err := change(e); err != nil {
			return err
		}
		if string(values.JSON(e)) == before {
			continue
		}
		if err := revise(ctx, b, digest, change); err != nil {
			return err
		}
	}
	return nil
}
