package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/keys"
	"winnow/proxy/spool"
	"winnow/proxy/subjects"
	"winnow/proxy/values"
	"winnow/scrub/detect"
	"winnow/scrub/pseudonym"
	"winnow/scrub/selector"
)

// personsDesk is what an administrator does about persons. It takes what is in force with each call.
type personsDesk struct {
	desk func() (*subjects.Desk, error)
}

// newPersonsDesk makes the desk of a configuration. own are the keys of digests, and ring has those of pseudonyms.
func newPersonsDesk(
	c *config.Config, own *pseudonym.Domain, bucket func() (values.Bucket, error), now func() time.Time, ring *keys.Ring, s *spool.Spool,
) (d *subjects.Desk, err error) {
	d = &subjects.Desk{
		Bucket: bucket, Keys: own, Now: now, Kinds: tokenKinds(c), Linger: c.LongestAge(), MaxAge: time.Duration(c.Retention.Suppressions), Waiting: waiting(s),
	}
	d.Kept = func(ctx context.Context, tenant string) (list []subjects.Key, err error) {
		var errs []error
		for _, purpose := range []string{purpose, training} {
			domains, err := ring.Epochs(ctx, tenant, purpose)
			for _, domain := range domains {
				list = append(list, subjects.Key{Tenant: tenant, Purpose: purpose, Domain: domain})
			}
			errs = append(errs, err)
		}
		return list, errors.Join(errs...)
	}
	for _, t := range c.Tenants {
		d.Tenants = append(d.Tenants, t.ID)
	}
	d.Found, d.Named = foundKinds(c), len(c.Policy.Subjects) > 0
	d.Backends, err = backendsOf(c)
	return d, err
}

