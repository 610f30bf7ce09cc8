package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"winnow/config"
)

// Keys is what an administrator sees of the keys of pseudonyms, and does with them. No key is ever shown.
type Keys interface {
	// Epochs lists them, oldest first.
	Epochs(ctx context.Context) ([]KeyEpoch, error)
	// Rotate begins a new epoch.
	Rotate(ctx context.Context, actor string) (KeyEpoch, error)
	// Have tells how many keys there are of a choice; ErrNoEpoch if there is no such epoch.
	Have(ctx context.Context, which KeyChoice) (int, error)
	// Destroy destroys them for ever.
	Destroy(ctx context.Context, actor string, which KeyChoice) (KeyProof, error)
}

// Errors of Keys.
var (
	ErrNoEpoch = NewProblem(http.StatusNotFound, "no_epoch", "there is no such epoch; `winnow keys list` shows all")
	ErrNoKeys  = NewProblem(http.StatusNotFound, "no_keys", "no key is kept of this tenant, purpose and epoch: nothing is to be destroyed")
)

// KeyEpoch is a time in which keys of pseudonyms do not change.
type KeyEpoch struct {
	// Number stands in pseudonyms: email_e7_...
	Number uint32    `json:"number"`
	Began  time.Time `json:"began"`
	// Tenant and Purpose are those that the epoch is for alone; empty: all.
	Tenant  string `json:"tenant,omitempty"`
	Purpose string `json:"purpose,omitempty"`
	// Destroyed is when its keys were; nil: they are kept.
	Destroyed *time.Time `json:"destroyed,omitempty"`
	// Current tells whether its keys are in use.
	Current bool `json:"current"`
	// Keys that are kept.
	Keys []KeyOwner `json:"keys"`
}

// KeyOwner is whose a key is.
type KeyOwner struct {
	Tenant  string `json:"tenant"`
	Purpose string `json:"purpose"`
}

// KeyChoice is which keys an act is about. Epoch nil: of all epochs.
type KeyChoice struct {
	Epoch           *uint32
	Tenant, Purpose string
}

// KeyProof is what can be shown of a destruction.
type KeyProof struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	Keys []KeyGone `json:"keys"`
	// Digest is SHA-256 over a line "NAME DIGEST\n" for each key. The line keys.shred of the audit log has it too.
	Digest string `json:"digest"`
	// Began is the epoch that began because a current key was destroyed.
	Began *KeyEpoch `json:"began,omitempty"`
	// AuditHead is the last line of the audit log afterwards, NUMBER:HASH; empty without one.
	AuditHead string `json:"audit_head"`
}

// KeyGone is a key that was destroyed, and SHA-256 of it as it was kept, wrapped.
type KeyGone struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// KeysResource is what is under /api/v1/keys.
func KeysResource(k Keys) Resource {
	return Resource{
		{
			Method: http.MethodGet, Path: "/api/v1/keys", Roles: []config.Role{config.RoleViewer, config.RolePrivacyOfficer, config.RoleAdmin},
			Read: func(c *Call) (any, error) { return k.Epochs(c.Context()) },
		},
		{
			Method: http.MethodPost, Path: "/api/v1/keys/rotate", Roles: officers, Act: "keys.rotate",
			Plan: func(c *Call) (Plan, error) {
				return Plan{Do: func(ctx context.Context, result map[string]string) (any, error) {
					e, err := k.Rotate(ctx, c.Caller.ID)
					result["epoch"] = strconv.FormatUint(uint64(e.Number), 10)
					return e, err
				}}, c.only()
			},
		},
		{
			Method: http.MethodPost, Path: "/api/v1/keys/epochs/{number}/destroy", Roles: officers, Act: "keys.destroy",
			Plan: func(c *Call) (Plan, error) {
				epoch, err := epochNumber(c.PathValue("number"))
				if err == nil {
					err = c.only()
				}
				if err == nil {
					_, err = k.Have(c.Context(), KeyChoice{Epoch: epoch})
				}
				return destroyKeys(k, c, KeyChoice{Epoch: epoch}), err
			},
		},
		{
			Method: http.MethodPost, Path: "/api/v1/keys/tenants/{tenant}/destroy", Roles: officers, Act: "keys.destroy",
			Plan: func(c *Call) (Plan, error) {
				which, err := tenantKeys(c)
				if err != nil {
					return Plan{}, err
				}
				n, err := k.Have(c.Context(), which)
				if err == nil && n == 0 {
					err = ErrNoKeys
				}
				return destroyKeys(k, c, which), err
			},
		},
	}
}

// epochNumber is the number of an epoch in a path or query.
func epochNumber(text string) (*uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return nil, ErrNoEpoch
	}
	number := uint32(n)
	return &number, nil
}

// tenantKeys is the choice of a tenant, of a purpose and of an epoch if the query names them.
func tenantKeys(c *Call) (which KeyChoice, err error) {
	if err = c.only("purpose", "epoch"); err != nil {
		return which, err
	}
	which = KeyChoice{Tenant: c.PathValue("tenant"), Purpose: c.Query("purpose")}
	if text := c.Query("epoch"); text != "" {
		which.Epoch, err = epochNumber(text)
	}
	return which, err
}

// destroyKeys plans a destruction of keys that have been looked up.
func destroyKeys(k Keys, c *Call, which KeyChoice) Plan {
	object, details := which.Tenant, map[string]string{}
	if which.Purpose != "" {
		details["purpose"] = which.Purpose
	}
	if which.Epoch != nil {
		details["epoch"] = strconv.FormatUint(uint64(*which.Epoch), 10)
	}
	return Plan{Object: object, Details: details, Do: func(ctx context.Context, result map[string]string) (any, error) {
		p, err := k.Destroy(ctx, c.Caller.ID, which)
		result["keys"], result["digest"] = strconv.Itoa(len(p.Keys)), p.Digest
		return p, err
	}}
}

// KeysClient handles keys of pseudonyms through the API.
type KeysClient struct{ *Client }

// Epochs lists them, oldest first.
func (c KeysClient) Epochs(ctx context.Context) (list []KeyEpoch, err error) {
	return list, c.Get(ctx, "/api/v1/keys", &list)
}

// Rotate begins a new epoch.
func (c KeysClient) Rotate(ctx context.Context) (e KeyEpoch, err error) {
	return e, c.Post(ctx, "/api/v1/keys/rotate", nil, &e)
}

// Destroy destroys keys for ever.
func (c KeysClient) Destroy(ctx context.Context, which KeyChoice) (p KeyProof, err error) {
	epoch := ""
	if which.Epoch != nil {
		epoch = strconv.FormatUint(uint64(*which.Epoch), 10)
	}
	if which.Tenant == "" {
		return p, c.Post(ctx, "/api/v1/keys/epochs/"+epoch+"/destroy", nil, &p)
	}
	query := url.Values{}
	for name, value := range map[string]string{"purpose": which.Purpose, "epoch": epoch} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return p, c.Post(ctx, "/api/v1/keys/tenants/"+url.PathEscape(which.Tenant)+"/destroy?"+query.Encode(), nil, &p)
}
