package proxy

import (
	"context"
	"errors"

	"winnow/proxy/admin"
	"winnow/proxy/keys"
)

// keyDesk is what an administrator sees of the keys of pseudonyms, and does with them.
type keyDesk struct {
	ring func(context.Context) (*keys.Ring, error)
}

// Epochs implements admin.Keys.
func (d keyDesk) Epochs(ctx context.Context) ([]admin.KeyEpoch, error) {
	ring, err := d.ring(ctx)
	if err != nil {
		return nil, err
	}
	list, err := ring.List(ctx)
	if err != nil {
		return nil, err
	}
	shown := make([]admin.KeyEpoch, len(list))
	for i, l := range list {
		shown[i] = keyEpoch(l.Epoch)
		shown[i].Current = l.Current
		for _, k := range l.Keys {
			shown[i].Keys = append(shown[i].Keys, admin.KeyOwner(k))
		}
	}
	return shown, nil
}

func keyEpoch(e keys.Epoch) admin.KeyEpoch {
	return admin.KeyEpoch{Number: e.Number, Began: e.Began, Tenant: e.Tenant, Purpose: e.Purpose, Destroyed: e.Destroyed, Keys: []admin.KeyOwner{}}
}

// Rotate implements admin.Keys.
func (d keyDesk) Rotate(ctx context.Context, actor string) (admin.KeyEpoch, error) {
	ring, err := d.ring(ctx)
	if err != nil {
		return admin.KeyEpoch{}, err
	}
	e, err := ring.Rotate(ctx, actor)
	shown := keyEpoch(e)
	shown.Current = true
	return shown, err
}

// Have implements admin.Keys.
func (d keyDesk) Have(ctx context.Context, which admin.KeyChoice) (int, error) {
	ring, err := d.ring(ctx)
	if err != nil {
		return 0, err
	}
	n, err := ring.Count(ctx, keys.Which(which))
	if errors.Is(err, keys.ErrNoEpoch) {
		err = admin.ErrNoEpoch
	}
	return n, err
}

// Destroy implements admin.Keys.
func (d keyDesk) Destroy(ctx context.Context, actor string, which admin.KeyChoice) (shown admin.KeyProof, err error) {
	ring, err := d.ring(ctx)
	if err != nil {
		return shown, err
	}
	p, err := ring.Destroy(ctx, actor, keys.Which(which))
	shown = admin.KeyProof{At: p.At, What: p.What, Keys: []admin.KeyGone{}, Digest: p.Digest, AuditHead: p.Head}
	for _, k := range p.Keys {
		shown.Keys = append(shown.Keys, admin.KeyGone(k))
	}
	if p.Began != nil {
		began := keyEpoch(*p.Began)
		began.Current = true
		shown.Began = &began
	}
	return shown, err
}
