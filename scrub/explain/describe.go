package explain

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"winnow/config"
	"winnow/scrub/detect"
	"winnow/scrub/dp"
	"winnow/scrub/meta"
)

// Describe writes what a configuration does, for people. c must have been parsed and compiled without a mistake. The only errors are the
// writer's.
func Describe(w io.Writer, c *config.Config) error {
	p := page{c: c}
	p.head()
	p.leaves()
	p.stays()
	p.findings()
	p.facts()
	p.pseudonyms()
	p.upstreams()
	p.routes()
	p.regions()
	p.tenants()
	p.administrators()
	p.statistics()
	p.training()
	p.limits()
	_, err := io.WriteString(w, p.b.String())
	return err
}

// page is the text as it grows.
type page struct {
	c *config.Config
	b strings.Builder
}

func (p *page) title(text string) { fmt.Fprintf(&p.b, "\n%s\n", text) }

// width of lines.
const width = 120

// item writes one line of two columns; what is too long for it goes on below, indented.
func (p *page) item(name, format string, a ...any) {
	const indent = 18
	line := fmt.Sprintf("  %-*s", indent-3, name)
	if utf8.RuneCountInString(line) > indent-1 {
		p.b.WriteString(line + "\n")
		line = strings.Repeat(" ", indent-1)
	}
	n := indent - 1
	p.b.WriteString(line)
	for word := range strings.FieldsSeq(fmt.Sprintf(format, a...)) {
		if n+1+utf8.RuneCountInString(word) > width && n > indent-1 {
			p.b.WriteString("\n" + strings.Repeat(" ", indent-1))
			n = indent - 1
		}
		p.b.WriteString(" " + word)
		n += 1 + utf8.RuneCountInString(word)
	}
	p.b.WriteByte('\n')
}

func (p *page) head() {
	fmt.Fprintf(&p.b, "policy %s, mode %s, version %.12s\n", p.c.Policy.Name, p.c.Policy.Mode, p.c.Digest())
}

// leaves lists the rules that let fields out, by class.
func (p *page) leaves() {
	p.title("What leaves")
	if p.c.Policy.Mode == config.ModeScrub {
		p.item("all fields", "whether a rule names them or not; every value passes all detectors. Rules still act on what they name.")
	} else {
		p.item("named fields", "only; what no rule names is removed. Text that leaves passes all detectors.")
	}
	for _, class := range p.c.Policy.Classes {
		fields, ids := 0, []string{}
		for _, r := range p.c.AllRules() {
			if r.Class == class && !drops(r.Action) {
				fields += len(r.Fields)
				ids = append(ids, described(r))
			}
		}
		if len(ids) > 0 {
			p.item(string(class), "%s by rules %s", plural(fields, "field"), strings.Join(ids, ", "))
		}
	}
}

// described is a rule's id, and its action where that is not keep.
func described(r config.Rule) string {
	if r.Action.Kind == "" || r.Action.Kind == config.ActionKeep {
		return r.ID
	}
	return r.ID + " (" + Action(r.Action) + ")"
}

func drops(a config.Action) bool {
	return a.Kind == config.ActionDrop || a.Kind == config.ActionDropRecord
}

// stays lists the rules that hold fields back.
func (p *page) stays() {
	p.title("What stays behind")
	for _, r := range p.c.AllRules() {
		switch {
		case r.Action.Kind == config.ActionDropRecord:
			p.item(r.ID, "a record with such a field is dropped whole: %s", strings.Join(r.Fields, ", "))
		case r.Action.Kind == config.ActionDrop:
			p.item(r.ID, "%s", strings.Join(r.Fields, ", "))
		case !slices.Contains(p.c.Policy.Classes, r.Class):
			p.item(r.ID, "%s (class %s may not leave)", strings.Join(r.Fields, ", "), r.Class)
		}
	}
	if slices.Contains(p.c.Policy.Classes, config.ClassPayment) {
		p.item("classes", "secret never leaves, and payment goes to payment processors only (META-8, GUARD-2)")
		return
	}
	p.item("classes", "payment and secret never leave (META-8, GUARD-2)")
}

