// Package receipts counts what left, so that it can be proved later: what, to whom, why, and under which policy (GUARD-3).
//
// A batch is counted when its upstream has acknowledged it. An attempt without an acknowledgement is counted apart: what was sent may have arrived.
// Counts are kept by Key, whose texts all come from the configuration, and so are the names of what is counted: nothing of a record is here. Take
// ends a count and makes receipts of it, which the owner writes where they last; what it cannot write it gives back with Put.
//
// A receipt is about an interval of time. Times are widened where the clock was set meanwhile, so that an interval always covers the moments that
// it is about: who asks for a time may get too much, and never too little.
package receipts

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"winnow/config"
	"winnow/scrub"
)

// Key is what counts are kept by.
type Key struct {
	Tenant   string `json:"tenant,omitempty"`
	Upstream string `json:"upstream"`
	Purpose  string `json:"purpose"`
	// Policy is the digest of the policy under which the records were scrubbed.
	Policy string `json:"policy,omitempty"`
	// Region that the upstream is of; empty if of none.
	Region string `json:"region,omitempty"`
}

// Sheet names what a policy counts. It is never changed.
type Sheet struct {
	name    string
	columns []scrub.Column
	names   []string // of columns, as a tally has them
}

// NewSheet makes the sheet of a policy.
func NewSheet(p *scrub.Policy) *Sheet {
	s := &Sheet{name: p.Name(), columns: p.Columns()}
	for _, c := range s.columns {
		s.names = append(s.names, nameOf(c))
	}
	return s
}

// A column's name is its four words with a slash behind each but the last; no word has one.
func nameOf(c scrub.Column) string {
	return c.Of + "/" + string(c.Class) + "/" + string(c.Action) + "/" + c.ID
}

func columnOf(name string) (c scrub.Column, ok bool) {
	words := strings.Split(name, "/")
	if len(words) != 4 {
		return c, false
	}
	return scrub.Column{Of: words[0], Class: config.Class(words[1]), Action: config.ActionKind(words[2]), ID: words[3]}, true
}

// AppendTally appends the counts of a batch that are not zero, for a batch that is delivered later, perhaps by another winnow: the policy's name,
// then name and number of each column; a text is its length as a uvarint and its bytes, a number a uvarint.
func (s *Sheet) AppendTally(dst []byte, counts []int64) []byte {
	dst = append(binary.AppendUvarint(dst, uint64(len(s.name))), s.name...)
	for i, n := range counts {
		if n > 0 {
			dst = append(binary.AppendUvarint(dst, uint64(len(s.names[i]))), s.names[i]...)
			dst = binary.AppendUvarint(dst, uint64(n))
		}
	}
	return dst
}

// Batch is one batch that has left.
type Batch struct {
	Records, Bytes int
	// Sheet and Counts, in the order of the sheet's columns, are of a batch that is delivered at once.
	Sheet  *Sheet
	Counts []int64
	// Tally is what AppendTally made, in place of these.
	Tally []byte
}

// Counter counts. It is safe for concurrent use, and allocates nothing for a Key that has counts already. It holds a cell for each Key since the
// last Take: at most tenants x upstreams x policies in force meanwhile.
type Counter struct {
	now func() time.Time

	mu    sync.RWMutex
	cells map[Key]*cell
	from  time.Time
}

// cell are the counts of one Key.
type cell struct {
	mu         sync.Mutex
	taken      bool // and so it counts no more
	totals     Totals
	unanswered int64
	sheet      *Sheet // of by; nil: there was none yet
	by         []int64
	named      map[string]int64 // by column's name
	policy     string
}

// New makes a Counter.
func New(now func() time.Time) *Counter {
	return &Counter{now: now, cells: map[Key]*cell{}, from: now().UTC()}
}

// Left counts a batch that was acknowledged. It keeps nothing of b but its sheet.
func (c *Counter) Left(k Key, b *Batch) {
	e := c.cell(k)
	e.totals.add(Totals{1, int64(b.Records), int64(b.Bytes)})
	e.add(b)
	e.mu.Unlock()
}

// Unanswered counts an attempt that nobody acknowledged.
func (c *Counter) Unanswered(k Key) {
	e := c.cell(k)
	e.unanswered++
	e.mu.Unlock()
}

// cell is that of a Key, locked.
func (c *Counter) cell(k Key) *cell {
	for {
		c.mu.RLock()
		e := c.cells[k]
		c.mu.RUnlock()
		if e == nil {
			e = c.made(k)
		}
		e.mu.Lock()
		if !e.taken {
			return e
		}
		e.mu.Unlock()
	}
}

func (c *Counter) made(k Key) *cell {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.cells[k]
	if e == nil {
		e = &cell{}
		c.cells[k] = e
	}
	return e
}

// add adds what a batch says of itself.
func (e *cell) add(b *Batch) {
	switch {
	case b.Sheet == nil:
		e.tally(b.Tally)
		return
	case e.sheet == nil:
		e.sheet, e.by, e.policy = b.Sheet, make([]int64, len(b.Sheet.columns)), b.Sheet.name
	case e.sheet != b.Sheet && !slices.Equal(e.sheet.names, b.Sheet.names): // never of one digest
		e.tally(b.Sheet.AppendTally(nil, b.Counts))
		return
	}
	for i, n := range b.Counts {
		e.by[i] += n
	}
}

var errTally = errors.New("a tally cannot be read")

// tally adds what AppendTally made. What stands behind a mistake in it is left out: the entry that holds it was authenticated.
func (e *cell) tally(in []byte) {
	name, in, err := text(in)
	if err != nil {
		return
	}
	if e.policy == "" {
		e.policy = string(name)
	}
	for len(in) > 0 {
		if name, in, err = text(in); err != nil {
			return
		}
		n, used := binary.Uvarint(in)
		if used <= 0 {
			return
		}
		in = in[used:]
		e.count(name, int64(n))
	}
}

func (e *cell) count(name []byte, n int64) {
	if e.named == nil {
		e.named = map[string]int64{}
	}
	e.named[string(name)] += n
}

func text(in []byte) (text, rest []byte, err error) {
	n, used := binary.Uvarint(in)
	if used <= 0 || n > uint64(len(in)-used) {
		return nil, nil, errTally
	}
	return in[used : used+int(n)], in[used+int(n):], nil
}
