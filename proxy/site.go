package proxy

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/proxy/geo"
	"winnow/proxy/ingest"
	"winnow/proxy/rpc"
	"winnow/proxy/ruletest"
	"winnow/proxy/upstream"
	"winnow/scrub"
	"winnow/scrub/detect"
)

// held is an upstream in use, and what it was made of.
type held struct {
	*target
	made config.Upstream
}

// parts are what a site is made of beside its configuration.
type parts struct {
	policy *scrub.Policy
	secret []byte // the master secret
	fresh  bool   // it was made just now
	places *geo.DB
	shown  []*tls.Config

	targets map[string]*held
	tokens  []admin.Token
}

// put makes a site of the configuration and puts it in force. On an error nothing has changed.
func (p *proxy) put(c *config.Config) error {
	m, err := p.read(c)
	if err != nil {
		return err
	}
	s, table, err := p.assemble(c, m)
	if err != nil {
		p.dismiss(m.targets, p.targets)
		return err
	}
	p.enact(c, m, s)
	before := p.server.Use(ingest.NewSite(table, s, int(c.Limits.MaxBodyBytes)))
	p.replace(m.targets, before)
	p.site.Store(s)
	p.startQueues()
	return nil
}

// read makes what needs no state: the policy, and what other files hold.
func (p *proxy) read(c *config.Config) (*parts, error) {
	m := &parts{}
	var err error
	if m.policy, err = ruletest.Compile(c); err != nil {
		return nil, err
	}
	if m.secret, m.fresh, err = anyMaster(c); err != nil {
		return nil, err
	}
	if m.places, err = p.places(c.Geo); err != nil {
		return nil, err
	}
	if m.shown, err = certificates(c); err != nil {
		return nil, err
	}
	if m.targets, err = p.connect(c); err != nil {
		return nil, err
	}
	return m, nil
}

// assemble makes the site and the table that leads to it, and tells the audit log.
func (p *proxy) assemble(c *config.Config, m *parts) (*site, *ingest.Table, error) {
	if err := p.openKeys(c, m.secret); err != nil {
		return nil, nil, err
	}
	if err := p.openQueues(c, m.secret); err != nil {
		return nil, nil, err
	}
	p.keepPolicies(m.policy)
	known, err := p.peopleOf(c, m.secret)
	if err != nil {
		return nil, nil, err
	}
	s := &site{
		policy: m.policy, maxDecoded: int(c.Limits.MaxDecodedBytes), now: p.o.Now, metrics: p.metrics,
		people:   known,
		keys:     p.keys,
		idKey:    idKey(m.secret),
		refusals: p.metrics.Refusals(refusals[:]),
	}
	var told func() bool
	if m.places != nil && !m.places.Empty() {
		s.geo, told = m.places, m.places.TellsCountries
	}
	s.residency = p.residency(c, told)
	s.copying = p.copyingOf(c, m.policy)
	s.routes = p.routesOf(c, m)
	keys, certificates, open, err := tenants(c, p.metrics.KeyUsed)
	tokens, wrong := adminTokens(c)
	if err = errors.Join(err, wrong); err != nil {
		return nil, nil, err
	}
	m.tokens = tokens
	table := ingest.NewTable(p.codecs, c.Routes, c.Listeners, keys, open).Trust(trusted(c)).Certify(certificates)
	return s, table, p.tellAudit(c, m.secret, m.policy)
}

// routesOf are the ways of routes and then of listeners, in the table's order.
func (p *proxy) routesOf(c *config.Config, m *parts) []route {
	made := p.rulings(c, m.policy)
	list := make([]route, 0, len(c.Routes)+len(c.Listeners))
	for _, r := range c.Routes {
		id := upstreamOf(c, r.Upstream)
		list = append(list, route{
			rulings: made.of(len(list)), path: r.UpstreamPath, destination: destination{m.targets[id].target, p.lanesOf(c, r.Delivery, id)},
			regions: p.regions(c, m.targets, r.Delivery), idempotency: r.Idempotency, counters: p.metrics.Route(r.Path, string(r.Protocol)),
		})
	}
	for _, l := range c.Listeners {
		id := upstreamOf(c, l.Upstream)
		list = append(list, route{
			rulings: made.of(len(list)), destination: destination{m.targets[id].target, p.lanesOf(c, l.Delivery, id)},
			regions: p.regions(c, m.targets, l.Delivery), idempotency: l.Idempotency, counters: p.metrics.Route(l.Address, string(l.Protocol)),
		})
	}
	return list
}

