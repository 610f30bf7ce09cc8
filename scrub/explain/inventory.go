package explain

import (
	"fmt"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub/detect"
	"winnow/scrub/meta"
)

// Inventory is the table of each data point that a configuration takes (NOTICE-1): why, what becomes of it, how long it is kept and who
// receives it. It is made from the configuration that runs, and the same configuration always makes the same inventory.
type Inventory struct {
	Policy string `json:"policy"`
	Mode   string `json:"mode"`
	// Digest is the policy's version, which every record is stamped with.
	Digest string `json:"digest"`
	// Headers are facts of a request's headers, Fields are rules over records, Findings what detectors find in text that leaves.
	Headers  []Point `json:"headers"`
	Fields   []Point `json:"fields"`
	Findings []Point `json:"findings"`
	// NotTaken are facts and rules of which nothing leaves.
	NotTaken []Point `json:"not_taken"`
	// Less are the tenants of whom less leaves than this says.
	Less []Less `json:"less,omitempty"`
	// Regions say what stays where, a line each.
	Regions []string `json:"regions,omitempty"`
	// Shared are those who receive what is taken.
	Shared []Recipient `json:"shared"`
	// Persons say what is heeded of persons' own wishes.
	Persons []Heeded `json:"persons"`
	// Kept are copies that winnow itself keeps, and keys.
	Kept []Kept `json:"kept"`
}

// Point is one data point, or several that one rule names.
type Point struct {
	// ID of the fact, the rule or the detector.
	ID string `json:"id"`
	// Names under which it leaves: of a fact the attributes, of a rule its selectors. Empty of a detector.
	Names []string `json:"names,omitempty"`
	Class string   `json:"class"`
	// Purpose is that of the stream: operations. Why and Basis are words of config; empty where nothing leaves.
	Purpose string `json:"purpose,omitempty"`
	Why     string `json:"why,omitempty"`
	Basis   string `json:"basis,omitempty"`
	// Transform says what becomes of it, as the end of a sentence.
	Transform string `json:"transform"`
	// Shared are the ids of the upstreams that receive it; empty where nothing leaves.
	Shared      []string `json:"shared,omitempty"`
	Obligations []string `json:"obligations,omitempty"`
}

// Recipient is an upstream that a route or a listener leads to, or that gets copies or statistics.
type Recipient struct {
	ID string `json:"id"`
	// Where it is: a host, a folder or a bucket; never a credential.
	Where string `json:"where"`
	Kept  string `json:"kept"`
	// Receives says which classes and purposes it is restricted to; empty where to none.
	Receives string `json:"receives,omitempty"`
}

// Less is a tenant of whom less leaves.
type Less struct {
	Tenant string `json:"tenant"`
	// Leaves says what still does.
	Leaves string `json:"leaves"`
}

// Heeded is something that a person, or a browser for them, says, and what follows.
type Heeded struct {
	What string `json:"what"`
	Then string `json:"then"`
}

// Kept is a copy or a key, and for how long it is kept.
type Kept struct {
	What string `json:"what"`
	Long string `json:"long"`
}

// purpose of all that leaves.
const purpose = "operations"

// TakeInventory makes the inventory of a configuration that was parsed and compiled without a mistake.
func TakeInventory(c *config.Config) Inventory {
	i := inventory{c: c, page: page{c: c}}
	i.Policy, i.Mode, i.Digest = c.Policy.Name, string(c.Policy.Mode), c.Digest()
	i.recipients()
	i.headers()
	i.fields()
	i.findings()
	i.less()
	i.Regions = regions(i.c)
	i.kept()
	return i.Inventory
}

// inventory is the table as it grows.
type inventory struct {
	Inventory
	c      *config.Config
	page   page
	shared []string // ids of Shared
}

// named adds why and with whom to a data point that leaves wherever its class may.
func (i *inventory) named(p Point, class config.Class, why config.Why, basis config.Basis) Point {
	p = i.taken(p, class, why, basis)
	p.Shared = i.c.Receivers(class)
	return p
}

// taken adds why, and with whom if that is everybody, to a data point that leaves.
func (i *inventory) taken(p Point, class config.Class, why config.Why, basis config.Basis) Point {
	if why == "" {
		why = defaultWhy(class)
	}
	if basis == "" {
		basis = defaultBasis(class)
	}
	p.Purpose, p.Why, p.Basis, p.Shared = purpose, string(why), string(basis), i.shared
	return p
}

