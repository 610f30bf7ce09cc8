package consent

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"winnow/proxy/values"
)

// leftPrefix begins the name of a value that says when a tenant was first found not to be configured any more: a time (RFC 3339).
const leftPrefix = "left/"

// forgotten is what is left of what a tenant decided: that it grants nothing.
var forgotten = Decision{State: Withdrawn}

// Forget has forgotten who decided what, and why, of tenants that are not configured any more, and were not for longer than longest. What stays is
// that they grant nothing, so that a tenant that comes back must grant anew what it withdrew, and statistics too. Of those for whom held says
// so it stays, and how many these are, of whom there is something to forget, is returned.
func (d *Desk) Forget(ctx context.Context, longest time.Duration, held func(tenant string) bool) (heldBack int64, err error) {
	b, err := d.Bucket()
	if err != nil {
		return 0, err
	}
	names, err := b.Names(ctx)
	if err != nil {
		return 0, err
	}
	former := map[string]bool{}
	for _, name := range names {
		if t, ok := strings.CutPrefix(name, leftPrefix); ok && slices.Contains(d.Tenants, t) { // and came back
			if err := b.Destroy(ctx, name); err != nil {
				return 0, err
			}
		}
		if _, t, ok := parseName(name); ok && !slices.Contains(d.Tenants, t) {
			former[t] = true
		}
	}
	var errs []error
	for tenant := range former {
		over, err := d.over(ctx, b, tenant, longest)
		var left []trace
		if err == nil && over {
			left, err = d.traces(ctx, b, tenant)
		}
		switch {
		case err != nil:
			errs = append(errs, err)
		case len(left) > 0 && held(tenant):
			heldBack++
		default:
			errs = append(errs, forget(ctx, b, left))
		}
	}
	return heldBack, errors.Join(errs...)
}

// over tells whether a tenant has been gone for longer than longest. The first time that is noted.
func (d *Desk) over(ctx context.Context, b values.Bucket, tenant string, longest time.Duration) (bool, error) {
	name, now := leftPrefix+tenant, d.Now().UTC()
	value, err := b.Get(ctx, name)
	left, unread := time.Parse(time.RFC3339, string(value))
	switch {
	case errors.Is(err, values.ErrNone), errors.Is(err, values.ErrDamaged), err == nil && (unread != nil || left.After(now)):
		return false, b.Put(ctx, name, now.AppendFormat(nil, time.RFC3339))
	case err != nil:
		return false, err
	}
	return now.Sub(left) >= longest, nil
}

// trace is a record that tells who decided something, by the name of its value.
type trace struct {
	name             string
	number, revision uint64
}

// traces are the records of one tenant in which there is something to forget.
func (d *Desk) traces(ctx context.Context, b values.Bucket, tenant string) (list []trace, err error) {
	for _, p := range Purposes {
		a, revision, err := d.look(ctx, b, p, tenant)
		switch {
		case errors.Is(err, ErrTenant): // nothing was ever decided
		case err != nil:
			return nil, err
		case a.Unreadable || len(a.History) > 0 || !reflect.DeepEqual(a.Decision, forgotten):
			list = append(list, trace{nameOf(p, tenant), a.Number, revision})
		}
	}
	return list, nil
}

// forget puts in the place of records that all that was decided is to grant nothing.
func forget(ctx context.Context, b values.Bucket, list []trace) error {
	for _, t := range list {
		next := Record{Decision: forgotten, Number: t.number + 1}
		_, err := b.Revise(ctx, t.name, values.JSON(&next), t.revision)
		if err != nil && !errors.Is(err, values.ErrRevised) { // else somebody decides at this moment: the next time
			return err
		}
	}
	return nil
}
