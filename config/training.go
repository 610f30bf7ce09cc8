package config

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
)

// Training is the copy of records for training, of tenants that opted in and of the streams that they designated (TRAIN-1): docs/purposes.md tells how.
// It is on when upstream stands here, and nothing is copied before a tenant opted in.
type Training struct {
	// Upstream by id that gets the copies, and nothing else: one with purposes: [training], of type file or s3, or of type http with a format.
	Upstream string `yaml:"upstream" form:"id"`
	// Policy under which each record is scrubbed for it, as it came.
	Policy TrainingPolicy `yaml:"policy"`
}

// TrainingPolicy is in what the policy of copies differs from the policy. It must let out no more: else the file does not load. What is withheld on a
// route, on a listener or of a tenant is withheld of copies, too.
type TrainingPolicy struct {
	// Mode "strict" copies only named fields, "scrub" leaves routes and listeners their own mode. Default strict.
	Mode Mode `yaml:"mode"`
	// Classes of data that may be copied, of those that the policy lets out. Default: all of them.
	Classes []Class `yaml:"classes"`
	// Rules over fields, tried before those of the policy. Default none.
	Rules []Rule `yaml:"rules"`
	// Detectors override what the policy says of detectors, by name. Default none.
	Detectors map[string]Detector `yaml:"detectors" keys:"detector"`
}

// On tells whether copies are made of tenants that opted in.
func (t *Training) On() bool { return t.Upstream != "" }

// ForTraining is the configuration of which the policy of copies is compiled. It shares what it does not change with c.
func (c *Config) ForTraining() *Config {
	t, own := *c, &c.Training.Policy
	t.Training, t.Statistics, t.Residency, t.Tests = Training{}, Statistics{}, Residency{}, nil
	strict := own.Mode != ModeScrub
	if strict {
		t.Policy.Mode = ModeStrict
	}
	if own.Classes != nil {
		t.Policy.Classes = own.Classes
	}
	t.Policy.Rules = slices.Concat(own.Rules, c.Policy.Rules)
	t.Policy.Detectors = maps.Clone(c.Policy.Detectors)
	if t.Policy.Detectors == nil {
		t.Policy.Detectors = map[string]Detector{}
	}
	maps.Copy(t.Policy.Detectors, own.Detectors)
	t.Routes, t.Listeners = slices.Clone(c.Routes), slices.Clone(c.Listeners)
	for i := range t.Routes {
		r := &t.Routes[i]
		if r.Upstream = c.Training.Upstream; strict {
			r.Mode = ModeStrict
		}
	}
	for i := range t.Listeners {
		l := &t.Listeners[i]
		if l.Upstream = c.Training.Upstream; strict {
			l.Mode = ModeStrict
		}
	}
	return &t
}

func (c *checker) training() {
	t := &c.Training
	if !t.On() {
		return
	}
	i := slices.IndexFunc(c.Upstreams, func(u Upstream) bool { return u.ID == t.Upstream })
	if i < 0 {
		c.wrong("training.upstream", "name one of upstreams", "upstream %s is not configured", show(t.Upstream))
		return
	}
	c.trainingUpstream(&c.Upstreams[i])
	if t.Policy.Mode == ModeScrub && c.Policy.Mode == ModeStrict && !c.bad["policy.mode"] {
		c.wrong("training.policy.mode", "remove it", "training: mode scrub would copy fields that the policy, which is strict, does not let out")
	}
	c.narrower("training.policy.classes", "training", t.Policy.Classes)
	c.trainingRules()
	c.findings("training.policy", t.Policy.Detectors)
}

// trainingUpstream sees to it that copies go to who is there for them alone, and may receive all of them.
func (c *checker) trainingUpstream(u *Upstream) {
	switch {
	case !u.ReceivesFor(PurposeTraining), len(u.Purposes) > 1:
		c.wrong("training.upstream", "give it purposes: [training], and no other: beside the records themselves their copies could be joined with them (TRAIN-2)",
			"upstream %s is not there for training alone", show(u.ID))
	case u.Type == UpstreamGRPC, u.Type == UpstreamHTTP && u.Format == FormatSame:
		c.wrong("training.upstream", "give it a format, such as ndjson", "upstream %s takes what clients send, in their protocol", show(u.ID))
	case slices.ContainsFunc(c.Upstreams, func(o Upstream) bool { return o.ID != u.ID && c.oneFolder(&o, u) }):
		c.wrong("training.upstream", "give it a dir of its own", "upstream %s writes into the folder of another: copies would stand beside the records themselves (TRAIN-2)", show(u.ID))
	}
	classes, at := c.Training.Policy.Classes, "training.policy.classes"
	if classes == nil {
		classes, at = c.Policy.Classes, "training.upstream"
	}
	for _, class := range classes {
		if class != "" && class != ClassSecret && !u.MayReceive(class) {
			c.wrong(at, "write training.policy.classes without it, or add it to the upstream's", "training: upstream %s may not receive class %q", show(u.ID), class)
		}
	}
	if c.Training.Policy.Mode == ModeScrub && !u.MayReceive(ClassText) {
		c.wrong("training.policy.mode", "remove it, or add text to the upstream's classes",
			"training: in mode scrub fields are copied that no rule names, and upstream %s may not receive class %q", show(u.ID), ClassText)
	}
}

// oneFolder tells whether two upstreams write into the same folder.
func (c *checker) oneFolder(a, b *Upstream) bool {
	folder := func(u *Upstream) string { return filepath.Clean(cmp.Or(u.Dir, c.DataDir)) }
	return a.Type == UpstreamFile && b.Type == UpstreamFile && folder(a) == folder(b)
}

func (c *checker) trainingRules() {
	ids, taken := map[string]int{}, c.presetIDs()
	for _, r := range c.Policy.Rules {
		taken[r.ID] = true
	}
	for i, r := range c.Training.Policy.Rules {
		path := index("training.policy.rules", i)
		c.unique(path+".id", "rule", r.ID, ids)
		if taken[r.ID] {
			c.wrong(path+".id", "choose another id: this one comes first in any case", "rule %s is the id of a rule of the policy", show(r.ID))
		}
		if len(r.Fields) == 0 && c.Source.Has(path+".fields") {
			c.wrong(path+".fields", "name a field, or remove the rule", "rule %s names no fields", show(r.ID))
		}
		c.cardinality(path, r)
	}
}