// findings lists the detectors.
func (p *page) findings() {
	p.title("What is found in text")
	var off []string
	for id := detect.None + 1; int(id) < detect.Count; id++ {
		info := detect.Table[id]
		set := p.c.Policy.Detectors[info.Name]
		if set.Off || !info.On && !set.On {
			off = append(off, info.Name)
			continue
		}
		action := config.Action{Kind: config.ActionReplace, Text: info.Placeholder}
		if set.Action != nil {
			action = *set.Action
		}
		p.item(info.Name, "%s", Action(action))
	}
	p.custom()
	if private := p.c.Policy.DetectPrivateIPs; private != nil && !*private {
		p.item("not looked for", "%s", strings.Join(append(off, "private addresses"), ", "))
	} else if len(off) > 0 {
		p.item("not looked for", "%s", strings.Join(off, ", "))
	}
}

// facts lists what is taken from headers.
func (p *page) facts() {
	p.title("What is taken from a request's headers (nothing else is)")
	for i := range meta.Defaults {
		d := &meta.Defaults[i]
		rule := p.c.Metadata[d.Fact]
		name, action := factNow(d, rule)
		switch why := p.leftOut(d, rule.Off || action.Kind == config.ActionDrop); why {
		case "":
			p.item(string(d.Fact), "as %s, %s", name, Action(action))
		default:
			p.item(string(d.Fact), "left out: %s", why)
		}
	}
}

const noDatabase = "no database; see geo"

// leftOut says why a fact is not attached; empty if it is.
func (p *page) leftOut(d *meta.Default, off bool) string {
	switch {
	case off:
		return "switched off"
	case !slices.Contains(p.c.Policy.Classes, d.Class):
		return "class " + string(d.Class) + " may not leave"
	case d.NeedsGeo && !p.c.Geo.Tells(d.Fact):
		return noDatabase
	}
	return ""
}

func (p *page) pseudonyms() {
	p.title("Pseudonyms")
	p.item("keys", "one for each tenant, new every %s, %s", length(p.c.KeyEpoch), keptEpochs(p.c.Keys.Keep))
	if p.c.MasterSecret.Empty() && len(p.c.MasterSecretCommand) == 0 {
		p.item("master secret", "made at the first start and kept in %s; who holds it and the keys there can link pseudonyms back", p.c.DataDir)
	} else {
		p.item("master secret", "from the configuration; who holds it and the keys in %s can link pseudonyms back", keysIn(p.c))
	}
}

func (p *page) upstreams() {
	p.title("Where it goes")
	for _, u := range p.c.Upstreams {
		switch u.Type {
		case config.UpstreamFile:
			p.item(u.ID, "NDJSON files in %s, a new one every %s or %s, kept %s", u.Dir, size(u.RotateBytes), length(u.RotateAge), length(u.KeepAge))
		case config.UpstreamS3:
			p.item(u.ID, "NDJSON objects, zstd, in bucket %s%s, a new one every %s or %s, time-out %s", u.Bucket, at(u.URL), length(u.FlushInterval),
				size(u.ObjectBytes), length(u.Timeout))
		default:
			p.item(u.ID, "%s%s, compression %s, time-out %s%s", host(u.URL), format(u), u.Compression, length(u.Timeout), headerNames(u.Headers))
		}
		if received(u) != "" {
			p.item("", "which may receive %s", received(u))
		}
		if u.Credentials == config.CredentialsClient {
			p.item("", "with the clients' own credentials, which it decides about")
		}
	}
}

// at names the store of a bucket that is not Amazon's.
func at(url string) string {
	if url == "" {
		return ""
	}
	return " at " + host(url)
}

// format says what an upstream makes of every protocol; empty where each client's own goes on.
func format(u config.Upstream) string {
	if u.Format == "" || u.Format == config.FormatSame {
		return ""
	}
	return ", whatever the protocol as " + string(u.Format)
}

