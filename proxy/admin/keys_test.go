package admin_test

import (
	"context"
	"strings"
	"testing"

	"winnow/proxy/admin"
)

// keyStand has the keys of the tenant acme, of epoch 3.
type keyStand struct{ *stand }

func (s keyStand) Epochs(context.Context) ([]admin.KeyEpoch, error) {
	return []admin.KeyEpoch{{Number: 3, Current: true, Keys: []admin.KeyOwner{{Tenant: "acme", Purpose: "operations"}}}}, nil
}

func (s keyStand) Rotate(_ context.Context, actor string) (admin.KeyEpoch, error) {
	s.do("rotate %s", actor)
	return admin.KeyEpoch{Number: 4, Current: true, Keys: []admin.KeyOwner{}}, nil
}

func (s keyStand) Have(_ context.Context, which admin.KeyChoice) (int, error) {
	switch {
	case which.Epoch != nil && *which.Epoch != 3:
		return 0, admin.ErrNoEpoch
	case which.Tenant == "acme" || which.Tenant == "":
		return 1, nil
	}
	return 0, nil
}

func (s keyStand) Destroy(_ context.Context, actor string, which admin.KeyChoice) (admin.KeyProof, error) {
	s.do("destroy %s %s %s", actor, which.Tenant, which.Purpose)
	return admin.KeyProof{Keys: []admin.KeyGone{{Name: "key/acme/operations/3", Digest: "ab"}}, Digest: "cd"}, nil
}

// KEEP-1: what is destroyed is looked up first, and the audit log has who, what, and the digest of the keys that went.
func TestKEEP1KeysAreDestroyed(t *testing.T) {
	for path, want := range map[string]string{
		"epochs/3/destroy":                         "",
		"tenants/acme/destroy?purpose=training":    "",
		"tenants/acme/destroy?epoch=3":             "",
		"epochs/9/destroy":                         "no_epoch",
		"epochs/planted/destroy":                   "no_epoch",
		"epochs/3/destroy?tenant=acme":             "bad_parameter",
		"tenants/planted/destroy":                  "no_keys",
		"tenants/acme/destroy?epoch=9":             "no_epoch",
		"tenants/acme/destroy?purposes=operations": "bad_parameter",
	} {
		s := newStand(t)
		if s.acts(t, "/api/v1/keys/"+path, want) && !strings.HasPrefix(s.done[0], "destroy privacy_officer-1") {
			t.Errorf("%s: done %q", path, s.done)
		}
	}
}
