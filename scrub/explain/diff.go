package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub"
)

// Diff is what a change of configuration does to what leaves, and to who may send and administer, in words (CHANGE-1). All three lists are empty if it does nothing.
type Diff struct {
	// Old and New are the policies' digests.
	Old string `json:"old"`
	New string `json:"new"`
	// LetsOut is what did not leave before, in whole, in part or in another form, or leaves to somebody else, or is kept for longer.
	LetsOut []Difference `json:"lets_out"`
	// Withholds is what leaves no longer, or less of it.
	Withholds []Difference `json:"withholds"`
	// Changes is what is neither.
	Changes []Difference `json:"changes"`
}

// Difference is one change, of one thing or of several with the same fate.
type Difference struct {
	// What it is about: field, fact, detector, custom, allow, policy, upstream, route, tenant, retention, training, statistics, limits,
	// trusted_proxies, administrator.
	What string `json:"what"`
	// Names of the fields or other things. In a field's, * is any segment, or any part of one, that no rule spells out.
	Names []string `json:"names"`
	// Says what has changed, as the end of a sentence.
	Says string `json:"says"`
}

// Compare says what is different under next. Both must have been compiled from the configurations beside them.
func Compare(prior, next *config.Config, was, is *scrub.Policy) Diff {
	d := Diff{Old: prior.Digest(), New: next.Digest(), LetsOut: []Difference{}, Withholds: []Difference{}, Changes: []Difference{}}
	for _, c := range scrub.Compare(was, is) {
		d.add(c.Effect, c.What, c.Subject, says(c))
	}
	d.ways(prior, next)
	d.upstreams(prior, next)
	d.residency(prior, next)
	d.retention(prior, next)
	d.tenants(prior, next)
	d.access(prior, next)
	d.persons(prior, next)
	d.purposes(prior, next, was, is)
	return d
}

// Empty tells whether nothing has changed.
func (d *Diff) Empty() bool { return len(d.LetsOut)+len(d.Withholds)+len(d.Changes) == 0 }

// add notes a change, beside others that are said in the same words.
func (d *Diff) add(effect scrub.Effect, what, name, words string) {
	list := &d.Changes
	switch effect {
	case scrub.LetsOut, scrub.Differs:
		list = &d.LetsOut
	case scrub.Withholds:
		list = &d.Withholds
	}
	k := slices.IndexFunc(*list, func(o Difference) bool { return o.What == what && o.Says == words })
	if k < 0 {
		*list = append(*list, Difference{what, []string{name}, words})
		return
	}
	if at := &(*list)[k]; !slices.Contains(at.Names, name) {
		at.Names = append(at.Names, name)
	}
}

// says is a change in words.
func says(c scrub.Change) string {
	if c.Old.Action.Kind == "" && c.New.Action.Kind == "" {
		return c.Words
	}
	text := "before " + outcome(c.Old, c.What) + "; now " + outcome(c.New, c.What)
	if c.Words != "" {
		text += " (" + c.Words + ")"
	}
	if c.What == "field" && c.Ways != string(config.ModeStrict) {
		text += " [mode " + c.Ways + "]"
	}
	return text
}

func outcome(o scrub.Outcome, what string) string {
	text := Action(o.Action)
	if o.Action.Kind == config.ActionKeep && what != "field" && what != "fact" {
		text = "leaves as it is"
	}
	if o.Rule != "" {
		text += " by rule " + o.Rule
	}
	if o.Why != "" {
		text += ", for " + o.Why
	}
	return text
}

// ways compares what comes in where and goes to whom.
func (d *Diff) ways(prior, next *config.Config) {
	for o, n := range pairs(entrances(prior), entrances(next), entranceID) {
		if o == nil {
			d.add(scrub.Neutral, "route", n.at, fmt.Sprintf("is new: %s to %s", n.protocol, n.upstream))
			continue
		}
		if n == nil {
			d.add(scrub.Neutral, "route", o.at, "is no longer a route of its own")
			continue
		}
		if o.upstream != n.upstream {
			d.add(scrub.Differs, "route", n.at, fmt.Sprintf("goes to %s, not to %s", n.upstream, o.upstream))
		}
		if o.protocol != n.protocol {
			d.add(scrub.Neutral, "route", n.at, fmt.Sprintf("is read as %s, not as %s", n.protocol, o.protocol))
		}
		if o.sender != n.sender {
			d.add(scrub.Neutral, "route", n.at, fmt.Sprintf("is of %s, no longer of %s", n.sender, o.sender))
		}
		if effect := narrowed(o.classes, n.classes, prior.Policy.Classes, next.Policy.Classes); effect != scrub.Neutral {
			d.add(effect, "route", n.at, "lets out"+all(n.classes)+"; before"+all(o.classes))
		}
		switch {
		case n.spooled && !o.spooled:
			d.add(scrub.LetsOut, "retention", n.at, "is now kept on disk until it is delivered")
		case o.spooled && !n.spooled:
			d.add(scrub.Withholds, "retention", n.at, "is no longer kept on disk")
		}
	}
}

// entrance is a route or a listener.
type entrance struct {
	at, protocol, upstream string
	sender                 string         // whose it is, in words
	classes                []config.Class // that it is narrowed to
	spooled                bool
}

