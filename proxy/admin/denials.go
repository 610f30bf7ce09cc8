package admin

import (
	"fmt"
	"sync"
	"time"
)

// denials tells who was not let in: the first time at once, and what follows within tellEvery as one number. It is safe for concurrent use.
type denials struct {
	tell func(Told) error
	mu   sync.Mutex
	seen map[denial]*denied
}

// denial is what is counted together. None of it is the client's own text.
type denial struct{ actor, operation, reason, from string }

type denied struct {
	since time.Time
	more  int // since then, not told yet
}

const (
	tellEvery = time.Hour
	// maxDenials are counted apart; the rest together.
	maxDenials = 64
)

// The acts of this package itself.
const (
	actDenied = "admin.denied"
	nobody    = "unknown"
)

// add notes a denial. That it cannot be told is no reason to let anybody in, and is logged by who tells.
func (d *denials) add(what denial, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over(now.Add(-tellEvery))
	if d.seen[what] == nil && len(d.seen) >= maxDenials {
		what = denial{nobody, "", "other", "unknown"}
	}
	if known := d.seen[what]; known != nil {
		known.more++
		return
	}
	if d.seen == nil {
		d.seen = map[denial]*denied{}
	}
	d.seen[what] = &denied{since: now}
	_ = d.tell(what.told(nil))
}

// flush tells the numbers of which none was told for an hour.
func (d *denials) flush(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over(now.Add(-tellEvery))
}

// close tells all that is left.
func (d *denials) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for what, n := range d.seen {
		d.end(what, n)
	}
}

func (d *denials) over(before time.Time) {
	for what, n := range d.seen {
		if !n.since.After(before) {
			d.end(what, n)
		}
	}
}

// end forgets a denial, and tells how many more of it there were.
func (d *denials) end(what denial, n *denied) {
	delete(d.seen, what)
	if n.more > 0 {
		_ = d.tell(what.told(map[string]string{"more": fmt.Sprint(n.more), "since": n.since.UTC().Format(time.RFC3339)}))
	}
}

func (what denial) told(details map[string]string) Told {
	if details == nil {
		details = map[string]string{}
	}
	details["reason"], details["from"] = what.reason, what.from
	return Told{Actor: what.actor, Act: actDenied, Object: what.operation, Details: details}
}
