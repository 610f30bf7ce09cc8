// Package subjects keeps what was decided about persons: who restricted, objected to or erased their records, for which purpose and tenant
// (RIGHT-1 to RIGHT-5), and whom records of minors named (META-10).
//
// A person is known by a digest: HMAC-SHA-256 of the normal form of an identifier, under a key of its own that does not change with the
// epochs of pseudonyms. No identifier is kept in clear, and who has the list and not the master secret cannot tell who is on it. Beside
// its digest an entry lists the digests of the pseudonyms under which records of the person may have left or wait in the spool.
//
// Everything is in one bucket of small values:
//
//	subject/<digest>      an Entry, as JSON
//	hold/<tenant>         a Hold, as JSON: nothing of the tenant's persons is erased meanwhile
//	directory/<a to 7>    digests of the users that the directory had at the last sync, whose digests begin so; 26 bytes each
//
// List is the same in memory, as of now, for the way of the data. Desk is what an administrator does with it.
package subjects

import (
	"errors"
	"slices"
	"time"

	"winnow/proxy/values"
	"winnow/scrub"
	"winnow/scrub/pseudonym"
)

// Action is what becomes of a person's records.
type Action string

// The actions.
const (
	ActionDrop  Action = "drop"  // they go
	ActionStrip Action = "strip" // they stay, without anything personal
)

// Source is who gave an order.
type Source string

// The sources.
const (
	SourceOperator  Source = "operator"  // winnow subject, or the API
	SourceMinor     Source = "minor"     // a record that was marked as a minor's
	SourceDirectory Source = "directory" // the directory of users
)

// Order is one decision about a person.
type Order struct {
	Action Action `json:"action"`
	// Tenant that it is about; empty: all.
	Tenant string `json:"tenant,omitempty"`
	// Purposes that it is about; empty: all.
	Purposes []string  `json:"purposes,omitempty"`
	Since    time.Time `json:"since"`
	// Why is a reference, such as a ticket's; never who the person is.
	Why    string `json:"why,omitempty"`
	Actor  string `json:"actor"`
	Source Source `json:"source"`
	// Erase says that what is held of the person is erased, and not only that nothing more is taken.
	Erase bool `json:"erase,omitempty"`
	// Until ends the order by itself: of one to erase, when nothing from before it can wait any more. Zero: never.
	Until time.Time `json:"until,omitzero"`
}

// same tells whether two orders are about the same records, by the same source.
func (o *Order) same(other *Order) bool {
	return o.Tenant == other.Tenant && o.Erase == other.Erase && o.Source == other.Source && slices.Equal(o.Purposes, other.Purposes)
}

// Hold is a legal hold: what it is about must not be erased.
type Hold struct {
	Reference string    `json:"reference"`
	Since     time.Time `json:"since"`
	Actor     string    `json:"actor"`
}

// Entry is all that was decided about one person.
type Entry struct {
	Orders []Order `json:"orders,omitempty"`
	// Pending orders to erase wait for the end of a legal hold. They are not in force.
	Pending []Order `json:"pending,omitempty"`
	Hold    *Hold   `json:"hold,omitempty"`
	// Pseudonyms are digests of the tokens that stand for the person, for records that were scrubbed before.
	Pseudonyms []string `json:"pseudonyms,omitempty"`
}

// idle tells whether nothing is left of an entry.
func (e *Entry) idle() bool { return len(e.Orders)+len(e.Pending) == 0 && e.Hold == nil }

// give adds an order, in place of one about the same records.
func (e *Entry) give(o Order) { e.Orders = with(e.Orders, o) }

// wait adds one that waits for the end of a legal hold.
func (e *Entry) wait(o Order) { e.Pending = with(e.Pending, o) }

func with(list []Order, o Order) []Order {
	if i := slices.IndexFunc(list, func(old Order) bool { return old.same(&o) }); i >= 0 {
		list[i] = o
		return list
	}
	return append(list, o)
}

// know adds digests of pseudonyms.
func (e *Entry) know(digests []string) {
	e.Pseudonyms = slices.Compact(slices.Sorted(slices.Values(append(e.Pseudonyms, digests...))))
}

// Names of values.
const (
	subjectPrefix   = "subject/"
	holdPrefix      = "hold/"
	directoryPrefix = "directory/"
)

var errEntry = errors.New("a value of the suppression list cannot be read: restore it from a copy")

// readEntry reads a stored entry. What it says must be understood in full: doubt withholds.
func readEntry(value []byte) (*Entry, error) {
	e := new(Entry)
	if values.ReadJSON(value, e) != nil {
		return nil, errEntry
	}
	for _, o := range slices.Concat(e.Orders, e.Pending) {
		if o.Action != ActionDrop && o.Action != ActionStrip {
			return nil, errEntry
		}
	}
	for _, p := range e.Pseudonyms {
		if _, ok := pseudonym.ParseDigest(p); !ok {
			return nil, errEntry
		}
	}
	return e, nil
}

// Keys are those of digests, derived from the master secret. They do not change with epochs: the list would forget everybody.
func Keys(master []byte) (*pseudonym.Domain, error) {
	return pseudonym.Derive(master, "", "suppression", 0)
}

// order is an action for the way of the data.
func (a Action) order() scrub.Order {
	if a == ActionStrip {
		return scrub.Strip
	}
	return scrub.Remove
}
