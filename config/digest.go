package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// Digest is the version of the policy: SHA-256 in hex over all that decides what leaves. It is the same on every machine and in
// every run, whatever the file's layout, comments, order of keys or spelled-out defaults; it changes with the preset's content.
// Names, addresses, limits, keys of tenants, upstreams and what only the inventory says (why, basis, obligations) are no part of it.
//
// The bytes hashed are those of Text.
func (c *Config) Digest() string {
	sum := sha256.Sum256(c.Text())
	return hex.EncodeToString(sum[:])
}

// policyText is what decides, in the order in which it is written.
type policyText struct {
	Form             int
	Mode             Mode
	Classes          []Class
	Rules            []Rule
	Detectors        map[string]Detector
	DetectPrivateIPs bool
	Metadata         Metadata
	Custom           []Custom `json:",omitempty"`
	Allow            Allow    `json:",omitzero"`
	HighCardinality  Cost     `json:",omitempty"`
	Subjects         []string
	Minors           Minors
	DoNotTrack       Signal
	GPC              Signal
	Routes           []wayText
	Listeners        []wayText             `json:",omitempty"`
	Tenants          map[string]Tightening `json:",omitempty"`
}

// wayText is what decides of a route or listener.
type wayText struct {
	Path     string
	Protocol Protocol
	Mode     Mode
	Classes  []Class `json:",omitzero"`
}

// Text is all that decides what leaves, from which FromText makes a configuration that lets out the same. The caller owns it. It holds the
// words of detectors of one's own and the values that are allowed, which may be names of people.
//
// It is JSON with sorted keys: the mode, the sorted classes, the rules with the preset's after them, the detectors'
// overrides, detect_private_ips, the metadata, the detectors of one's own with their words, what is allowed, high_cardinality, the subjects'
// fields, what marks minors, what do_not_track and gpc mean, path, protocol, mode and classes of each route, and of each listener that has
// a mode or classes of its own, and what is withheld of tenants.
func (c *Config) Text() []byte {
	content := policyText{
		Form:             1,
		Mode:             c.Policy.Mode,
		Classes:          slices.Sorted(slices.Values(c.Policy.Classes)),
		Rules:            c.AllRules(),
		Detectors:        c.Policy.Detectors,
		DetectPrivateIPs: c.Policy.DetectPrivateIPs == nil || *c.Policy.DetectPrivateIPs,
		Metadata:         c.Metadata,
		Custom:           c.Policy.Custom,
		Allow:            c.Policy.Allow,
		HighCardinality:  c.Policy.HighCardinality,
		Subjects:         c.Policy.Subjects,
		Minors:           c.Policy.Minors,
		DoNotTrack:       c.Policy.DoNotTrack,
		GPC:              c.Policy.GPC,
	}
	for _, r := range c.Routes {
		content.Routes = append(content.Routes, wayText{r.Path, r.Protocol, r.Mode, r.Classes})
	}
	for _, l := range c.Listeners {
		if l.Mode != "" || l.Classes != nil {
			content.Listeners = append(content.Listeners, wayText{l.Address, l.Protocol, l.Mode, l.Classes})
		}
	}
	for _, t := range c.Tenants {
		if t.Policy.Tightens() {
			if content.Tenants == nil {
				content.Tenants = map[string]Tightening{}
			}
			content.Tenants[t.ID] = t.Policy
		}
	}
	data, err := json.Marshal(content)
	if err != nil {
		panic("config: policy does not marshal: " + err.Error()) // only NaN and infinities could, and Parse refuses them
	}
	return data
}

// FromText makes a configuration of what Text wrote: in all that is no part of it, it is the default. The error says that another version
// wrote it.
func FromText(data []byte) (*Config, error) {
	var t policyText
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, errOtherText
	}
	c := Default()
	c.Policy = Policy{
		Name: c.Policy.Name, Preset: "none", Mode: t.Mode, Classes: t.Classes, Rules: t.Rules, Detectors: t.Detectors, DetectPrivateIPs: &t.DetectPrivateIPs,
		Custom: t.Custom, Allow: t.Allow, HighCardinality: t.HighCardinality, Subjects: t.Subjects, Minors: t.Minors, DoNotTrack: t.DoNotTrack, GPC: t.GPC,
	}
	c.Metadata, c.Routes, c.Listeners, c.Tenants = t.Metadata, nil, nil, nil
	for _, w := range t.Routes {
		c.Routes = append(c.Routes, Route{Path: w.Path, Protocol: w.Protocol, Mode: w.Mode, Classes: w.Classes})
	}
	for _, w := range t.Listeners {
		c.Listeners = append(c.Listeners, Listener{Address: w.Path, Protocol: w.Protocol, Mode: w.Mode, Classes: w.Classes})
	}
	for _, id := range slices.Sorted(maps.Keys(t.Tenants)) {
		c.Tenants = append(c.Tenants, Tenant{ID: id, Policy: t.Tenants[id]})
	}
	if !bytes.Equal(c.Text(), data) {
		return nil, errOtherText
	}
	return c, nil
}

var errOtherText = errors.New("the text of a policy is not one that this version wrote")
