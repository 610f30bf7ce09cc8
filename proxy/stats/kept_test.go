package stats_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"winnow/proxy/stats"
)

// sums are the requests of a release, by table.
func sums(r *stats.Release) map[string]int64 {
	all := map[string]int64{}
	for _, l := range r.Lines {
		all[l.Table] += l.Requests
	}
	return all
}

// STAT-2: what was counted before a restart is counted on after it, and nothing beyond a group's bounds.
func TestSTAT2WindowIsKeptOverARestart(t *testing.T) {
	terms := loose()
	terms.Tables, terms.MaxRequests = []string{"browser", "route"}, 4
	first := counter(terms, tenants(5))
	for tenant := range tenants(5) {
		for range 3 {
			visit(first, tenant, noon)
		}
	}
	kept := first.Keep()
	second := counter(terms, tenants(5))
	if err := second.Restore(kept); err != nil {
		t.Fatal(err)
	}
	for tenant := range tenants(5) {
		for range 3 {
			visit(second, tenant, noon.Add(time.Hour))
		}
	}
	if got := sums(end(t, second, noon.Add(24*time.Hour), books(t))); got["browser"] != 20 || got["route"] != 20 {
		t.Errorf("of 5 groups with 6 requests each, bounded at 4, %v is released", got)
	}
}

// Doubt withholds: what was kept in another window, under other terms, or cannot be read in full is not counted on.
func TestSTAT2DoubtfulWindowIsDropped(t *testing.T) {
	first := counter(loose(), tenants(5))
	for tenant := range tenants(5) {
		visit(first, tenant, noon)
	}
	kept := first.Keep()
	other := loose()
	other.MaxCells++
	later := stats.New(stats.Options{
		Config: loose(), Groups: tenants(5), Routes: []string{"/loki/api/v1/push"}, Errors: []string{"malformed"}, Now: noon.Add(24 * time.Hour),
		OptedOut: func(string) bool { return false },
	})
	for what, c := range map[string]struct {
		by   *stats.Counter
		text []byte
		want error
	}{
		"another window": {later, kept, stats.ErrOtherWindow},
		"other terms":    {counter(other, tenants(5)), kept, stats.ErrOtherCounts},
		"other tenants":  {counter(loose(), tenants(6)), kept, stats.ErrOtherCounts},
		"cut short":      {counter(loose(), tenants(5)), kept[:len(kept)-1], stats.ErrUnreadWindow},
		"more behind it": {counter(loose(), tenants(5)), append(slices.Clone(kept), '{'), stats.ErrUnreadWindow},
		"nothing":        {counter(loose(), tenants(5)), nil, stats.ErrUnreadWindow},
	} {
		if err := c.by.Restore(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
		if r := end(t, c.by, noon.Add(72*time.Hour), books(t)); len(r.Lines) > 0 {
			t.Errorf("%s: %+v is released", what, r.Lines)
		}
	}
}
