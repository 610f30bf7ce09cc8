package proxy

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/consent"
	"winnow/proxy/keys"
	"winnow/proxy/spool"
	"winnow/proxy/values"
)

// consentDesk is what an administrator sees of tenants' decisions, and enters. It takes what is in force with each call.
type consentDesk struct {
	desk func(context.Context) (*consent.Desk, error)
}

// Show implements admin.Consents.
func (d consentDesk) Show(ctx context.Context, tenant string) (any, error) {
	desk, err := d.desk(ctx)
	if err != nil {
		return nil, err
	}
	list, err := desk.Show(ctx, tenant)
	return list, consentProblem(err)
}

func change(purpose, tenant string, c *admin.ConsentChange) *consent.Change {
	return &consent.Change{Tenant: tenant, Purpose: consent.Purpose(purpose), Why: c.Why, Addendum: c.Addendum, Streams: c.Streams}
}

// Check implements admin.Consents.
func (d consentDesk) Check(ctx context.Context, act admin.ConsentAct, purpose, tenant string, c *admin.ConsentChange) error {
	desk, err := d.desk(ctx)
	if err != nil {
		return err
	}
	state := consent.Granted
	if act == admin.ConsentWithdraw {
		state = consent.Withdrawn
	}
	return consentProblem(desk.Check(ctx, change(purpose, tenant, c), state))
}

// Decide implements admin.Consents.
func (d consentDesk) Decide(
	ctx context.Context, actor string, act admin.ConsentAct, purpose, tenant string, c *admin.ConsentChange, result map[string]string,
) (any, error) {
	desk, err := d.desk(ctx)
	if err != nil {
		return nil, err
	}
	var a consent.Answer
	if what := change(purpose, tenant, c); act == admin.ConsentWithdraw {
		a, err = desk.Withdraw(ctx, actor, what)
	} else {
		a, err = desk.Grant(ctx, actor, what)
	}
	if a.Number > 0 {
		result["decision"] = fmt.Sprint(a.Number)
	}
	if p := a.Proof; p != nil {
		result["spool_keys"], result["keys"], result["digest"] = fmt.Sprint(p.SpoolKeys), fmt.Sprint(len(p.Keys)), p.Digest
	}
	return a, consentProblem(err)
}

// consentProblem is what an administrator is told of an error of a desk.
func consentProblem(err error) error {
	switch {
	case errors.Is(err, consent.ErrTenant):
		return admin.NewProblem(http.StatusNotFound, "no_tenant", err.Error())
	case errors.Is(err, consent.ErrPurpose):
		return admin.NewProblem(http.StatusNotFound, "no_purpose", err.Error())
	}
	for _, wrong := range []error{consent.ErrWhy, consent.ErrAddendum, consent.ErrStreams, consent.ErrNarrower, consent.ErrExtra} {
		if errors.Is(err, wrong) {
			return admin.NewProblem(http.StatusBadRequest, "bad_consent", err.Error())
		}
	}
	return err
}

// newConsentDesk makes the desk of a configuration.
func newConsentDesk(c *config.Config, bucket func() (values.Bucket, error)) *consent.Desk {
	d := &consent.Desk{Bucket: bucket}
	for _, t := range c.Tenants {
		d.Tenants = append(d.Tenants, t.ID)
	}
	for _, r := range c.Routes {
		d.Streams = append(d.Streams, r.Path)
	}
	for _, l := range c.Listeners {
		d.Streams = append(d.Streams, l.Address)
	}
	return d
}

// purge erases what waits of a tenant for training, and destroys its keys of pseudonyms for it (TRAIN-3). s is nil if nothing can wait.
func purge(s *spool.Spool, ring *keys.Ring) func(context.Context, string, string) (*consent.Proof, error) {
	return func(ctx context.Context, actor, tenant string) (*consent.Proof, error) {
		p := &consent.Proof{Keys: []consent.Gone{}}
		if s != nil {
			var err error
			if p.SpoolKeys, err = s.Erase(ctx, tenant, training); err != nil {
				return nil, fmt.Errorf("the withdrawal is in force, but what waits could not be erased; withdraw again: %w", err)
			}
		}
		proof, err := ring.Destroy(ctx, actor, keys.Which{Tenant: tenant, Purpose: training})
		if err != nil {
			return nil, fmt.Errorf("the withdrawal is in force, but the training key could not be destroyed; withdraw again: %w", err)
		}
		for _, k := range proof.Keys {
			p.Keys = append(p.Keys, consent.Gone(k))
		}
		p.Digest, p.AuditHead = proof.Digest, proof.Head
		return p, nil
	}
}

// consentDesk is the desk of the proxy that runs.
func (p *proxy) consentDesk() consentDesk {
	return consentDesk{func(context.Context) (*consent.Desk, error) {
		p.reloading.Lock()
		c := p.config // never changed, only replaced
		p.reloading.Unlock()
		d := newConsentDesk(c, func() (values.Bucket, error) { return p.state(consentsBucket) })
		d.Now, d.Live, d.Purge = p.o.Now, p.consents.live, purge(p.spooling.Load(), p.keys)
		return d, nil
	}}
}
