package proxy

import (
	"context"
	"slices"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/values"
	"winnow/scrub"
)

// keepAndUse has the policy of a configuration kept, and in force.
func (p *policies) keepAndUse(t *testing.T, text string) *scrub.Policy {
	t.Helper()
	c, err := config.Parse("p.yaml", []byte(text), config.Env{})
	if err != nil {
		t.Fatal(err)
	}
	policy, err := scrub.Compile(c)
	if err == nil {
		err = p.keep(t.Context(), policy)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.use(c, policy)
	return policy
}

// CHANGE-1: the text of a policy is kept for as long as something may wait that was taken under it, and no longer.
func TestCHANGE1TextsOutliveWhatWaits(t *testing.T) {
	folder, err := values.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now, ctx := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), context.Background()
	p := &policies{bucket: func() (values.Bucket, error) { return folder, nil }, now: func() time.Time { return now }, kept: map[string]time.Time{}}
	use := func(text string) string {
		t.Helper()
		return p.keepAndUse(t, text).Digest()
	}
	tidy := func(want ...string) {
		t.Helper()
		if err := p.tidy(ctx, 72*time.Hour); err != nil {
			t.Fatal(err)
		}
		names, err := folder.Names(ctx)
		slices.Sort(names)
		if slices.Sort(want); err != nil || !slices.Equal(names, want) {
			t.Errorf("%v after start the texts are %q, want %q; %v", now, names, want, err)
		}
	}
	first := use("")
	for range 10 * 24 { // ten days in force
		now = now.Add(time.Hour)
		if err := p.keep(ctx, p.inForce()); err != nil {
			t.Fatal(err)
		}
	}
	second := use("policy: {mode: scrub}\n")
	now = now.Add(72 * time.Hour)
	tidy(first, second)
	now = now.Add(3 * time.Hour)
	tidy(second)
}
