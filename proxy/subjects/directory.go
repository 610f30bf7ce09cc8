package subjects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// User is one line of a directory.
type User struct {
	// Names are the identifiers that records may name the user by: user name, id, e-mail addresses.
	Names  []string
	Active bool
}

// Sync is what a directory changed.
type Sync struct {
	Users, Restricted, Released int
}

// ErrShrunk is about a directory of which more than half is gone: rather a fault than the truth.
var ErrShrunk = errors.New("the directory has lost more than half of its users since it was read last, so nothing was changed: if that is right, " +
	"remove the values directory/... of the state, or let the list shrink in steps")

// leastShrunk is up to how many users a directory may lose at once, however small it is.
const leastShrunk = 10

// Follow restricts whoever is not active in a directory or has gone from it, and releases who is back (RIGHT-4). Orders of others stay. A list
// that has lost more than half of its users changes nothing.
func (d *Desk) Follow(ctx context.Context, users []User, o Order) (s Sync, err error) {
	b, err := d.Bucket()
	if err != nil {
		return s, err
	}
	o.Source, o.Actor, o.Since = SourceDirectory, "directory", d.Now().UTC()
	before, err := d.remembered(ctx, b)
	if err != nil {
		return s, err
	}
	now := map[pseudonym.Digest]bool{} // whether active, by each name
	for _, u := range users {
		for _, name := range u.Names {
			digest := d.digest(pseudonym.SubjectKind([]byte(name)), name)
			now[digest] = now[digest] || u.Active
		}
	}
	gone := 0
	for digest := range before {
		if _, there := now[digest]; !there {
			gone++
		}
	}
	if gone > leastShrunk && 2*gone > len(before) {
		return s, ErrShrunk
	}
	s.Users = len(users)
	for digest := range before {
		if _, there := now[digest]; !there {
			now[digest] = false
		}
	}
	for digest, active := range now {
		changed, err := d.obey(ctx, b, digest, active, o)
		switch {
		case err != nil:
			return s, err
		case changed && active:
			s.Released++
		case changed:
			s.Restricted++
		}
	}
	return s, d.remember(ctx, b, now)
}

// obey restricts or releases one person, if that is not so already.
func (d *Desk) obey(ctx context.Context, b values.Bucket, digest pseudonym.Digest, active bool, o Order) (changed bool, err error) {
	e, _, err := look(ctx, b, subjectPrefix+digest.String())
	if err != nil {
		return false, err
	}
	mine := func(old Order) bool { return old.Source == SourceDirectory && old.Tenant == o.Tenant }
	if i := slices.IndexFunc(e.Orders, mine); active == (i < 0) && (active || e.Orders[max(i, 0)].Action == o.Action) {
		return false, nil
	}
	return true, revise(ctx, b, digest, func(e *Entry) error {
		e.Orders = slices.DeleteFunc(e.Orders, mine)
		if !active {
			e.give(o)
		}
		return nil
	})
}

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

// remembered are the users that the directory had at the last sync.
func (d *Desk) remembered(ctx context.Context, b values.Bucket) (map[pseudonym.Digest]bool, error) {
	known := map[pseudonym.Digest]bool{}
	for _, c := range alphabet {
		value, err := b.Get(ctx, directoryPrefix+string(c))
		if errors.Is(err, values.ErrNone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for text := range slices.Chunk(value, len(pseudonym.Digest{})) {
			digest, ok := pseudonym.ParseDigest(string(text))
			if !ok {
				return nil, errEntry
			}
			known[digest] = true
		}
	}
	return known, nil
}

// remember stores them, those that have gone included: they stay restricted until they are back.
func (d *Desk) remember(ctx context.Context, b values.Bucket, now map[pseudonym.Digest]bool) error {
	parts := map[byte][]string{}
	for digest := range now {
		parts[digest[0]] = append(parts[digest[0]], digest.String())
	}
	for _, c := range []byte(alphabet) {
		slices.Sort(parts[c])
		text := strings.Join(parts[c], "")
		name := directoryPrefix + string(rune(c))
		if old, err := b.Get(ctx, name); err == nil && string(old) == text || errors.Is(err, values.ErrNone) && text == "" {
			continue
		}
		if err := b.Put(ctx, name, []byte(text)); err != nil {
			return fmt.Errorf("users of the directory: %w", err)
		}
	}
	return nil
}