// enact has everything beside the ways in follow the configuration. Nothing can fail any more.
func (p *proxy) enact(c *config.Config, m *parts, s *site) {
	s.stats, s.receipts = p.countBy(c), p.receipts.counts()
	p.resumeWindow(c, m.secret)
	s.quotas, s.tenants = p.quotasOf(c)
	s.issued = c.Tenants
	p.config, p.policy, p.geo = c, m.policy, m.places
	p.policies.use(c, m.policy)
	if p.spool != nil {
		p.spool.SetAges(spoolAges(c))
	}
	p.keys.Set(keySettings(c))
	p.consents.live.SetMaxStaleness(time.Duration(c.MaxStaleness))
	p.secure(c, m.shown)
	p.api.Use(m.tokens)
	if m.fresh {
		p.newSecret = filepath.Join(c.DataDir, masterFile)
		p.o.Log.Info("made a master secret for pseudonyms; keep it: without it the same value gets another pseudonym", "file", p.newSecret)
	}
	p.budget.SetLimit(int64(c.Limits.MaxInflightBytes))
	p.metrics.Policy(m.policy.Name(), m.policy.Digest(), string(m.policy.Mode()), int64(c.Limits.MaxInflightBytes))
	p.metrics.Reloaded(true, p.o.Now())
	p.tellGeo()
}

// refusals names codec's, in their order; the first stands for what is none of them.
var refusals = [...]string{
	"other", codec.Malformed: "malformed", codec.TooLarge: "too_large", codec.UnsupportedEncoding: "unsupported_encoding",
	codec.Unauthorised: "unauthorised", codec.NotFound: "not_found", codec.Forbidden: "forbidden",
	codec.Busy: "busy", codec.NotReady: "not_ready",
	codec.UpstreamDown: "upstream_down", codec.UpstreamTimeout: "upstream_timeout",
}

// findings lists the detectors by ID, the operator's own behind the others, without the first, and what is done with what they find.
func findings(c *config.Config) []admin.Finding {
	var list []admin.Finding
	for id := detect.None + 1; int(id) < detect.Count; id++ {
		name := detect.Table[id].Name
		kind := config.ActionReplace
		if a := c.Policy.Detectors[name].Action; a != nil {
			kind = a.Kind
		}
		list = append(list, admin.Finding{Detector: name, Action: string(kind)})
	}
	for _, r := range c.Policy.Custom {
		kind := config.ActionReplace
		if r.Action != nil {
			kind = r.Action.Kind
		}
		list = append(list, admin.Finding{Detector: r.ID, Action: string(kind)})
	}
	return list
}

// tenants are the keys and certificates by which they are known, and the one that needs neither where none has any.
func tenants(c *config.Config, used func(tenant, key string) func()) (keys ingest.Keys, certificates map[string]string, open string, err error) {
	keys, certificates = ingest.Keys{}, map[string]string{}
	for i, t := range c.Tenants {
		place := fmt.Sprintf("tenants[%d].", i)
		for k, text := range t.Keys {
			hash, err := keyHash(text)
			if err != nil {
				return nil, nil, "", c.Mistakef(fmt.Sprintf("%skeys[%d]", place, k), "tenant %q: %v", t.ID, err)
			}
			keys[hash] = &ingest.Key{Tenant: t.ID}
		}
		for k, scoped := range t.ScopedKeys {
			hash, err := keyHash(scoped.Hash)
			from, wrong := config.ParseTime(scoped.NotBefore)
			until, wrong2 := config.ParseTime(scoped.Expires)
			if err = errors.Join(err, wrong, wrong2); err != nil {
				return nil, nil, "", c.Mistakef(fmt.Sprintf("%sscoped_keys[%d]", place, k), "tenant %q: %v", t.ID, err)
			}
			keys[hash] = &ingest.Key{
				Tenant: t.ID, NotBefore: from, Expires: until, Protocols: scoped.Protocols, Routes: scoped.Routes, Used: used(t.ID, scoped.ID),
			}
		}
		for _, name := range t.Certificates {
			certificates[name] = t.ID
		}
	}
	if len(c.Tenants) == 0 {
		return keys, certificates, "default", nil
	}
	return keys, certificates, c.Tenants[0].ID, nil
}

// keyHash reads "sha256:" and 64 hexadecimal digits.
func keyHash(text string) (hash [sha256.Size]byte, err error) {
	text = strings.TrimPrefix(text, "sha256:")
	if n, err := hex.Decode(hash[:], []byte(text)); len(text) != 2*len(hash) || err != nil || n != len(hash) {
		return hash, errors.New("not the hash of a key")
	}
	return hash, nil
}

// trusted are the proxies that are believed, and the tenants that they may name.
func trusted(c *config.Config) (proxies []netip.Prefix, tenants []string) {
	for _, text := range c.TrustedProxies {
		if p, err := netip.ParsePrefix(text); err == nil { // the policy, made before, has refused all others
			proxies = append(proxies, p)
		}
	}
	for _, t := range c.Tenants {
		tenants = append(tenants, t.ID)
	}
	return proxies, tenants
}

