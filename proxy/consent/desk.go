package consent

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"winnow/proxy/values"
)

// Desk is what an administrator does about consents.
type Desk struct {
	Bucket func() (values.Bucket, error)
	Now    func() time.Time
	// Tenants and Streams are those of the configuration.
	Tenants, Streams []string
	// Live hears of each decision at once; nil: no winnow runs here.
	Live *Live
	// Purge erases what waits of a tenant for training and destroys its key. It is called with every withdrawal, whether or not anything was granted:
	// so one that was stopped half way is ended by withdrawing again.
	Purge func(ctx context.Context, actor, tenant string) (*Proof, error)
}

// Change is what a tenant decides.
type Change struct {
	Tenant  string
	Purpose Purpose
	// Why is a reference of the notice; a tenant that opts out of statistics may give one in place of using the console.
	Why string
	// Addendum and Streams are for a grant of training, and must be there.
	Addendum string
	Streams  []string
}

// Proof is what can be shown of a withdrawal from training.
type Proof struct {
	// SpoolKeys is how many keys were destroyed that sealed what waited: it can never be read again, and leaves the spool as it comes up.
	SpoolKeys int `json:"spool_keys"`
	// Keys of the tenant's pseudonyms that were destroyed, each with SHA-256 of it as it was kept.
	Keys []Gone `json:"keys"`
	// Digest is SHA-256 over a line "NAME DIGEST\n" for each of Keys; the line keys.shred of the audit log has it too.
	Digest string `json:"digest"`
	// AuditHead is the last line of the audit log afterwards, NUMBER:HASH; empty without one.
	AuditHead string `json:"audit_head"`
}

// Gone is a key that was destroyed.
type Gone struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// Answer is a consent as it is now.
type Answer struct {
	Tenant  string  `json:"tenant"`
	Purpose Purpose `json:"purpose"`
	Record
	// Unreadable says that the value is damaged: nothing is granted.
	Unreadable bool `json:"unreadable,omitempty"`
	// Proof of a withdrawal from training.
	Proof *Proof `json:"proof,omitempty"`
}

// Errors of a Desk about what is asked.
var (
	ErrTenant   = errors.New("no tenant of this name is configured")
	ErrPurpose  = errors.New("a purpose that a tenant decides about is statistics or training")
	ErrWhy      = errors.New("a reference is at most 200 bytes on one line, and no identifier of a person: a notice's, a ticket's or an agreement's number")
	ErrAddendum = errors.New("training is granted under an addendum: name its reference")
	ErrStreams  = errors.New("training is granted for designated streams: name the paths of routes or the addresses of listeners, as the configuration has them")
	ErrNarrower = errors.New("streams are taken back by withdrawing, which erases what waits; then grant what is left")
	ErrExtra    = errors.New("an addendum and streams belong to a grant of training")
)

const maxReference = 200

// check refuses what cannot be meant.
func (d *Desk) check(c *Change, s State) error {
	reference := func(text string) bool {
		return len(text) <= maxReference && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '@' })
	}
	grants := c.Purpose == Training && s == Granted
	switch {
	case !slices.Contains(Purposes, c.Purpose):
		return ErrPurpose
	case s == Granted && !slices.Contains(d.Tenants, c.Tenant):
		return ErrTenant
	case !reference(c.Why) || !reference(c.Addendum):
		return ErrWhy
	case !grants && (c.Addendum != "" || len(c.Streams) > 0):
		return ErrExtra
	case grants && strings.TrimSpace(c.Addendum) == "":
		return ErrAddendum
	case grants && (len(c.Streams) == 0 || slices.ContainsFunc(c.Streams, func(s string) bool { return !slices.Contains(d.Streams, s) })):
		return ErrStreams
	}
	return nil
}

// Check tells whether a change can be meant, and changes nothing.
func (d *Desk) Check(ctx context.Context, c *Change, s State) error {
	if err := d.check(c, s); err != nil {
		return err
	}
	b, err := d.Bucket()
	if err != nil {
		return err
	}
	now, _, err := d.look(ctx, b, c.Purpose, c.Tenant)
	if err == nil {
		err = narrows(&now.Record, c, s)
	}
	return err
}

// narrows refuses a grant that takes streams back: what waits of them would stay.
func narrows(r *Record, c *Change, s State) error {
	if s == Granted && r.State == Granted && slices.ContainsFunc(r.Streams, func(s string) bool { return !slices.Contains(c.Streams, s) }) {
		return ErrNarrower
	}
	return nil
}

