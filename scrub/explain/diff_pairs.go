package explain

import (
	"iter"
	"slices"

	"winnow/config"
)

// byID finds in a list what an id names; nil if nothing.
func byID[T any](list []T, idOf func(*T) string, id string) *T {
	if i := slices.IndexFunc(list, func(t T) bool { return idOf(&t) == id }); i >= 0 {
		return &list[i]
	}
	return nil
}

// pairs are what two lists have under the same id: each of now in its order with the one before, nil if it is new, and then each of before that is no
// longer there, with nil.
func pairs[T any](before, now []T, idOf func(*T) string) iter.Seq2[*T, *T] {
	return func(yield func(old, now *T) bool) {
		for i := range now {
			if !yield(byID(before, idOf, idOf(&now[i])), &now[i]) {
				return
			}
		}
		for i := range before {
			if byID(now, idOf, idOf(&before[i])) == nil && !yield(&before[i], nil) {
				return
			}
		}
	}
}

// The ids of what is compared.
func entranceID(e *entrance) string          { return e.at }
func upstreamID(u *config.Upstream) string   { return u.ID }
func tenantID(t *config.Tenant) string       { return t.ID }
func scopedKeyID(k *config.ScopedKey) string { return k.ID }
func tokenID(t *config.Token) string         { return t.ID }
