package explain

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"winnow/config"
	"winnow/scrub"
)

// tenants compares who may send, as whom, and how much.
func (d *Diff) tenants(prior, next *config.Config) {
	for o, n := range pairs(prior.Tenants, next.Tenants, tenantID) {
		if o == nil {
			d.add(scrub.Neutral, "tenant", n.ID, "is new")
			continue
		}
		if n == nil {
			d.add(scrub.Neutral, "tenant", o.ID, "may no longer send")
			continue
		}
		d.keys(o, n)
		if more := lacking(n.Certificates, o.Certificates); len(more) > 0 {
			d.add(scrub.Neutral, "tenant", n.ID, "is newly told by certificates of "+strings.Join(more, ", "))
		}
		if less := lacking(o.Certificates, n.Certificates); len(less) > 0 {
			d.add(scrub.Neutral, "tenant", n.ID, "is no longer told by certificates of "+strings.Join(less, ", "))
		}
		d.bounds("tenant", n.ID+", ", limitsOf(prior, o), limitsOf(next, n))
		d.tightened(n.ID, o.Policy, n.Policy, prior, next)
	}
	if len(prior.Tenants)+len(next.Tenants) == 0 {
		d.bounds("tenant", "default, ", prior.TenantLimits, next.TenantLimits)
	}
}

// keys compares the ingest keys of a tenant.
func (d *Diff) keys(old, now *config.Tenant) {
	if more := lacking(now.Keys, old.Keys); len(more) > 0 {
		d.add(scrub.Neutral, "tenant", now.ID, "newly takes "+plural(len(more), "key")+" for everything")
	}
	if less := lacking(old.Keys, now.Keys); len(less) > 0 {
		d.add(scrub.Neutral, "tenant", now.ID, "no longer takes "+plural(len(less), "key")+" for everything")
	}
	for o, n := range pairs(old.ScopedKeys, now.ScopedKeys, scopedKeyID) {
		if o == nil {
			d.add(scrub.Neutral, "tenant", now.ID, "newly takes the key "+n.ID+", good "+scope(n))
			continue
		}
		if n == nil {
			d.add(scrub.Neutral, "tenant", now.ID, "no longer takes the key "+o.ID)
			continue
		}
		if o.Hash != n.Hash {
			d.add(scrub.Neutral, "tenant", now.ID, "newly takes another key as "+n.ID+", and no longer the one before")
		}
		if scope(o) != scope(n) {
			d.add(scrub.Neutral, "tenant", now.ID, "takes the key "+n.ID+" "+scope(n)+", before "+scope(o))
		}
	}
}

// scope says what a key is good for.
func scope(k *config.ScopedKey) string {
	text := "for every protocol"
	if len(k.Protocols) > 0 {
		text = "for " + strings.Join(words(k.Protocols), ", ")
	}
	if len(k.Routes) > 0 {
		text += " on " + strings.Join(k.Routes, ", ")
	}
	if k.NotBefore != "" {
		text += " from " + k.NotBefore
	}
	if k.Expires != "" {
		text += " until " + k.Expires
	}
	return text
}

// limitsOf are the limits of a tenant: its own, or those for all.
func limitsOf(c *config.Config, t *config.Tenant) config.TenantLimits {
	if t.Limits == (config.TenantLimits{}) {
		return c.TenantLimits
	}
	return t.Limits
}

// bounds compares two structs of limits field by field, by their words of configuration.
func (d *Diff) bounds(what, before string, old, now any) {
	o, n := reflect.ValueOf(old), reflect.ValueOf(now)
	for i := range o.NumField() {
		if from, to := o.Field(i), n.Field(i); from.Int() != to.Int() {
			d.add(scrub.Neutral, what, before+o.Type().Field(i).Tag.Get("yaml"), "is "+bound(to)+", before "+bound(from))
		}
	}
}

// bound is a limit in words.
func bound(v reflect.Value) string {
	switch n := v.Interface().(type) {
	case config.Duration:
		return length(n)
	case config.Size:
		if n != 0 {
			return size(n)
		}
	}
	if v.Int() == 0 {
		return "without bound"
	}
	return strconv.FormatInt(v.Int(), 10)
}