// defaultWhy is why data of a class is taken if nothing else is said.
func defaultWhy(class config.Class) config.Why {
	switch class {
	case config.ClassTelemetry:
		return config.WhyMaintain
	case config.ClassUsage:
		return config.WhyImprove
	case config.ClassNetwork, config.ClassLocation:
		return config.WhySecure
	}
	return config.WhySupport
}

// defaultBasis is on what basis data of a class is taken if nothing else is said.
func defaultBasis(class config.Class) config.Basis {
	if class == config.ClassTelemetry || class == config.ClassText {
		return config.BasisContract
	}
	return config.BasisInterest
}

func (i *inventory) headers() {
	for k := range meta.Defaults {
		d := &meta.Defaults[k]
		rule := i.c.Metadata[d.Fact]
		name, action := factNow(d, rule)
		p := Point{ID: string(d.Fact), Names: []string{name}, Class: string(d.Class), Transform: Action(action)}
		if d.VersionName != "" && rule.Name == "" {
			p.Names = append(p.Names, d.VersionName)
		} else if d.VersionName != "" {
			p.Names = append(p.Names, rule.Name+"_version")
		}
		if why := i.page.leftOut(d, rule.Off || action.Kind == config.ActionDrop); why != "" {
			p.Transform = "is left out: " + why
			i.NotTaken = append(i.NotTaken, p)
			continue
		}
		if len(i.c.Receivers(d.Class)) == 0 {
			p.Transform = "is left out: " + nobody(d.Class)
			i.NotTaken = append(i.NotTaken, p)
			continue
		}
		i.Headers = append(i.Headers, i.named(p, d.Class, rule.Why, rule.Basis))
	}
}

// nobody says that a class that the policy lets out leaves nowhere.
func nobody(class config.Class) string { return "no route lets class " + string(class) + " out" }

// factNow is the name and the action that a fact has under a rule.
func factNow(d *meta.Default, rule config.MetadataRule) (string, config.Action) {
	name, action := d.Name, d.Action
	if rule.Name != "" {
		name = rule.Name
	}
	if rule.Action != nil {
		action = *rule.Action
	}
	return name, action
}

func (i *inventory) fields() {
	for _, r := range i.c.AllRules() {
		p := Point{ID: r.ID, Names: r.Fields, Class: string(r.Class), Transform: Action(r.Action), Obligations: r.Obligations}
		switch {
		case drops(r.Action):
			i.NotTaken = append(i.NotTaken, p)
		case !slices.Contains(i.c.Policy.Classes, r.Class):
			p.Transform = fmt.Sprintf("is removed: class %s may not leave", r.Class)
			i.NotTaken = append(i.NotTaken, p)
		case len(i.c.Receivers(r.Class)) == 0:
			p.Transform = fmt.Sprintf("is removed: %s", nobody(r.Class))
			i.NotTaken = append(i.NotTaken, p)
		default:
			i.Fields = append(i.Fields, i.named(p, r.Class, r.Why, r.Basis))
		}
	}
	if ways := i.open(); len(ways) > 0 {
		p := Point{ID: "all other fields, on " + strings.Join(ways, ", "), Names: []string{"**"}, Class: string(config.ClassText),
			Transform: "is kept, whatever its name says; text is scrubbed"}
		i.Fields = append(i.Fields, i.taken(p, config.ClassText, "", ""))
	}
}

// open are the ways in on which fields leave that no rule names.
func (i *inventory) open() (ways []string) {
	for _, r := range i.c.Routes {
		if r.Mode == config.ModeScrub {
			ways = append(ways, r.Path)
		}
	}
	for _, l := range i.c.Listeners {
		if l.Mode == config.ModeScrub || l.Mode == "" && i.c.Policy.Mode == config.ModeScrub {
			ways = append(ways, l.Address)
		}
	}
	return ways
}

func (i *inventory) findings() {
	for id := detect.None + 1; int(id) < detect.Count; id++ {
		info := detect.Table[id]
		set := i.c.Policy.Detectors[info.Name]
		action := config.Action{Kind: config.ActionReplace, Text: info.Placeholder}
		if set.Action != nil {
			action = *set.Action
		}
		p := Point{ID: info.Name, Class: string(info.Class), Transform: Action(action)}
		if set.Off || !info.On && !set.On {
			p.Transform = "is not looked for: it leaves where it stands in text"
			i.Findings = append(i.Findings, i.taken(p, info.Class, "", ""))
			continue
		}
		i.finding(p, info.Class, action)
	}
	for k := range i.c.Policy.Custom {
		r := &i.c.Policy.Custom[k]
		action := config.Action{Kind: config.ActionReplace, Text: "[" + r.ID + "]"}
		if r.Action != nil {
			action = *r.Action
		}
		i.finding(Point{ID: r.ID, Class: string(r.Class), Transform: looksFor(r) + where(r) + " " + Action(action)}, r.Class, action)
	}
}

