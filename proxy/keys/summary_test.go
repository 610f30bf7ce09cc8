package keys_test

import (
	"testing"

	"winnow/proxy/keys"
)

// KEEP-1: how old the epoch is, how many are kept and when keys were last destroyed can be told without asking the state, also after a restart.
func TestKEEP1SummaryOfEpochs(t *testing.T) {
	b := newBucket(t)
	n := start(t, b)
	n.Set(keys.Settings{Length: month, Keep: 1, MaxStaleness: month})
	n.token(t, "acme", "operations")
	first := n.Summary()
	if first.Current != 100 || first.Kept != 1 || !first.Destroyed.IsZero() || !first.Began.Equal(n.now()) {
		t.Errorf("at first: %+v", first)
	}
	n.add(month / 2)
	if _, err := n.Destroy(t.Context(), "cli", keys.Which{Tenant: "acme", Purpose: "operations"}); err != nil {
		t.Fatal(err)
	}
	if s := n.Summary(); s.Current != 100 || s.Kept != 2 || !s.Destroyed.Equal(n.now()) { // the other one is that tenant's own
		t.Errorf("a tenant's keys are destroyed: %+v", s)
	}
	for range 3 {
		n.add(month)
		if _, err := n.Rotate(t.Context(), "cli"); err != nil {
			t.Fatal(err)
		}
	}
	s := n.Summary()
	if s.Current != 104 || s.Kept != 2 || !s.Began.Equal(n.now()) || !s.Destroyed.Equal(n.now()) {
		t.Errorf("three epochs later: %+v", s)
	}
	if again := start(t, b).Summary(); again.Kept != s.Kept || again.Current != s.Current || !again.Destroyed.Equal(s.Destroyed) {
		t.Errorf("after a restart: %+v, not %+v", again, s)
	}
}