// access compares what is let in of whom, and who may administer.
func (d *Diff) access(prior, next *config.Config) {
	d.bounds("limits", "", prior.Limits, next.Limits)
	if prior.Limits.MaxRecordBytes < next.Limits.MaxRecordBytes {
		d.add(scrub.Neutral, "limits", "max_record_bytes", "is larger: records that were withheld as too long can leave, scrubbed")
	}
	if more := lacking(next.TrustedProxies, prior.TrustedProxies); len(more) > 0 {
		d.add(scrub.Neutral, "trusted_proxies", strings.Join(more, ", "), "are newly believed about whose address, or which tenant, a request is of")
	}
	if less := lacking(prior.TrustedProxies, next.TrustedProxies); len(less) > 0 {
		d.add(scrub.Neutral, "trusted_proxies", strings.Join(less, ", "), "are no longer believed: their own address counts as the client's")
	}
	d.tokens(prior.Admin.Tokens, next.Admin.Tokens)
}

// officers are the roles that see what is kept of records.
var officers = []config.Role{config.RolePrivacyOfficer, config.RoleAdmin}

func sees(t *config.Token) bool { return t != nil && slices.Contains(officers, t.Role) }

// tokens compares who may administer. Whoever newly sees what is kept of records is somebody that data is let out to.
func (d *Diff) tokens(prior, next []config.Token) {
	for o, n := range pairs(prior, next, tokenID) {
		switch {
		case o == nil:
			d.token(o, n, "newly administers as "+string(n.Role)+until(n))
			continue
		case n == nil:
			d.token(o, n, "no longer administers")
			continue
		case o.Role != n.Role:
			d.token(o, n, "administers as "+string(n.Role)+", before as "+string(o.Role))
		}
		if o.Hash != n.Hash {
			d.add(scrub.Neutral, "administrator", n.ID, "has another token, and the one before is no longer taken")
		}
		if o.Expires != n.Expires {
			d.later(o, n)
		}
	}
}

// token notes a change of who administers; either may be nil.
func (d *Diff) token(old, now *config.Token, words string) {
	effect, who := scrub.Neutral, cmp.Or(now, old)
	switch {
	case sees(now) && !sees(old):
		effect, words = scrub.LetsOut, words+", and so newly sees what is kept of records"
	case sees(old) && !sees(now):
		effect, words = scrub.Withholds, words+", and so no longer sees what is kept of records"
	}
	d.add(effect, "administrator", who.ID, words)
}

func until(t *config.Token) string {
	if t.Expires == "" {
		return ""
	}
	return " until " + t.Expires
}

// later notes that a token is good for longer, or not so long.
func (d *Diff) later(old, now *config.Token) {
	before, _ := config.ParseTime(old.Expires)
	is, _ := config.ParseTime(now.Expires)
	effect := scrub.Neutral
	switch longer := is.IsZero() || !before.IsZero() && is.After(before); {
	case sees(now) && sees(old) && longer:
		effect = scrub.LetsOut
	case sees(now) && sees(old):
		effect = scrub.Withholds
	}
	d.add(effect, "administrator", now.ID, fmt.Sprintf("may administer%s, before%s", ends(now), ends(old)))
}

func ends(t *config.Token) string {
	if t.Expires == "" {
		return " for ever"
	}
	return until(t)
}

// persons compares for how long it is heeded that a person is restricted, and whether a directory says who is.
func (d *Diff) persons(prior, next *config.Config) {
	if before, now := prior.Retention.Suppressions, next.Retention.Suppressions; before != now {
		effect := scrub.Withholds
		if now != 0 && (before == 0 || now < before) {
			effect = scrub.LetsOut
		}
		d.add(effect, "retention", "restrictions and objections of persons", "are heeded "+ending(now)+"; before "+ending(before))
	}
	before, now := prior.Directory, next.Directory
	switch {
	case before.On() && !now.On():
		d.add(scrub.LetsOut, "policy", "directory", "is no longer read: users who are taken out of it are not restricted any more")
	case now.On() && !before.On():
		d.add(scrub.Withholds, "policy", "directory", "is read: users who are taken out of it are restricted")
	case before.Tenant != now.Tenant && now.Tenant != "":
		d.add(scrub.LetsOut, "policy", "directory", "is about users of tenant "+now.Tenant+" only; before "+cmp.Or(before.Tenant, "all"))
	case before.Tenant != now.Tenant:
		d.add(scrub.Withholds, "policy", "directory", "is about users of all tenants; before "+before.Tenant)
	}
}
