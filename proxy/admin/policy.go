package admin

import (
	"context"
	"errors"
	"net/http"

	"winnow/config"
)

// Policies is the policy in force, and how another one comes.
type Policies interface {
	// Policy in force.
	Policy() PolicyInfo
	// Inventory of what it takes and lets out, as `winnow inventory --format json` prints it.
	Inventory() any
	// Reload reads the configuration anew. The error says what is wrong in it, as config.Mistakes at best; the old one then stays.
	Reload() error
}

// PolicyInfo names a policy.
type PolicyInfo struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
	Mode   string `json:"mode"`
}

// PolicyResource is what is under /api/v1/policy.
func PolicyResource(p Policies) Resource {
	return Resource{
		{
			Method: http.MethodGet, Path: "/api/v1/policy", Roles: everyone,
			Read: func(*Call) (any, error) { return p.Policy(), nil },
		},
		{
			Method: http.MethodGet, Path: "/api/v1/policy/inventory", Roles: everyone,
			Read: func(*Call) (any, error) { return p.Inventory(), nil },
		},
		{
			Method: http.MethodPost, Path: "/api/v1/policy/reload", Roles: []config.Role{config.RoleTuner, config.RoleAdmin}, Act: "policy.reload",
			Plan: func(*Call) (Plan, error) { return Plan{Object: p.Policy().Name, Do: reload(p)}, nil },
		},
	}
}

// reload answers with the policy that is then in force.
func reload(p Policies) func(context.Context, map[string]string) (any, error) {
	return func(_ context.Context, result map[string]string) (any, error) {
		if err := p.Reload(); err != nil {
			return nil, notTaken(err)
		}
		now := p.Policy()
		result["digest"] = now.Digest
		return now, nil
	}
}

// notTaken is what is said of a configuration that does not load.
func notTaken(err error) error {
	if p := (*Problem)(nil); errors.As(err, &p) {
		return p
	}
	p := NewProblem(http.StatusUnprocessableEntity, "not_taken", "the configuration was not taken, the old one stays: "+err.Error())
	var list config.Mistakes
	if errors.As(err, &list) {
		p.Detail = "the configuration has mistakes, the old one stays"
		for _, m := range list {
			p.Mistakes = append(p.Mistakes, m.Error())
		}
	}
	return p
}