func entrances(c *config.Config) (list []entrance) {
	for _, r := range c.Routes {
		list = append(list, entrance{r.Path, string(r.Protocol), r.Upstream, sender(r.Tenant, r.TenantFrom), r.Classes, r.Delivery == config.DeliverySpool})
	}
	for _, l := range c.Listeners {
		list = append(list, entrance{l.Address, string(l.Protocol), upstreamOf(c, l), sender(l.Tenant, l.TenantFrom), l.Classes, l.Delivery == config.DeliverySpool})
	}
	return list
}

// sender says whose a request is that nothing of its own tells of.
func sender(tenant, header string) string {
	switch {
	case header != "":
		return "the tenant that a trusted proxy names in " + header
	case tenant != "":
		return "tenant " + tenant
	}
	return "whoever shows a key or a certificate"
}

// upstreams compares who receives what leaves.
func (d *Diff) upstreams(prior, next *config.Config) {
	for o, n := range pairs(reached(prior), reached(next), upstreamID) {
		if o == nil {
			d.add(scrub.LetsOut, "upstream", n.ID, "newly receives what leaves: "+place(*n))
			continue
		}
		if n == nil {
			d.add(scrub.Withholds, "upstream", o.ID, "no longer receives anything")
			continue
		}
		if target(*o) != target(*n) {
			d.add(scrub.LetsOut, "upstream", n.ID, "goes to "+place(*n)+", no longer to "+place(*o))
		}
		if effect := narrowed(o.Classes, n.Classes, prior.Policy.Classes, next.Policy.Classes); effect != scrub.Neutral {
			d.add(effect, "upstream", n.ID, "may receive"+all(n.Classes)+"; before"+all(o.Classes))
		}
		if n.PaymentProcessor != o.PaymentProcessor {
			d.add(scrub.Neutral, "upstream", n.ID, fmt.Sprintf("is a payment processor: %t, no longer %t", n.PaymentProcessor, o.PaymentProcessor))
		}
		if n.Credentials != o.Credentials {
			effect := scrub.Withholds
			if n.Credentials == config.CredentialsClient {
				effect = scrub.LetsOut
			}
			d.add(effect, "upstream", n.ID, fmt.Sprintf("clients' credentials: %s, no longer %s", n.Credentials, o.Credentials))
		}
		if n.Type == config.UpstreamFile && o.Type == n.Type {
			d.longer("files of "+n.ID, o.KeepAge, n.KeepAge)
			d.longer("files of "+n.ID+", before they are closed,", o.RotateAge, n.RotateAge)
		}
	}
}

// reached are the upstreams to which anything leads.
func reached(c *config.Config) (list []config.Upstream) {
	for _, u := range c.Upstreams {
		if c.Reaches(u.ID) {
			list = append(list, u)
		}
	}
	return list
}

// target tells apart where upstreams hand data to.
func target(u config.Upstream) string {
	return strings.Join([]string{string(u.Type), u.URL, string(u.Format), u.Path, u.Index, strings.Join(u.Labels, " "), u.Dir, u.Bucket, u.Prefix, u.Region}, "\n")
}

func (d *Diff) retention(prior, next *config.Config) {
	d.longer("keys of pseudonyms, by which records of one person can be joined", prior.KeyEpoch, next.KeyEpoch)
	if before, now := prior.Keys.Keep, next.Keys.Keep; before != now {
		effect := scrub.Withholds
		if now > before {
			effect = scrub.LetsOut
		}
		d.add(effect, "retention", "keys of pseudonyms, by which they can be linked to a person,", fmt.Sprintf("are %s, not %s", keptEpochs(now), keptEpochs(before)))
	}
	for _, kept := range [...]struct {
		what    string
		purpose config.Purpose
	}{{"batches that wait in the spool", config.PurposeOperations}, {"copies for training that wait in the spool", config.PurposeTraining}} {
		if kept.purpose == config.PurposeOperations || next.Training.On() {
			d.longer(kept.what, config.Duration(prior.MaxAge(kept.purpose)), config.Duration(next.MaxAge(kept.purpose)))
		}
	}
	d.longer("lines of the audit log", prior.Retention.Audit, next.Retention.Audit)
	d.longer("receipts", prior.Retention.Receipts, next.Retention.Receipts)
	d.longer("decisions of tenants that left", prior.Retention.FormerTenants, next.Retention.FormerTenants)
	if prior.MasterSecret.Reveal() != next.MasterSecret.Reveal() {
		d.add(scrub.Neutral, "policy", "master_secret", "is another: pseudonyms cannot be joined with those from before")
	}
}

func (d *Diff) longer(what string, before, now config.Duration) {
	switch {
	case now > before:
		d.add(scrub.LetsOut, "retention", what, fmt.Sprintf("are kept for %s, not for %s", length(now), length(before)))
	case now < before:
		d.add(scrub.Withholds, "retention", what, fmt.Sprintf("are kept for %s, not for %s", length(now), length(before)))
	}
}

// Text writes the differences for people. The only errors are the writer's.
func (d *Diff) Text(w io.Writer) error {
	p := page{}
	if d.Empty() {
		p.b.WriteString("nothing that leaves has changed\n")
	}
	for _, part := range []struct {
		title string
		list  []Difference
	}{{"Newly lets out", d.LetsOut}, {"Newly withholds", d.Withholds}, {"Changes otherwise", d.Changes}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintln(&p.b, part.title)
		for _, one := range part.list {
			p.item(one.What, "%s: %s", few(one.Names), one.Says)
		}
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// few shows the first names and says how many more there are.
func few(names []string) string {
	const most = 12
	text := strings.Join(names[:min(most, len(names))], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
