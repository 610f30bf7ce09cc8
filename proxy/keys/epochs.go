package keys

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

const epochsName = "epochs"

// Epoch is a time in which keys do not change.
type Epoch struct {
	// Number stands in pseudonyms: email_e7_...
	Number uint32    `json:"number"`
	Began  time.Time `json:"began"`
	// Tenant and Purpose are those that it is for alone, since their keys of the one before were destroyed; empty: all.
	Tenant  string `json:"tenant,omitempty"`
	Purpose string `json:"purpose,omitempty"`
	// Destroyed is when its keys were; nil: they are kept.
	Destroyed *time.Time `json:"destroyed,omitempty"`
}

// all tells whether an epoch is for everybody.
func (e *Epoch) all() bool { return e.Tenant == "" && e.Purpose == "" }

// holds tells whether an epoch is for a domain.
func (e *Epoch) holds(d domain) bool {
	return (e.Tenant == "" || e.Tenant == d.tenant) && (e.Purpose == "" || e.Purpose == d.purpose)
}

// list is the list of epochs, oldest first, as it is stored.
type list struct {
	Epochs []Epoch `json:"epochs"`
}

// maxListed bounds how many destroyed epochs are remembered. A number that is not listed any more is one of a destroyed epoch.
const maxListed = 1000

func parseList(text []byte) (l list, err error) {
	if err := values.ReadJSON(text, &l); err != nil || len(l.Epochs) == 0 {
		return list{}, ErrLost
	}
	for i := range l.Epochs {
		if i > 0 && l.Epochs[i].Number <= l.Epochs[i-1].Number {
			return list{}, ErrLost
		}
	}
	return l, nil
}

// last epoch for everybody. There always is one.
func (l list) last() *Epoch {
	for i := len(l.Epochs) - 1; i > 0; i-- {
		if l.Epochs[i].all() {
			return &l.Epochs[i]
		}
	}
	return &l.Epochs[0]
}

// due is when the next epoch for everybody begins. Unlike current, it depends on the clock.
func (l list) due(length time.Duration) time.Time {
	if len(l.Epochs) == 0 {
		return time.Time{}
	}
	return l.last().Began.Add(length)
}

// current epoch of a domain: the last one for it, whatever the clock says.
func (l list) current(d domain) (Epoch, error) {
	for i := len(l.Epochs) - 1; i >= 0; i-- {
		if e := l.Epochs[i]; e.holds(d) {
			if e.Destroyed != nil {
				return e, ErrGone
			}
			return e, nil
		}
	}
	return Epoch{}, ErrLost
}

// add begins an epoch. Numbers only grow.
func (l *list) add(began time.Time, tenant, purpose string) Epoch {
	e := Epoch{Number: l.Epochs[len(l.Epochs)-1].Number + 1, Began: began.UTC(), Tenant: tenant, Purpose: purpose}
	l.Epochs = append(l.Epochs, e)
	for len(l.Epochs) > maxListed && l.Epochs[0].Destroyed != nil {
		l.Epochs = l.Epochs[1:]
	}
	return e
}

// find returns an epoch by its number.
func (l list) find(number uint32) *Epoch {
	for i := range l.Epochs {
		if l.Epochs[i].Number == number {
			return &l.Epochs[i]
		}
	}
	return nil
}

// destroyed tells whether the keys of an epoch are, or must be: one that is not listed was dropped because it is.
func (l list) destroyed(number uint32) bool {
	e := l.find(number)
	return e == nil || e.Destroyed != nil
}

// surplus are the epochs that are older than so many before the current one, and not yet destroyed.
func (l list) surplus(keep int) (old []*Epoch) {
	left := keep + 1
	for i := len(l.Epochs) - 1; i >= 0; i-- {
		e := &l.Epochs[i]
		if left <= 0 && e.Destroyed == nil {
			old = append(old, e)
		}
		if e.all() {
			left--
		}
	}
	return old
}

// first begins the list. Of two nodes that do so at once the list of one counts.
func (r *Ring) first(ctx context.Context) error {
	now := r.o.Now()
	e := Epoch{Number: pseudonym.Epoch(now, r.settings.Length), Began: now.UTC()}
	if err := r.o.Tell(Act{Actor: "winnow", Name: actBegin, Object: number(e.Number), Details: map[string]string{"why": "first"}}); err != nil {
		return err
	}
	if err := r.o.Values.Create(ctx, epochsName, values.JSON(list{[]Epoch{e}})); err != nil && !errors.Is(err, values.ErrExists) {
		return err
	}
	r.o.Log.Info("the state of the keys of pseudonyms is new", "epoch", e.Number)
	return nil
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// errNothing is about a change of the list that is not needed any more.
var errNothing = errors.New("nothing to change")

// maxRevisions is how often a change is tried that others come before.
const maxRevisions = 20

// revise changes the list of epochs. change may be called again, with a list that another node has changed, and leaves the list with errNothing.
func (r *Ring) revise(ctx context.Context, change func(*list) error) (list, error) {
	for range maxRevisions {
		l, revision, err := r.read(ctx)
		if err != nil {
			return l, err
		}
		if err = change(&l); errors.Is(err, errNothing) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		if _, err = r.o.Values.Revise(ctx, epochsName, values.JSON(l), revision); !errors.Is(err, values.ErrRevised) {
			return l, err
		}
	}
	return list{}, fmt.Errorf("the list of epochs: %w", values.ErrRevised)
}

// next begins the next epoch because the time has come. A clock that is more than an epoch ahead makes one epoch, not many.
func (r *Ring) next(ctx context.Context, now time.Time) (list, error) {
	return r.revise(ctx, func(l *list) error {
		length := r.settings.Length
		began := l.due(length)
		if now.Before(began) {
			return errNothing // another node was quicker
		}
		if missed := now.Sub(began); missed >= length {
			r.o.Log.Warn("more than one epoch of keys has passed since the last one began: one new epoch begins; is the clock right?", "overdue", missed.Round(time.Minute))
			began = now
		}
		e := l.add(began, "", "")
		r.o.Log.Info("a new epoch of keys begins: from now on the same value has another pseudonym", "epoch", e.Number)
		return r.o.Tell(Act{Actor: "winnow", Name: actBegin, Object: number(e.Number), Details: map[string]string{"why": "age"}})
	})
}

// Rotate begins a new epoch for everybody, live on the next request here and within moments on other nodes.
func (r *Ring) Rotate(ctx context.Context, actor string) (e Epoch, err error) {
	now := r.o.Now()
	l, err := r.revise(ctx, func(l *list) error {
		e = l.add(now, "", "")
		return r.o.Tell(Act{Actor: actor, Name: actBegin, Object: number(e.Number), Details: map[string]string{"why": "asked"}})
	})
	if err != nil {
		return e, err
	}
	r.mu.Lock()
	r.show(l)
	r.mu.Unlock()
	return e, r.Tidy(ctx)
}
