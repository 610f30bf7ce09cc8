package keys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"winnow/proxy/values"
)

// Which names the keys to destroy: of an epoch, of a tenant, of a tenant's purpose, or of these in one epoch. Epoch nil: of all.
type Which struct {
	Epoch           *uint32
	Tenant, Purpose string
}

// String is it in words.
func (w Which) String() string {
	var parts []string
	if w.Epoch != nil {
		parts = append(parts, "epoch "+number(*w.Epoch))
	}
	if w.Tenant != "" {
		parts = append(parts, "tenant "+w.Tenant)
	}
	if w.Purpose != "" {
		parts = append(parts, "purpose "+w.Purpose)
	}
	return strings.Join(parts, ", ")
}

func (w Which) check() error {
	switch {
	case w.Epoch == nil && w.Tenant == "":
		return errors.New("name an epoch or a tenant")
	case w.Purpose != "" && w.Tenant == "":
		return errors.New("name the tenant whose purpose it is")
	}
	return nil
}

// has tells whether a key is among them.
func (w Which) has(n keyID) bool {
	return (w.Epoch == nil || *w.Epoch == n.epoch) && (w.Tenant == "" || w.Tenant == n.tenant) && (w.Purpose == "" || w.Purpose == n.purpose)
}

// Proof is what can be shown of a destruction.
type Proof struct {
	At time.Time `json:"at"`
	// What was destroyed, in words.
	What string  `json:"what"`
	Keys []Shred `json:"keys"`
	// Digest is SHA-256 over a line for each key, "NAME DIGEST\n", in their order. It stands in the audit log.
	Digest string `json:"digest"`
	// Began is the epoch that began because a current key was destroyed; nil: none did.
	Began *Epoch `json:"began,omitempty"`
	// Head of the audit log afterwards: NUMBER:HASH.
	Head string `json:"audit_head"`
}

// Shred is a key that was destroyed.
type Shred struct {
	Name string `json:"name"`
	// Digest is SHA-256 of the key as it was wrapped, or "damaged" if it could not be read any more.
	Digest string `json:"digest"`
}

// Destroy destroys keys for ever: they are overwritten where the store can, removed, and never made again. If a key is current, a new epoch begins:
// for all if all of its epoch are destroyed, else for the tenant and purpose. Other nodes let go of a key within moments.
func (r *Ring) Destroy(ctx context.Context, actor string, w Which) (p Proof, err error) {
	if err := w.check(); err != nil {
		return p, err
	}
	p = Proof{At: r.o.Now().UTC(), What: w.String(), Keys: []Shred{}}
	ids, err := r.keys(ctx, w)
	if err != nil {
		return p, err
	}
	if err = r.prove(ctx, &p, ids); err != nil {
		return p, err
	}
	object, details := w.Tenant, map[string]string{"what": p.What, "keys": fmt.Sprint(len(ids)), "digest": p.Digest}
	if object == "" {
		object = number(*w.Epoch)
	}
	l, err := r.revise(ctx, func(l *list) error {
		began, err := l.close(w, ids, p.At)
		if err != nil {
			return err
		}
		p.Began = began
		return r.o.Tell(Act{Actor: actor, Name: actShred, Object: object, Details: details})
	})
	if err != nil {
		return p, err
	}
	r.mu.Lock()
	r.show(l)
	r.mu.Unlock()
	err = r.shred(ctx, w, ids)
	if r.o.Head != nil {
		p.Head = r.o.Head()
	}
	return p, err
}

// close ends the epochs whose current keys are destroyed.
func (l *list) close(w Which, ids []keyID, at time.Time) (began *Epoch, err error) {
	if w.Tenant == "" {
		return l.closeEpoch(*w.Epoch, at)
	}
	if w.Epoch != nil && l.find(*w.Epoch) == nil {
		return nil, ErrNoEpoch
	}
	for _, n := range ids {
		if e, err := l.current(n.domain); err == nil && e.Number == n.epoch {
			e := l.add(at, w.Tenant, w.Purpose)
			return &e, nil
		}
	}
	return nil, nil
}

func (l *list) closeEpoch(number uint32, at time.Time) (*Epoch, error) {
	e := l.find(number)
	if e == nil {
		return nil, ErrNoEpoch
	}
	if e.Destroyed != nil {
		return nil, nil
	}
	e.Destroyed = &at
	scope := *e
	if e.all() && e != l.last() {
		return nil, nil
	}
	next := l.add(at, scope.Tenant, scope.Purpose)
	return &next, nil
}

// Count tells how many keys there are of these. The error is ErrNoEpoch if an epoch is named that never was.
func (r *Ring) Count(ctx context.Context, w Which) (int, error) {
	l, _, err := r.read(ctx)
	if err != nil {
		return 0, err
	}
	if w.Epoch != nil && l.find(*w.Epoch) == nil {
		return 0, ErrNoEpoch
	}
	ids, err := r.keys(ctx, w)
	return len(ids), err
}