// places opens the geo databases, or keeps those that are open.
func (p *proxy) places(g config.Geo) (*geo.DB, error) {
	if p.geo != nil && p.config.Geo == g {
		return p.geo, nil
	}
	return geo.Open(g, p.o.Log, p.o.Now)
}

func (p *proxy) tellGeo() {
	for _, i := range p.geo.Info() {
		p.metrics.Geo(i.Use, i.Built)
	}
}

// connect makes the upstreams of a configuration. One that is in use and has not changed is kept, with its connections and its file.
func (p *proxy) connect(c *config.Config) (map[string]*held, error) {
	targets := map[string]*held{}
	for i, u := range c.Upstreams {
		if u.Type == config.UpstreamFile && u.Dir == "" {
			u.Dir = c.DataDir
		}
		if old := p.targets[u.ID]; old != nil && sameUpstream(old.made, u) {
			again := *old.target
			again.region = regionOf(c, u.ID)
			targets[u.ID] = &held{&again, old.made}
			continue
		}
		made, err := p.make(c, u)
		if err != nil {
			p.dismiss(targets, p.targets)
			m := c.Mistakef(fmt.Sprintf("upstreams[%d]", i), "%v", err)
			return nil, config.Mistakes{m}
		}
		targets[u.ID] = &held{&target{
			Upstream: made, id: u.ID, region: regionOf(c, u.ID), credentials: u.Credentials == config.CredentialsClient, counters: p.metrics.Upstream(u.ID, refusals[:]),
		}, u}
	}
	return targets, nil
}

// sameUpstream compares what two upstreams were made of.
func sameUpstream(a, b config.Upstream) bool { return reflect.DeepEqual(a, b) }

// make makes one upstream. A file upstream whose folder is in use by one of ours takes that over.
func (p *proxy) make(c *config.Config, u config.Upstream) (upstream.Upstream, error) {
	if u.Type == config.UpstreamFile {
		for _, old := range p.targets {
			if f, ok := old.Upstream.(*upstream.File); ok && old.made.Dir == u.Dir {
				f.Set(int64(u.RotateBytes), time.Duration(u.RotateAge), time.Duration(u.KeepAge))
				return f, nil
			}
		}
		return upstream.NewFile(upstream.FileOptions{
			Dir: u.Dir, RotateBytes: int64(u.RotateBytes), RotateAge: time.Duration(u.RotateAge), KeepAge: time.Duration(u.KeepAge), Now: p.o.Now,
			Held: func() bool { return p.held("") },
		})
	}
	if u.Type == config.UpstreamS3 {
		return p.archive(u)
	}
	if u.Type == config.UpstreamGRPC {
		rpc.Prepare()
		return upstream.NewGRPC(upstream.GRPCOptions{Config: u, UserAgent: "winnow/" + p.o.Version, MaxAnswerBytes: maxAnswer, Now: p.o.Now})
	}
	o := upstream.HTTPOptions{Config: u, UserAgent: "winnow/" + p.o.Version, MaxAnswerBytes: maxAnswer, Now: p.o.Now}
	if u.Compression != config.CompressionSame && u.Compression != "" {
		list, err := encoding.Parse([]byte(strings.TrimPrefix(string(u.Compression), "none")))
		if err != nil {
			return nil, err
		}
		o.Encoder = &list
	}
	if u.Format == config.FormatElasticsearch || slices.ContainsFunc(c.Routes, speaksBulk) {
		o.MaxAnswerBytes = maxBulkAnswer
	}
	return upstream.NewHTTP(o)
}

func speaksBulk(r config.Route) bool { return r.Protocol == config.ProtocolElasticsearch }

// Bounds on an upstream's answer. A bulk request is answered item by item.
const (
	maxAnswer     = 1 << 20
	maxBulkAnswer = 16 << 20
)

// replace takes new upstreams into use, and closes those that are out of use once the last request of the site before is answered.
func (p *proxy) replace(targets map[string]*held, before *ingest.Site) {
	p.holding.Lock()
	old := p.targets
	p.targets = targets
	p.holding.Unlock()
	if before == nil {
		return
	}
	p.retiring.Go(func() {
		<-before.Idle()
		p.dismiss(old, targets)
	})
}

// dismiss closes the upstreams that others do not hold.
func (p *proxy) dismiss(targets, others map[string]*held) {
	for _, h := range targets {
		shared := false
		for _, o := range others {
			shared = shared || o.Upstream == h.Upstream
		}
		if !shared && h.Close() != nil {
			p.o.Log.Warn("an upstream did not close cleanly", "upstream", h.id)
		}
	}
}

func (p *proxy) upstreamsUp() map[string]bool {
	p.holding.Lock()
	defer p.holding.Unlock()
	up := map[string]bool{}
	for id, h := range p.targets {
		up[id] = h.Up()
	}
	return up
}
