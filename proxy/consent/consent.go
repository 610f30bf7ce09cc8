// Package consent keeps what each tenant decided about statistics and training (STAT-1, TRAIN-1), and knows it as of now.
//
// Statistics are made of a tenant's requests unless it opted out; records are copied for training only of a tenant that opted in, under an addendum, and
// only of the streams that were designated. Operations ask nobody here (SOD-2).
//
// Everything is in one bucket of small values:
//
//	statistics/<tenant>, training/<tenant>    a Record, as JSON; none: nothing was decided yet
//	left/<tenant>                             since when a tenant of whom something was decided is not configured any more
//
// Live is the same in memory, for the way of the data. Desk is what an administrator does with it. Doubt withholds: a value that cannot be read says no,
// and so does a bucket that was out of reach for too long.
package consent

import (
	"errors"
	"slices"
	"strings"
	"time"

	"winnow/proxy/values"
)

// Purpose that a tenant decides about.
type Purpose string

// The purposes.
const (
	Statistics Purpose = "statistics" // granted until it is withdrawn
	Training   Purpose = "training"   // withdrawn until it is granted
)

// Purposes lists them.
var Purposes = []Purpose{Statistics, Training}

// State of a consent.
type State string

// The states.
const (
	Granted   State = "granted"
	Withdrawn State = "withdrawn"
)

// Decision is one decision of a tenant.
type Decision struct {
	State State `json:"state"`
	// Since is when it was entered. The zero time: it is the default, and nothing was decided.
	Since time.Time `json:"since,omitzero"`
	// Who entered it: a token's id, or "cli".
	Who string `json:"who,omitempty"`
	// Why is a reference: of the notice that the tenant wrote, of a ticket.
	Why string `json:"why,omitempty"`
	// Addendum is the reference of the agreement under which training was granted.
	Addendum string `json:"addendum,omitempty"`
	// Streams that were designated for training: paths of routes and addresses of listeners, as the configuration has them. Sorted.
	Streams []string `json:"streams,omitempty"`
}

// Record is what a tenant decided about one purpose.
type Record struct {
	Decision
	// Number of the decision, from 1. Of two records the one with the higher number counts.
	Number uint64 `json:"number"`
	// History has the decisions before this one, oldest first; the first of very many are gone.
	History []Decision `json:"history,omitempty"`
}

// maxHistory bounds how many decisions are remembered.
const maxHistory = 200

// initial is what holds before anything was decided.
func initial(p Purpose) Record {
	if p == Statistics {
		return Record{Decision: Decision{State: Granted}}
	}
	return Record{Decision: Decision{State: Withdrawn}}
}

// decide makes d the decision in force.
func (r *Record) decide(d Decision) {
	if r.Number > 0 {
		r.History = append(r.History, r.Decision)
		r.History = slices.Delete(r.History, 0, max(0, len(r.History)-maxHistory))
	}
	r.Decision, r.Number = d, r.Number+1
}

// begun is since when the purpose is granted without a break.
func (r *Record) begun() time.Time {
	since := r.Since
	for _, d := range slices.Backward(r.History) {
		if d.State != Granted {
			break
		}
		since = d.Since
	}
	return since
}

var errRecord = errors.New("a consent cannot be read: restore it from a copy, or decide anew")

// readRecord reads a stored record. What it says must be understood in full.
func readRecord(p Purpose, value []byte) (r Record, err error) {
	if values.ReadJSON(value, &r) != nil || r.Number == 0 || r.State != Granted && r.State != Withdrawn {
		return Record{}, errRecord
	}
	if p == Training && r.State == Granted && (r.Addendum == "" || len(r.Streams) == 0) {
		return Record{}, errRecord
	}
	return r, nil
}

// nameOf is the name of a value.
func nameOf(p Purpose, tenant string) string { return string(p) + "/" + tenant }

// parseName is whose a value is.
func parseName(name string) (p Purpose, tenant string, ok bool) {
	word, tenant, ok := strings.Cut(name, "/")
	return Purpose(word), tenant, ok && tenant != "" && slices.Contains(Purposes, Purpose(word))
}
