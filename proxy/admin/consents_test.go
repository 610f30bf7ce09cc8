package admin_test

import (
	"context"
	"strings"
	"testing"

	"winnow/proxy/admin"
)

// consentStand has the tenant acme.
type consentStand struct{ *stand }

func (s consentStand) Show(_ context.Context, tenant string) (any, error) {
	if tenant != "" && tenant != "acme" {
		return nil, errNoTenant
	}
	return []any{consentOf("granted")}, nil
}

var errNoTenant = admin.NewProblem(404, "no_tenant", "no tenant of this name is configured")

func consentOf(state string) map[string]any {
	return map[string]any{"tenant": "acme", "purpose": "statistics", "state": state, "number": 1, "history": []any{}}
}

func (s consentStand) Check(_ context.Context, _ admin.ConsentAct, _, tenant string, _ *admin.ConsentChange) error {
	if tenant != "acme" {
		return errNoTenant
	}
	return nil
}

func (s consentStand) Decide(
	_ context.Context, actor string, act admin.ConsentAct, purpose, tenant string, c *admin.ConsentChange, result map[string]string,
) (any, error) {
	s.do("%s %s %s %s %s", actor, act, purpose, tenant, c.Why)
	result["digest"] = "cd"
	return consentOf("withdrawn"), nil
}

// STAT-1, TRAIN-1: who may decides for a tenant, and the audit log has who, for whom, and why; what cannot be meant is neither told nor done.
func TestSTAT1TRAIN1DecisionsAreTold(t *testing.T) {
	for path, want := range map[string]string{
		"statistics/acme/withdraw":             "",
		"training/acme/grant":                  "",
		"statistics/planted/withdraw":          "no_tenant",
		"statistics/acme/withdraw?tenant=acme": "bad_parameter",
	} {
		s := newStand(t)
		bodies["/api/v1/consents/"+path] = `{"why":"notice 3"}`
		if !s.acts(t, "/api/v1/consents/"+path, want) {
			continue
		}
		if !strings.HasSuffix(s.done[0], "acme notice 3") {
			t.Errorf("%s: done %q", path, s.done)
		}
		if s.told[0].Object != "acme" || s.told[0].Details["why"] != "notice 3" || s.told[0].Details["purpose"] == "" {
			t.Errorf("%s: told %+v", path, s.told[0])
		}
	}
}