// Grant enters that a tenant grants a purpose.
func (d *Desk) Grant(ctx context.Context, actor string, c *Change) (Answer, error) {
	return d.decide(ctx, actor, c, Granted)
}

// Withdraw enters that a tenant withdraws it. From training, what waits is erased and the key destroyed; the Answer has the proof. After an error the
// decision is in force or it is not, as Show tells, and withdrawing again does the rest.
func (d *Desk) Withdraw(ctx context.Context, actor string, c *Change) (a Answer, err error) {
	if a, err = d.decide(ctx, actor, c, Withdrawn); err == nil && c.Purpose == Training {
		a.Proof, err = d.Purge(ctx, actor, c.Tenant)
	}
	return a, err
}

// decide stores a decision. Two at once: one after the other.
func (d *Desk) decide(ctx context.Context, actor string, c *Change, s State) (a Answer, err error) {
	if err := d.check(c, s); err != nil {
		return a, err
	}
	b, err := d.Bucket()
	if err != nil {
		return a, err
	}
	for {
		now, revision, err := d.look(ctx, b, c.Purpose, c.Tenant)
		if err != nil {
			return a, err
		}
		if err := narrows(&now.Record, c, s); err != nil {
			return a, err
		}
		now.decide(Decision{
			State: s, Since: d.Now().UTC(), Who: actor, Why: c.Why, Addendum: c.Addendum, Streams: slices.Compact(slices.Sorted(slices.Values(c.Streams))),
		})
		_, err = b.Revise(ctx, nameOf(c.Purpose, c.Tenant), values.JSON(&now.Record), revision)
		if errors.Is(err, values.ErrRevised) {
			continue
		}
		if err != nil {
			return a, err
		}
		if d.Live != nil {
			d.Live.decided(c.Purpose, c.Tenant, now.Record)
		}
		now.Unreadable = false
		return now, nil
	}
}

// look reads what is stored, or what holds before anything was. What cannot be read counts as withdrawn, and as older than any decision. A tenant that
// is not configured any more may still withdraw.
func (d *Desk) look(ctx context.Context, b values.Bucket, p Purpose, tenant string) (a Answer, revision uint64, err error) {
	a = Answer{Tenant: tenant, Purpose: p, Record: initial(p)}
	value, revision, err := b.Look(ctx, nameOf(p, tenant))
	switch {
	case errors.Is(err, values.ErrNone) && slices.Contains(d.Tenants, tenant):
		return a, 0, nil
	case errors.Is(err, values.ErrNone), errors.Is(err, values.ErrName):
		return a, 0, ErrTenant
	}
	if err != nil && !errors.Is(err, values.ErrDamaged) {
		return a, 0, err
	}
	if err == nil {
		a.Record, err = readRecord(p, value)
	}
	if err != nil {
		a.Record, a.Unreadable = Record{Decision: Decision{State: Withdrawn}}, true
	}
	return a, revision, nil
}

// Show lists the consents of all tenants, or of one.
func (d *Desk) Show(ctx context.Context, tenant string) (list []Answer, err error) {
	b, err := d.Bucket()
	if err != nil {
		return nil, err
	}
	tenants := []string{tenant}
	if tenant == "" {
		if tenants, err = d.all(ctx, b); err != nil {
			return nil, err
		}
	}
	list = []Answer{}
	for _, t := range tenants {
		for _, p := range Purposes {
			a, _, err := d.look(ctx, b, p, t)
			if errors.Is(err, ErrTenant) && tenant == "" { // not configured any more, and nothing decided about this one
				continue
			}
			if err != nil {
				return nil, err
			}
			list = append(list, a)
		}
	}
	return list, nil
}

// all are the tenants that are configured, and those of whom something was decided.
func (d *Desk) all(ctx context.Context, b values.Bucket) ([]string, error) {
	names, err := b.Names(ctx)
	if err != nil {
		return nil, err
	}
	tenants, former := slices.Clone(d.Tenants), []string{}
	for _, name := range names {
		if _, t, ok := parseName(name); ok && !slices.Contains(tenants, t) {
			former = append(former, t)
		}
	}
	return append(tenants, slices.Compact(slices.Sorted(slices.Values(former)))...), nil
}