// finding adds what becomes of a detector's findings. What is replaced or removed is not taken.
func (i *inventory) finding(p Point, class config.Class, a config.Action) {
	if a.Kind == config.ActionMask && a.KeepLast > 0 || a.Kind == config.ActionTruncate || a.Kind == config.ActionPseudonym {
		p = i.taken(p, class, "", "")
	}
	i.Findings = append(i.Findings, p)
}

func (i *inventory) less() {
	for _, t := range i.c.Tenants {
		if t.Policy.Tightens() {
			i.Less = append(i.Less, Less{t.ID, "what is listed" + withheld(t.Policy)})
		}
	}
}

func (i *inventory) recipients() {
	for _, u := range i.c.Upstreams {
		if i.c.Training.On() && u.ID == i.c.Training.Upstream {
			i.Shared = append(i.Shared, Recipient{u.ID, place(u), keptThere(u), "copies of tenants that opted in, " + received(u)})
		}
		if i.c.Statistics.On() && u.ID == i.c.Statistics.Upstream {
			i.Shared = append(i.Shared, Recipient{u.ID, place(u), keptThere(u), "statistics of all tenants together, and nothing else"})
		}
		if !i.c.Reaches(u.ID) {
			continue
		}
		i.shared = append(i.shared, u.ID)
		i.Shared = append(i.Shared, Recipient{u.ID, place(u), keptThere(u), received(u)})
	}
}

// upstreamOf is where a listener leads to.
func upstreamOf(c *config.Config, l config.Listener) string {
	if l.Upstream == "" && len(c.Upstreams) > 0 {
		return c.Upstreams[0].ID
	}
	return l.Upstream
}

// place says where an upstream is.
func place(u config.Upstream) string {
	switch u.Type {
	case config.UpstreamFile:
		return "files in " + u.Dir
	case config.UpstreamS3:
		return "bucket " + u.Bucket + at(u.URL)
	}
	return host(u.URL) + format(u)
}

func keptThere(u config.Upstream) string {
	if u.Type == config.UpstreamFile {
		return length(u.KeepAge) + " after a segment is closed, which is after at most " + length(u.RotateAge)
	}
	return "as long as it says itself"
}

func (i *inventory) kept() {
	spooled := slices.ContainsFunc(i.c.Routes, func(r config.Route) bool { return r.Delivery == config.DeliverySpool }) ||
		slices.ContainsFunc(i.c.Listeners, func(l config.Listener) bool { return l.Delivery == config.DeliverySpool })
	if i.c.Training.On() {
		i.Kept = append(i.Kept, Kept{"copies for training that wait for their upstream, sealed", "until they are delivered, the tenant withdraws, or at most " + length(config.Duration(i.c.MaxAge(config.PurposeTraining)))})
	}
	if spooled {
		i.Kept = append(i.Kept, Kept{"scrubbed batches that wait for their upstream, sealed", "until they are delivered, at most " + length(config.Duration(i.c.MaxAge(config.PurposeOperations)))})
	} else {
		i.Kept = append(i.Kept, Kept{"records", "not at all: a client is answered when its upstream has them"})
	}
	i.persons()
	if !i.c.Audit.Off {
		i.Kept = append(i.Kept,
			Kept{"the audit log: who changed what, and nothing of a record", length(i.c.Retention.Audit)},
			Kept{"receipts: how many records left, to whom and under which policy, and nothing of one", length(i.c.Retention.Receipts)})
	}
	i.Kept = append(i.Kept, Kept{"who decided what for a tenant", "as long as the tenant is configured, and " + length(i.c.Retention.FormerTenants) + " more"})
	i.Kept = append(i.Kept, Kept{"keys of pseudonyms", "one set serves " + length(i.c.KeyEpoch) + "; the same value has another pseudonym after it, and the keys are " + keptEpochs(i.c.Keys.Keep)})
}

// keptEpochs is in words what becomes of keys after their epoch.
func keptEpochs(keep int) string {
	switch keep {
	case 0:
		return "destroyed"
	case 1:
		return "destroyed 1 epoch later"
	}
	return fmt.Sprintf("destroyed %d epochs later", keep)
}
