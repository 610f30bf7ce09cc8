package admin

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"winnow/config"
)

// ConsentAct is what a tenant decides about a purpose.
type ConsentAct string

// The acts.
const (
	ConsentGrant    ConsentAct = "grant"
	ConsentWithdraw ConsentAct = "withdraw"
)

// ConsentChange is what a decision says beside its tenant and purpose.
type ConsentChange struct {
	// Why is a reference of the notice. It is told in the audit log, and so is no identifier of a person.
	Why string `json:"why,omitempty"`
	// Addendum and Streams belong to a grant of training.
	Addendum string   `json:"addendum,omitempty"`
	Streams  []string `json:"streams,omitempty"`
}

// Consents is what tenants decided about statistics and training.
type Consents interface {
	// Show lists the consents of a tenant, of all if it is empty, as what becomes JSON.
	Show(ctx context.Context, tenant string) (any, error)
	// Check tells whether a decision can be meant.
	Check(ctx context.Context, act ConsentAct, purpose, tenant string, change *ConsentChange) error
	// Decide enters one, and answers with what becomes JSON; result is for the audit log.
	Decide(ctx context.Context, actor string, act ConsentAct, purpose, tenant string, change *ConsentChange, result map[string]string) (any, error)
}

// ConsentsResource is what is under /api/v1/consents.
func ConsentsResource(c Consents) Resource {
	list := Resource{{
		Method: http.MethodGet, Path: "/api/v1/consents", Roles: []config.Role{config.RoleViewer, config.RolePrivacyOfficer, config.RoleAdmin},
		Read: func(call *Call) (any, error) {
			if err := call.only("tenant"); err != nil {
				return nil, err
			}
			return c.Show(call.Context(), call.Query("tenant"))
		},
	}}
	for _, act := range []ConsentAct{ConsentGrant, ConsentWithdraw} {
		list = append(list, Operation{
			Method: http.MethodPost, Path: "/api/v1/consents/{purpose}/{tenant}/" + string(act), Roles: officers, Act: "consent." + string(act),
			Plan: planConsent(c, act),
		})
	}
	return list
}

func planConsent(c Consents, act ConsentAct) func(*Call) (Plan, error) {
	return func(call *Call) (Plan, error) {
		var change ConsentChange
		purpose, tenant := call.PathValue("purpose"), call.PathValue("tenant")
		err := call.only()
		if err == nil {
			err = call.Decode(&change)
		}
		if err == nil {
			err = c.Check(call.Context(), act, purpose, tenant, &change)
		}
		if err != nil {
			return Plan{}, err
		}
		details := map[string]string{"purpose": purpose}
		for name, value := range map[string]string{"why": change.Why, "addendum": change.Addendum, "streams": strings.Join(change.Streams, " ")} {
			if value != "" {
				details[name] = value
			}
		}
		return Plan{Object: tenant, Details: details, Do: func(ctx context.Context, result map[string]string) (any, error) {
			return c.Decide(ctx, call.Caller.ID, act, purpose, tenant, &change, result)
		}}, nil
	}
}

// ConsentsClient enters decisions of tenants through the API.
type ConsentsClient struct{ *Client }

// Show reads the consents of a tenant, of all if it is empty, into answer.
func (c ConsentsClient) Show(ctx context.Context, tenant string, answer any) error {
	query := ""
	if tenant != "" {
		query = "?tenant=" + url.QueryEscape(tenant)
	}
	return c.Get(ctx, "/api/v1/consents"+query, answer)
}

// Decide enters a decision, and reads the answer into answer.
func (c ConsentsClient) Decide(ctx context.Context, act ConsentAct, purpose, tenant string, change *ConsentChange, answer any) error {
	return c.Post(ctx, "/api/v1/consents/"+url.PathEscape(purpose)+"/"+url.PathEscape(tenant)+"/"+string(act), change, answer)
}
