package subjects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"winnow/config"
	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// Query names a person, and what is asked or decided about them. It holds an identifier in clear, which nothing here keeps or shows.
type Query struct {
	// Kind of the identifier: email, phone, id, or a word that a detector's placeholder or a custom rule's id is. Empty: by its look.
	Kind string
	// Value is the identifier.
	Value string
	// Tenant that it is about; empty: all.
	Tenant string
	// Purposes that it is about; empty: all.
	Purposes []string
	// Action of a restriction. Empty: drop.
	Action Action
	// Why is a reference, such as a ticket's, and for a legal hold that of the case.
	Why string
	// To is the right identifier of somebody who is known by a wrong one.
	To string
	// Call says that backends are called where that can be done, not only told what to run.
	Call bool
}

const hidden = "[a query about a person]"

// Format hides the identifier, whatever the verb.
func (Query) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides the identifier.
func (Query) LogValue() slog.Value { return slog.StringValue(hidden) }

// Answer is what is known of a person, or was done.
type Answer struct {
	// Subject is the digest by which the person is known here, and in the audit log.
	Subject string `json:"subject"`
	Entry
	// Warnings say why records may not name the person so. What was asked is done all the same.
	Warnings []string `json:"warnings,omitempty"`
	// Deferred is the reference of a legal hold for which nothing was erased.
	Deferred string `json:"deferred,omitempty"`
	// Tokens under which backends hold the person.
	Tokens []Tokens `json:"tokens,omitempty"`
	// Waiting are records in the spool.
	Waiting []Waiting `json:"waiting,omitempty"`
	// Queries erase the person in backends.
	Queries []Prepared `json:"queries,omitempty"`
}

// Tokens are the pseudonyms of one person under one key.
type Tokens struct {
	Tenant  string   `json:"tenant"`
	Purpose string   `json:"purpose"`
	Epoch   uint32   `json:"epoch"`
	Tokens  []string `json:"tokens"`
}

// Waiting is a batch in the spool with records of the person.
type Waiting struct {
	Lane     string            `json:"lane"`
	Parked   bool              `json:"parked,omitempty"`
	Tenant   string            `json:"tenant"`
	Purpose  string            `json:"purpose"`
	Received time.Time         `json:"received"`
	Records  []json.RawMessage `json:"records"`
}

// Key is the key of pseudonyms of one tenant, purpose and epoch.
type Key struct {
	Tenant, Purpose string
	Domain          *pseudonym.Domain
}

// Desk is what an administrator does with the list. It is safe for concurrent use.
type Desk struct {
	// Bucket opens the bucket.
	Bucket func() (values.Bucket, error)
	// Keys are those of digests.
	Keys *pseudonym.Domain
	// Now is the clock.
	Now func() time.Time
	// Kept lists the keys of a tenant's pseudonyms that are still kept.
	Kept func(ctx context.Context, tenant string) ([]Key, error)
	// Kinds that tokens may have.
	Kinds []string
	// Found are kinds that detectors give to whom they find in text, and Named tells whether fields name persons.
	Found []string
	Named bool
	// Tenants that are configured.
	Tenants []string
	// Linger is how long what was taken before an order can wait.
	Linger time.Duration
	// MaxAge ends orders of operators, and about minors, at this age. 0: never.
	MaxAge time.Duration
	// Waiting finds records in the spool that hold one of the tokens.
	Waiting func(ctx context.Context, tokens []string) ([]Waiting, error)
	// Backends hold what has left.
	Backends []Backend
}

// Errors of a Desk.
var (
	ErrValue  = errors.New("no identifier was given: write the e-mail address, number or id that records name the person by")
	ErrKind   = errors.New("a kind is a-z, 0-9 and _ (at most 32)")
	ErrTenant = errors.New("no tenant of this name is configured")
	ErrAction = errors.New("an action is drop or strip")
	ErrWhy    = errors.New("a reference is at most 200 bytes on one line, and no identifier of a person: a ticket's or a case's number")
	ErrNobody = errors.New("nothing was decided about this person by this identifier: `winnow subject access` tells what is known by it; mind --kind, if one was given")
	// ErrPurpose is about a purpose that there is not.
	ErrPurpose = errors.New("a purpose is operations or training; statistics hold nobody's data")
	ErrTo      = errors.New("the right identifier names the same person as the wrong one")
)

