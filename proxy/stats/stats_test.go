package stats_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/stats"
	"winnow/proxy/values"
	"winnow/scrub/meta"
)

// noon is within the first window of these tests, a day.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// loose are statistics with so little noise that what comes out is known.
func loose() config.Statistics {
	s := config.Default().Statistics
	s.Upstream, s.Epsilon, s.Delta, s.Budget, s.MinGroups, s.MaxCells, s.MaxRecords, s.Mechanism = "counts", 1e6, 1e-3, 1e9, 3, 3, 1000, config.MechanismLaplace
	return s
}

// tenants are so many tenants, each a group of its own.
func tenants(n int) map[string]string {
	groups := map[string]string{}
	for i := range n {
		id := fmt.Sprintf("tenant-%d", i)
		groups[id] = id
	}
	return groups
}

func counter(s config.Statistics, groups map[string]string, out ...string) *stats.Counter {
	return stats.New(stats.Options{
		Config: s, Groups: groups, Routes: []string{"/loki/api/v1/push"}, Errors: []string{"malformed"}, Now: noon,
		OptedOut: func(tenant string) bool { return slices.Contains(out, tenant) },
	})
}

func books(t *testing.T) values.Bucket {
	t.Helper()
	b, err := values.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// visit counts a request of a tenant.
func visit(c *stats.Counter, tenant string, at time.Time) {
	c.Count(&stats.Request{
		Tenant: tenant, Route: "/loki/api/v1/push", Status: 204, Records: 7, At: at,
		Facts: []meta.Field{
			{Fact: config.FactBrowser, Value: []byte("Firefox")}, {Fact: config.FactBrowser, Value: []byte("120")},
			{Fact: config.FactLanguage, Value: []byte("de-CH")}, {Fact: config.FactCountry, Value: []byte("CH")},
			{Fact: config.FactOS, Value: []byte("alice@example.com")}, // no word of the list
			{Fact: config.FactIP, Value: []byte("192.0.2.7")},
		},
	})
}

func end(t *testing.T, c *stats.Counter, at time.Time, b values.Bucket) *stats.Release {
	t.Helper()
	r, err := c.End(t.Context(), at, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// STAT-2, SHARE-2: what is released are counts by words of closed lists, and nothing else of a request.
func TestSTAT2OnlyClosedWordsAreReleased(t *testing.T) {
	s := loose()
	s.Tables = []string{"hour", "route, status", "browser, language", "os", "country", "error"}
	c, b := counter(s, tenants(5)), books(t)
	for tenant := range tenants(5) {
		visit(c, tenant, noon)
		visit(c, tenant, noon.Add(time.Hour))
	}
	if r := end(t, c, noon.Add(time.Hour), b); r != nil {
		t.Fatalf("released within the window: %+v", r)
	}
	r := end(t, c, noon.Add(24*time.Hour), b)
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	day := `{"from":"2026-03-14T00:00:00Z","to":"2026-03-15T00:00:00Z",`
	want := strings.Join([]string{
		day + `"table":"hour","hour":"12","requests":5,"records":35}`,
		day + `"table":"hour","hour":"13","requests":5,"records":35}`,
		day + `"table":"route, status","route":"/loki/api/v1/push","status":"2xx","requests":10,"records":70}`,
		day + `"table":"browser, language","browser":"Firefox","language":"de","requests":10,"records":70}`,
		day + `"table":"os","requests":10,"records":70}`,
		day + `"table":"country","country":"CH","requests":10,"records":70}`,
		day + `"table":"error","requests":10,"records":70}`,
	}, "\n") + "\n"
	if string(text) != want {
		t.Errorf("released\n%s\nwant\n%s", text, want)
	}
}

// STAT-1: a tenant that opts out is not in the next count, and one that never took part neither.
func TestSTAT1OptedOutTenantsAreNotCounted(t *testing.T) {
	c, b := counter(loose(), tenants(5), "tenant-0", "tenant-1", "tenant-2"), books(t)
	for tenant := range tenants(6) {
		visit(c, tenant, noon)
	}
	if r := end(t, c, noon.Add(24*time.Hour), b); len(r.Lines) > 0 {
		t.Errorf("cells of two groups are released: %+v", r.Lines)
	}
}

// STAT-2: a tenant and its affiliates are one unit: they do not make up a crowd, and weigh no more than one.
func TestSTAT2AffiliatesAreOneUnit(t *testing.T) {
	s := loose()
	s.Tables, s.MaxRequests = []string{"country"}, 4
	groups := tenants(6)
	for tenant := range tenants(6) {
		groups[tenant+"-a"], groups[tenant+"-b"] = tenant, tenant
	}
	one := map[string]string{}
	for tenant := range groups {
		one[tenant] = "one"
	}
	for _, test := range []struct {
		groups map[string]string
		want   int64
	}{{groups, 24}, {one, 0}} {
		c, b := counter(s, test.groups), books(t)
		for tenant := range test.groups {
			for range 3 {
				visit(c, tenant, noon)
			}
		}
		got := int64(0)
		for _, line := range end(t, c, noon.Add(24*time.Hour), b).Lines {
			got += line.Requests
		}
		if got != test.want {
			t.Errorf("%d requests are released, want %d", got, test.want)
		}
	}
}

// STAT-2: the price is in the books before anything comes out; when they are spent, or cannot be read, nothing does, and a clock that goes back
// gives nothing back.
func TestSTAT2Budget(t *testing.T) {
	s := loose()
	s.Epsilon, s.Budget, s.Window, s.Period = 1, 2, config.Duration(24*time.Hour), config.Duration(720*time.Hour)
	b := books(t)
	at := noon
	c := counter(s, tenants(5))
	next := func(by time.Duration) error {
		t.Helper()
		for tenant := range tenants(5) {
			visit(c, tenant, at)
		}
		at = at.Add(by)
		_, err := c.End(t.Context(), at, b)
		return err
	}
	for i, want := range []error{nil, nil, stats.ErrBudget, stats.ErrBudget} {
		if err := next(24 * time.Hour); !errors.Is(err, want) {
			t.Errorf("window %d: %v, want %v", i, err, want)
		}
	}
	state, err := c.State(t.Context(), at, b)
	if err != nil || state.Spent != 2 || state.Releases != 2 {
		t.Errorf("books %+v, %v", state, err)
	}
	back := stats.New(stats.Options{Config: s, Groups: tenants(5), OptedOut: func(string) bool { return false }, Now: noon.Add(-9000 * time.Hour)})
	if _, err := back.End(t.Context(), noon.Add(-8000*time.Hour), b); !errors.Is(err, stats.ErrBudget) {
		t.Errorf("in a year before: %v", err)
	}
	if err := next(720 * time.Hour); err != nil {
		t.Errorf("in the next period: %v", err)
	}
	if err := b.Put(t.Context(), "budget", []byte("{")); err != nil {
		t.Fatal(err)
	}
	if err := next(24 * time.Hour); err == nil || errors.Is(err, stats.ErrBudget) {
		t.Errorf("with broken books: %v", err)
	}
}

// Of two nodes that end a window at once, both pay, and no more is released than was paid for.
func TestNodesShareABudget(t *testing.T) {
	s := loose()
	s.Epsilon, s.Budget = 1, 5
	b := books(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	released := 0
	for range 8 {
		c := counter(s, tenants(3))
		all.Go(func() {
			_, err := c.End(context.Background(), noon.Add(24*time.Hour), b)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				released++
			}
		})
	}
	all.Wait()
	if released > 5 || released == 0 {
		t.Errorf("%d releases were paid for with a budget of 5", released)
	}
}

// A window is released once, whatever the clock does, and what comes too late for it is in none.
func TestWindowIsReleasedOnce(t *testing.T) {
	c, b := counter(loose(), tenants(5)), books(t)
	for tenant := range tenants(5) {
		visit(c, tenant, noon)
	}
	if r := end(t, c, noon.Add(24*time.Hour), b); len(r.Lines) == 0 {
		t.Fatal("nothing was released")
	}
	for tenant := range tenants(5) {
		visit(c, tenant, noon)
	}
	for _, at := range []time.Time{noon, noon.Add(-time.Hour), noon.Add(25 * time.Hour)} {
		if r := end(t, c, at, b); r != nil {
			t.Errorf("at %s: %+v", at, r)
		}
	}
	if r := end(t, c, noon.Add(48*time.Hour), b); len(r.Lines) > 0 {
		t.Errorf("what came too late is released: %+v", r.Lines)
	}
}

func BenchmarkCount(b *testing.B) {
	c := counter(config.Default().Statistics, tenants(5))
	r := stats.Request{
		Tenant: "tenant-1", Route: "/loki/api/v1/push", Status: 204, Records: 7, At: noon,
		Facts: []meta.Field{{Fact: config.FactBrowser, Value: []byte("Firefox")}, {Fact: config.FactLanguage, Value: []byte("de-CH")}, {Fact: config.FactCountry, Value: []byte("CH")}},
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Count(&r)
	}
}
