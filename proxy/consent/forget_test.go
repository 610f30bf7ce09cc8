package consent

import (
	"context"
	"strings"
	"testing"
	"time"
)

// KEEP-1: who decided what for a tenant that left is forgotten when its time is over, and all that stays is that it grants nothing; a hold keeps it, and
// a tenant that comes back before then has lost nothing.
func TestKEEP1FormerTenantsAreForgotten(t *testing.T) {
	b := folder(t)
	d := desk(b, nil)
	now := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	d.Now = func() time.Time { return now }
	if _, err := d.Grant(context.Background(), "cli", &training); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Withdraw(context.Background(), "cli", &Change{Tenant: "acme", Purpose: Statistics, Why: "letter-17"}); err != nil {
		t.Fatal(err)
	}
	held := false
	forget := func(want int64) string {
		t.Helper()
		n, err := d.Forget(context.Background(), 24*time.Hour, func(tenant string) bool { return held && tenant == "acme" })
		if err != nil || n != want {
			t.Fatalf("%d held back, %v", n, err)
		}
		text := ""
		for _, p := range Purposes {
			value, err := b.Get(context.Background(), nameOf(p, "acme"))
			if err != nil {
				t.Fatal(err)
			}
			text += string(value)
		}
		return text
	}
	was, there := forget(0), d.Tenants
	now = now.Add(1000 * time.Hour)
	if got := forget(0); got != was {
		t.Errorf("of a tenant that is configured it is forgotten: %s", got)
	}
	d.Tenants = []string{"other"}
	forget(0) // notices that it left
	now = now.Add(23 * time.Hour)
	d.Tenants = there
	forget(0)
	d.Tenants = []string{"other"}
	forget(0)
	now = now.Add(23 * time.Hour)
	if got := forget(0); got != was {
		t.Errorf("its time is not over, and it is forgotten: %s", got)
	}
	now, held = now.Add(2*time.Hour), true
	if got := forget(1); got != was {
		t.Errorf("it is held, and forgotten: %s", got)
	}
	held = false
	if got := forget(0); strings.Contains(got, "cli") || strings.Contains(got, "letter-17") || strings.Contains(got, "2026") || strings.Count(got, `"withdrawn"`) != 2 {
		t.Errorf("not forgotten: %s", got)
	}
	once := forget(0)
	now = now.Add(48 * time.Hour)
	if again := forget(0); again != once {
		t.Errorf("forgotten once more: %s", again)
	}
	held = true
	if again := forget(0); again != once { // nothing is left that the hold could keep
		t.Errorf("forgotten once more: %s", again)
	}
}