// check refuses a query that cannot be meant.
func (d *Desk) check(q *Query) error {
	switch {
	case strings.TrimSpace(q.Value) == "" || len(q.Value) > 512:
		return ErrValue
	case q.Kind != "" && !pseudonym.ValidKind(q.Kind):
		return ErrKind
	case q.Tenant != "" && !slices.Contains(d.Tenants, q.Tenant):
		return ErrTenant
	case q.Action != "" && q.Action != ActionDrop && q.Action != ActionStrip:
		return ErrAction
	case slices.ContainsFunc(q.Purposes, func(p string) bool {
		return p != string(config.PurposeOperations) && p != string(config.PurposeTraining)
	}):
		return ErrPurpose
	case len(q.Why) > 200 || strings.ContainsFunc(q.Why, func(r rune) bool { return r < ' ' || r == '@' }):
		return ErrWhy
	}
	return nil
}

// Doubts says in words why records may not name whom a query names; nil if nothing is odd. It is for the answer, whatever is done.
func (d *Desk) Doubts(q *Query) []string {
	warnings := d.doubts(q)
	if q.To != "" {
		right := *q
		right.Value, right.Kind = q.To, ""
		warnings = append(warnings, d.doubts(&right)...)
	}
	return slices.Compact(warnings)
}

// Digest is that of the person whom a query names.
func (d *Desk) Digest(q *Query) (pseudonym.Digest, error) {
	if err := d.check(q); err != nil {
		return pseudonym.Digest{}, err
	}
	return d.digest(kindOf(q), q.Value), nil
}

func (d *Desk) digest(kind, value string) pseudonym.Digest {
	return d.Keys.NewMinter(0).Digest(kind, []byte(value))
}

func kindOf(q *Query) string {
	if q.Kind != "" {
		return q.Kind
	}
	return pseudonym.SubjectKind([]byte(q.Value))
}

// tokens lists the pseudonyms of whom a query names, under all keys that are kept.
func (d *Desk) tokens(ctx context.Context, q *Query) (list []Tokens, err error) {
	spellings := [][]byte{[]byte(strings.TrimSpace(q.Value))}
	if plain := pseudonym.AppendCanonical(nil, kindOf(q), []byte(q.Value)); string(plain) != string(spellings[0]) {
		spellings = append(spellings, plain)
	}
	kinds := slices.Compact(slices.Sorted(slices.Values(append([]string{kindOf(q)}, d.Kinds...))))
	tenants := d.Tenants
	if q.Tenant != "" {
		tenants = []string{q.Tenant}
	}
	for _, tenant := range tenants {
		keys, err := d.Kept(ctx, tenant)
		if err != nil {
			return nil, fmt.Errorf("keys of pseudonyms: %w", err)
		}
		for _, k := range keys {
			t := Tokens{Tenant: k.Tenant, Purpose: k.Purpose, Epoch: k.Domain.Epoch()}
			m := k.Domain.NewMinter(0)
			for _, kind := range kinds {
				for _, spelling := range spellings {
					if token := string(m.Append(nil, kind, spelling)); !slices.Contains(t.Tokens, token) {
						t.Tokens = append(t.Tokens, token)
					}
				}
			}
			list = append(list, t)
		}
	}
	return list, nil
}

func flat(list []Tokens) (tokens []string) {
	for _, t := range list {
		tokens = append(tokens, t.Tokens...)
	}
	return tokens
}

func digests(tokens []string) (list []string) {
	for _, t := range tokens {
		if d, ok := pseudonym.TokenDigest([]byte(t)); ok {
			list = append(list, d.String())
		}
	}
	return list
}

// open opens the bucket for the person whom a query names.
func (d *Desk) open(q *Query) (b values.Bucket, digest pseudonym.Digest, err error) {
	if digest, err = d.Digest(q); err != nil {
		return nil, digest, err
	}
	b, err = d.Bucket()
	return b, digest, err
}