// keys lists those that there are, in the order of their names.
func (r *Ring) keys(ctx context.Context, w Which) (ids []keyID, err error) {
	names, err := r.o.Values.Names(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range names {
		if n, ok := parseKey(name); ok && w.has(n) {
			ids = append(ids, n)
		}
	}
	return ids, nil
}

// prove notes what is to be destroyed.
func (r *Ring) prove(ctx context.Context, p *Proof, ids []keyID) error {
	h := sha256.New()
	for _, n := range ids {
		sealed, err := r.o.Values.Get(ctx, n.key())
		if errors.Is(err, values.ErrNone) {
			continue // another was quicker
		}
		s := Shred{n.key(), "damaged"}
		if err == nil {
			s.Digest = digest(sealed)
		} else if !errors.Is(err, values.ErrDamaged) {
			return err
		}
		p.Keys = append(p.Keys, s)
		fmt.Fprintf(h, "%s %s\n", s.Name, s.Digest)
	}
	p.Digest = hex.EncodeToString(h.Sum(nil))
	return nil
}

// shred destroys keys; of an epoch those too that were made since they were listed, by a node that had not heard.
func (r *Ring) shred(ctx context.Context, w Which, ids []keyID) error {
	for _, n := range ids {
		if err := r.destroy(ctx, n); err != nil {
			return err
		}
	}
	if w.Tenant != "" {
		return nil
	}
	return r.sweep(ctx)
}

// destroy destroys one key. That it is destroyed is written down first: if this is stopped half way, the key is not used again, and sweep goes on.
func (r *Ring) destroy(ctx context.Context, n keyID) error {
	m, err := r.remembered(ctx, n)
	if err != nil && !errors.Is(err, errNever) && !errors.Is(err, ErrLost) && !errors.Is(err, values.ErrDamaged) {
		return err
	}
	if m.Destroyed == nil {
		now := r.o.Now().UTC()
		m.Destroyed = &now
		if err := r.o.Values.Put(ctx, n.made(), values.JSON(m)); err != nil {
			return err
		}
	}
	if err := r.o.Values.Destroy(ctx, n.key()); err != nil {
		return err
	}
	if _, err := r.o.Values.Get(ctx, n.key()); !errors.Is(err, values.ErrNone) {
		return fmt.Errorf("a key is still there after it was destroyed: %w", errors.Join(err, ErrLost))
	}
	r.forget(n)
	r.destroyed.Store(m.Destroyed)
	return nil
}

// sweep ends destructions that were stopped half way, and removes what is remembered of keys whose whole epoch is destroyed: the list says so.
func (r *Ring) sweep(ctx context.Context) error {
	l, _, err := r.read(ctx)
	if err != nil {
		return err
	}
	ids, err := r.keys(ctx, Which{})
	if err != nil {
		return err
	}
	for _, n := range ids {
		gone := l.destroyed(n.epoch)
		if !gone {
			m, err := r.remembered(ctx, n)
			gone = err == nil && m.Destroyed != nil
		}
		if gone {
			if err := r.destroy(ctx, n); err != nil {
				return err
			}
		}
	}
	return r.unremember(ctx, l)
}

func (r *Ring) unremember(ctx context.Context, l list) error {
	names, err := r.o.Values.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		path, ok := strings.CutPrefix(name, madePrefix)
		if n, known := parseKey(keyPrefix + path); ok && known && l.destroyed(n.epoch) {
			if err := r.o.Values.Destroy(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Tidy destroys the keys of epochs that are older than Settings.Keep allows, and ends what was stopped half way. Run does so after each epoch.
func (r *Ring) Tidy(ctx context.Context) (err error) {
	r.untidy.Store(false)
	defer func() {
		if err != nil {
			r.untidy.Store(true)
		}
	}()
	r.mu.Lock()
	keep := r.settings.Keep
	r.mu.Unlock()
	l, err := r.revise(ctx, func(l *list) error { return r.retire(l, keep) })
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.show(l)
	r.mu.Unlock()
	return r.sweep(ctx)
}

// retire marks the epochs that are too old.
func (r *Ring) retire(l *list, keep int) error {
	old := l.surplus(keep)
	if len(old) == 0 {
		return errNothing
	}
	now := r.o.Now().UTC()
	for _, e := range old {
		details := map[string]string{"what": "epoch " + number(e.Number), "why": "keys.keep"}
		if err := r.o.Tell(Act{Actor: "winnow", Name: actShred, Object: number(e.Number), Details: details}); err != nil {
			return err
		}
		e.Destroyed = &now
	}
	return nil
}
