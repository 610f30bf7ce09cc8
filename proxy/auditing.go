package proxy

import (
	"fmt"
	"maps"
	"os"
	"time"

	"winnow/config"
	"winnow/proxy/audit"
	"winnow/scrub"
)

// openAudit opens the audit log, with the first configuration that wants one.
func (p *proxy) openAudit(c *config.Config, master []byte) error {
	if p.audit != nil || p.policy != nil { // a change needs a restart
		return nil
	}
	var err error
	if p.audit, err = openBook(c, master, p.o.Now); err != nil || p.audit == nil {
		return err
	}
	return p.openReceipts(c, master)
}

// openBook opens the audit log of a configuration; nil if it wants none.
func openBook(c *config.Config, master []byte, now func() time.Time) (*audit.Log, error) {
	if c.Audit.Off {
		return nil, nil
	}
	key, err := audit.Key(master)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	return audit.Open(c.DataDir, key, now)
}

// record writes an act into the audit log. After an error it must not happen.
func (p *proxy) record(e audit.Entry) error {
	err := p.audit.Append(e)
	if err != nil {
		p.o.Log.Error("the audit log takes nothing: what it should tell of does not happen", "error", err.Error())
	}
	return err
}

// tellAudit tells of a policy that comes into force, and of who may do what from then on, if that is new.
func (p *proxy) tellAudit(c *config.Config, master []byte, policy *scrub.Policy) error {
	if err := p.openAudit(c, master); err != nil {
		return err
	}
	before, knew := "", map[string]string{}
	if p.policy != nil {
		before, knew = p.policy.Digest(), administrators(p.config)
	}
	if now := administrators(c); !maps.Equal(knew, now) {
		if err := p.record(audit.Entry{Actor: "file", Act: "admin.tokens", Details: now}); err != nil {
			return err
		}
	}
	loaded := policyLoaded(c, before, policy.Digest(), policy.Mode())
	if head := p.receipts.head(); head != "" {
		loaded.Details["receipts"] = head
	}
	if copies := policy.Training(); copies != nil {
		loaded.Details["training"] = copies.Digest()
	}
	return p.record(loaded)
}

// policyLoaded is the entry about a policy that comes into force; before is the digest of the one in force until now.
func policyLoaded(c *config.Config, before, digest string, mode config.Mode) audit.Entry {
	details := map[string]string{"digest": digest, "mode": string(mode), "upstreams": fmt.Sprint(len(c.Upstreams)), "tenants": fmt.Sprint(len(c.Tenants))}
	if before != "" {
		details["before"] = before
	}
	return audit.Entry{Actor: "file", Act: "policy.load", Object: c.Policy.Name, Details: details}
}