// Access tells all that is held of a person (RIGHT-1).
func (d *Desk) Access(ctx context.Context, q *Query) (Answer, error) {
	b, digest, err := d.open(q)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Subject: digest.String()}
	e, _, err := look(ctx, b, subjectPrefix+digest.String())
	if err != nil {
		return Answer{}, err
	}
	a.Entry = *e
	if a.Tokens, err = d.tokens(ctx, q); err != nil {
		return Answer{}, err
	}
	a.Waiting, err = d.Waiting(ctx, flat(a.Tokens))
	return a, err
}

// Restrict has a person's records dropped or stripped from the next one on (RIGHT-3), those that wait included.
func (d *Desk) Restrict(ctx context.Context, actor string, q *Query) (Answer, error) {
	o := Order{Action: q.Action, Tenant: q.Tenant, Purposes: q.Purposes, Since: d.Now().UTC(), Why: q.Why, Actor: actor, Source: SourceOperator}
	if o.Action == "" {
		o.Action = ActionDrop
	}
	tokens, err := d.tokensOf(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	return d.revise(ctx, q, func(e *Entry) error {
		e.give(o)
		e.know(digests(flat(tokens)))
		return nil
	})
}

// tokensOf checks a query before its tokens are made.
func (d *Desk) tokensOf(ctx context.Context, q *Query) ([]Tokens, error) {
	if err := d.check(q); err != nil {
		return nil, err
	}
	return d.tokens(ctx, q)
}

// revise changes what was decided about whom a query names.
func (d *Desk) revise(ctx context.Context, q *Query, change func(*Entry) error) (a Answer, err error) {
	b, digest, err := d.open(q)
	if err != nil {
		return Answer{}, err
	}
	err = revise(ctx, b, digest, func(e *Entry) error {
		err := change(e)
		a = Answer{Subject: digest.String(), Entry: *e}
		return err
	})
	return a, err
}

// Release takes orders about a person back: those of the tenant, or all. A legal hold stays.
func (d *Desk) Release(ctx context.Context, q *Query) (Answer, error) {
	return d.revise(ctx, q, func(e *Entry) error {
		if len(e.Orders)+len(e.Pending) == 0 {
			return ErrNobody
		}
		gone := func(o Order) bool { return q.Tenant == "" || o.Tenant == q.Tenant }
		e.Orders, e.Pending = slices.DeleteFunc(e.Orders, gone), slices.DeleteFunc(e.Pending, gone)
		if len(e.Orders) == 0 {
			e.Pseudonyms = nil
		}
		return nil
	})
}

// Correct gives what was decided about a person to the right identifier, or gives it another reference (RIGHT-5). What waits under pseudonyms
// of the wrong identifier stays theirs.
func (d *Desk) Correct(ctx context.Context, q *Query) (Answer, error) {
	if q.To == "" {
		return d.revise(ctx, q, func(e *Entry) error {
			if e.idle() {
				return ErrNobody
			}
			for i := range e.Orders {
				e.Orders[i].Why = q.Why
			}
			return nil
		})
	}
	b, digest, err := d.open(q)
	if err != nil {
		return Answer{}, err
	}
	right := *q
	right.Value, right.Kind = q.To, ""
	tokens, err := d.tokensOf(ctx, &right)
	if err != nil {
		return Answer{}, err
	}
	if to, _ := d.Digest(&right); to == digest {
		return Answer{}, ErrTo
	}
	old, _, err := look(ctx, b, subjectPrefix+digest.String())
	if err == nil && old.idle() {
		err = ErrNobody
	}
	if err != nil {
		return Answer{}, err
	}
	a, err := d.revise(ctx, &right, func(e *Entry) error {
		for _, o := range old.Orders {
			e.give(o)
		}
		for _, o := range old.Pending {
			e.wait(o)
		}
		if old.Hold != nil {
			e.Hold = old.Hold
		}
		e.know(append(digests(flat(tokens)), old.Pseudonyms...))
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	return a, b.Destroy(ctx, subjectPrefix+digest.String())
}