// host is a URL without what could be a credential in it.
func host(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "a URL that cannot be shown"
	}
	return u.Scheme + "://" + u.Host
}

func headerNames(headers map[string]config.Secret) string {
	if len(headers) == 0 {
		return ""
	}
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	return ", with its own " + strings.Join(names, ", ")
}

func (p *page) routes() {
	p.title("What is listened to on " + p.c.Listen)
	for _, r := range p.c.Routes {
		mode := ""
		if r.Mode != "" && r.Mode != p.c.Policy.Mode {
			mode = ", mode " + string(r.Mode)
		}
		p.item(r.Path, "%s to %s%s%s", r.Protocol, r.Upstream, mode, only(r.Classes))
	}
}

func (p *page) regions() {
	if lines := regions(p.c); len(lines) > 0 {
		p.title("What stays where")
		for _, line := range lines {
			name, says, _ := strings.Cut(line, ": ")
			p.item(name, "%s", says)
		}
	}
}

func (p *page) tenants() {
	p.title("Who may send")
	for _, t := range p.c.Tenants {
		with := "without a key"
		if t.Keyed() {
			with = "with " + plural(len(t.Keys)+len(t.ScopedKeys), "key")
		} else if len(t.Certificates) > 0 {
			with = "with a certificate"
		}
		p.item(t.ID, "%s%s", with, withheld(t.Policy))
	}
	if len(p.c.TrustedProxies) > 0 {
		p.item("proxies", "forwarding headers are believed of %s", strings.Join(p.c.TrustedProxies, ", "))
	}
}

func (p *page) administrators() {
	if len(p.c.Admin.Tokens) == 0 {
		return
	}
	p.title("Who administers")
	for _, t := range p.c.Admin.Tokens {
		until := ""
		if t.Expires != "" {
			until = " until " + t.Expires
		}
		p.item(t.ID, "as %s%s", t.Role, until)
	}
}

func (p *page) statistics() {
	s := &p.c.Statistics
	if !s.On() {
		return
	}
	terms := dp.TermsOf(*s)
	deviation, units := terms.Noise()
	p.title("Statistics")
	p.item("tables", "%s, every %s, to %s", strings.Join(s.Tables, "; "), length(s.Window), s.Upstream)
	p.item("a cell", "comes out when about %d groups of tenants share it, with noise of %.0f requests (standard deviation)", units, deviation[0])
	p.item("budget", "%g of %g epsilon a window, for %s", s.Epsilon, s.Budget, length(s.Period))
}

func (p *page) training() {
	t := &p.c.Training
	if !t.On() {
		return
	}
	copied := p.c.ForTraining()
	mode := "only named fields"
	if copied.Policy.Mode == config.ModeScrub {
		mode = "in the mode of each route"
	}
	p.title("Training")
	p.item("who", "tenants that opted in, and the streams that they designated; nobody else")
	p.item("copies", "%s, class %s, to %s; %s and %s of their own (version %.12s)", mode, strings.Join(words(copied.Policy.Classes), ", "), t.Upstream,
		plural(len(t.Policy.Rules), "rule"), plural(len(t.Policy.Detectors), "detector"), copied.Digest())
	p.item("pseudonyms", "under keys of their own: they join with nothing else")
}

func (p *page) limits() {
	l := p.c.Limits
	p.title("Limits")
	p.item("one body", "%s as it arrives, %s decoded", size(l.MaxBodyBytes), size(l.MaxDecodedBytes))
	p.item("one record", "%s, nested %d deep; above it the record is withheld", size(l.MaxRecordBytes), l.MaxDepth)
	p.item("all bodies", "%s; above it the answer is \"try later\"", size(l.MaxInflightBytes))
	p.item("connections", "%d; headers %s; read within %s, write within %s", l.MaxConnections, size(l.MaxHeaderBytes), length(l.ReadTimeout),
		length(l.WriteTimeout))
}

// keysIn is where the keys are that the master secret wraps.
func keysIn(c *config.Config) string {
	if len(c.Spool.NATS) > 0 {
		return "the cluster"
	}
	return c.DataDir
}