// tokenKinds are the kinds that pseudonyms of a configuration have.
func tokenKinds(c *config.Config) (kinds []string) {
	add := func(a config.Action, otherwise string) {
		if a.Kind != config.ActionPseudonym {
			return
		}
		if a.As != "" {
			otherwise = a.As
		}
		kinds = append(kinds, otherwise)
	}
	for _, r := range c.AllRules() {
		if slices.ContainsFunc(r.Fields, func(field string) bool { return meets(field, c.Policy.Subjects) }) {
			add(r.Action, pseudonym.KindID)
		}
	}
	for name, d := range c.Policy.Detectors {
		if id, ok := detect.ByName(name); ok && d.Action != nil {
			add(*d.Action, tokenKind(detect.Table[id].Placeholder))
		}
	}
	for _, r := range c.Policy.Custom {
		if r.Action != nil {
			add(*r.Action, tokenKind(r.ID))
		}
	}
	if c.Training.On() {
		kinds = append(kinds, tokenKinds(c.ForTraining())...)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// foundKinds are the kinds of what detectors find that names a person.
func foundKinds(c *config.Config) (kinds []string) {
	for id := detect.None + 1; int(id) < detect.Count; id++ {
		info := detect.Table[id]
		set := c.Policy.Detectors[info.Name]
		if info.Class == config.ClassIdentity && (info.On || set.On) && !set.Off {
			kinds = append(kinds, tokenKind(info.Placeholder))
		}
	}
	for _, r := range c.Policy.Custom {
		if r.Class == config.ClassIdentity {
			kinds = append(kinds, tokenKind(r.ID))
		}
	}
	return kinds
}

// meets tells whether a rule's field may be one that names a person: it matches one, or neither can be told.
func meets(field string, named []string) bool {
	rule, err := selector.Parse(field)
	return slices.ContainsFunc(named, func(name string) bool {
		return err != nil || strings.Contains(name, "*") || rule.Match(name)
	})
}

// tokenKind is the kind that a placeholder, or a rule's id, gives to a finding.
func tokenKind(placeholder string) string {
	return strings.ReplaceAll(strings.Trim(placeholder, "[]"), "-", "_")
}

// backendTimeout bounds one call that erases.
const backendTimeout = 30 * time.Second

// backendsOf are the upstreams of a configuration, in the languages in which they can be asked to erase.
func backendsOf(c *config.Config) (list []subjects.Backend, err error) {
	for i := range c.Upstreams {
		u := &c.Upstreams[i]
		b := subjects.Backend{Upstream: u.ID, Index: u.Index, Fields: tokenFields(c)}
		if u.Type == config.UpstreamHTTP {
			b.URL = strings.TrimSuffix(u.URL, "/")
			b.Headers = map[string]string{}
			for name, value := range u.Headers {
				b.Headers[name] = value.Reveal()
			}
			if b.Client, err = backendClient(u); err != nil {
				return nil, err
			}
		}
		for _, speaks := range speechOf(c, u) {
			one := b
			if one.Speaks = speaks; speaks == subjects.SpeaksClickHouse || speaks == subjects.SpeaksOther || speaks == subjects.SpeaksVictoriaLogs {
				one.Client = nil // it is told what to run
			}
			list = append(list, one)
		}
	}
	return list, nil
}

// tokenFields are the fields in which pseudonyms of persons leave: those that name one, and those in which a rule makes pseudonyms of the same kinds.
func tokenFields(c *config.Config) []string {
	fields, kinds := slices.Clone(c.Policy.Subjects), tokenKinds(c)
	for _, r := range c.AllRules() {
		if r.Action.Kind == config.ActionPseudonym && slices.Contains(kinds, cmp.Or(r.Action.As, pseudonym.KindID)) {
			fields = append(fields, r.Fields...)
		}
	}
	return fields
}

func backendClient(u *config.Upstream) (*http.Client, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if u.CAFile != "" {
		text, err := os.ReadFile(u.CAFile)
		if err != nil {
			return nil, fmt.Errorf("upstream %q: %w", u.ID, err)
		}
		if t.RootCAs = x509.NewCertPool(); !t.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("upstream %q: ca_file holds no certificate in PEM form", u.ID)
		}
	}
	return &http.Client{Timeout: backendTimeout, Transport: &http.Transport{TLSClientConfig: t, DisableKeepAlives: true}}, nil
}

// speechOf are the languages of an upstream: of the format that it is handed, or of the protocols whose ways lead to it.
func speechOf(c *config.Config, u *config.Upstream) (list []subjects.Speech) {
	add := func(s subjects.Speech) {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	switch {
	case u.Type != config.UpstreamHTTP:
		return []subjects.Speech{subjects.SpeaksOther}
	case u.Format == config.FormatLoki:
		return []subjects.Speech{subjects.SpeaksLoki}
	case u.Format == config.FormatElasticsearch:
		return []subjects.Speech{subjects.SpeaksElasticsearch}
	case u.Format != config.FormatSame && u.Format != "":
		return []subjects.Speech{subjects.SpeaksVictoriaLogs, subjects.SpeaksOther}
	}
	for _, r := range c.Routes {
		switch {
		case upstreamOf(c, r.Upstream) != u.ID:
		case strings.HasPrefix(r.Path, "/insert/"):
			add(subjects.SpeaksVictoriaLogs)
		case r.Protocol == config.ProtocolLoki:
			add(subjects.SpeaksLoki)
		case r.Protocol == config.ProtocolElasticsearch:
			add(subjects.SpeaksElasticsearch)
		case r.Protocol == config.ProtocolClickHouse:
			add(subjects.SpeaksClickHouse)
		default:
			add(subjects.SpeaksOther)
		}
	}
	return list
}

// Subject implements admin.Subjects.
func (d personsDesk) Subject(q *admin.SubjectQuery) (string, error) {
	desk, err := d.desk()
	if err != nil {
		return "", err
	}
	if q.Value == "" && q.Tenant != "" {
		return q.Tenant, nil // a tenant's legal hold; do checks that it is configured
	}
	digest, err := desk.Digest(query(q))
	if err != nil {
		return "", problemWith(err)
	}
	return digest.String(), nil
}

func query(q *admin.SubjectQuery) *subjects.Query {
	return &subjects.Query{
		Kind: q.Kind, Value: q.Value, Tenant: q.Tenant, Purposes: q.Purposes, Action: subjects.Action(q.Action), Why: q.Why, To: q.To, Call: q.Call,
	}
}

// Do implements admin.Subjects.
func (d personsDesk) Do(ctx context.Context, actor string, act admin.SubjectAct, q *admin.SubjectQuery, result map[string]string) (any, error) {
	desk, err := d.desk()
	if err != nil {
		return nil, err
	}
	var a subjects.Answer
	what := query(q)
	switch act {
	case admin.SubjectAccess:
		a, err = desk.Access(ctx, what)
	case admin.SubjectRestrict:
		a, err = desk.Restrict(ctx, actor, what)
	case admin.SubjectRelease:
		a, err = desk.Release(ctx, what)
	case admin.SubjectErase:
		a, err = desk.Erase(ctx, actor, what)
	case admin.SubjectCorrect:
		a, err = desk.Correct(ctx, what)
	case admin.SubjectHold:
		a, err = desk.Hold(ctx, actor, what)
	case admin.SubjectUnhold:
		a, err = desk.Unhold(ctx, what)
	}
	if err != nil {
		return nil, problemWith(err)
	}
	a.Warnings = desk.Doubts(what)
	tellOf(&a, result)
	return a, nil
}

// tellOf is what the audit log is told of an answer.
func tellOf(a *subjects.Answer, result map[string]string) {
	if a.Deferred != "" {
		result["result"], result["hold"] = "deferred", a.Deferred
	}
	if n := len(a.Waiting); n > 0 {
		result["waiting_batches"] = fmt.Sprint(n)
	}
	if n := len(a.Warnings); n > 0 {
		result["warnings"] = fmt.Sprint(n)
	}
	called, failed := 0, 0
	for _, q := range a.Queries {
		if q.Called {
			called++
			if q.Status/100 != 2 {
				failed++
			}
		}
	}
	if n := len(a.Queries); n > 0 {
		result["queries"], result["called"], result["call_failed"] = fmt.Sprint(n), fmt.Sprint(called), fmt.Sprint(failed)
	}
}

// problemWith is what an administrator is told of an error of a desk. None holds an identifier.
func problemWith(err error) error {
	for _, wrong := range []error{
		subjects.ErrValue, subjects.ErrKind, subjects.ErrTenant, subjects.ErrAction, subjects.ErrPurpose, subjects.ErrWhy, subjects.ErrTo, subjects.ErrHold,
	} {
		if errors.Is(err, wrong) {
			return admin.NewProblem(http.StatusBadRequest, "bad_subject", err.Error())
		}
	}
	if errors.Is(err, subjects.ErrNobody) {
		return admin.NewProblem(http.StatusNotFound, "no_subject", err.Error())
	}
	return err
}

// personsDesk is the desk of the proxy that runs.
func (p *proxy) personsDesk() personsDesk {
	return personsDesk{func() (*subjects.Desk, error) {
		p.reloading.Lock()
		c := p.config // never changed, only replaced
		p.reloading.Unlock()
		s := p.site.Load()
		if s == nil {
			return nil, errList
		}
		return newPersonsDesk(c, s.people.keys, func() (values.Bucket, error) { return p.state(suppressions) }, p.o.Now, s.keys, p.spooling.Load())
	}}
}

// expirePersons ends orders whose time is over.
func (p *proxy) expirePersons(ctx context.Context) {
	desk, err := p.personsDesk().desk()
	if err == nil {
		err = desk.Expire(ctx)
	}
	if err != nil {
		p.o.Log.Error("orders about persons could not be ended in time", "error", err.Error())
	}
}
