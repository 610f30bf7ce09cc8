package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Digest is the version of the policy: SHA-256 in hex over all that decides what leaves. It is the same on every machine and in
// every run, whatever the file's layout, comments, order of keys or spelled-out defaults; it changes with the preset's content.
// Names, addresses, limits, keys of tenants, upstreams and what only the inventory says (why, basis, obligations) are no part of it.
//
// The bytes hashed are JSON with sorted keys: the mode, the sorted classes, the rules with the preset's after them, the detectors'
// overrides, detect_private_ips, the metadata, the detectors of one's own with their words, what is allowed, high_cardinality, the subjects'
// fields, what marks minors, what do_not_track and gpc mean, path, protocol, mode and classes of each route, and of each listener that has
// a mode or classes of its own, and what is withheld of tenants.
func (c *Config) Digest() string {
	type route struct {
		Path     string
		Protocol Protocol
		Mode     Mode
		Classes  []Class `json:",omitzero"`
	}
	content := struct {
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
		Routes           []route
		Listeners        []route               `json:",omitempty"`
		Tenants          map[string]Tightening `json:",omitempty"`
	}{
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
		content.Routes = append(content.Routes, route{r.Path, r.Protocol, r.Mode, r.Classes})
	}
	for _, l := range c.Listeners {
		if l.Mode != "" || l.Classes != nil {
			content.Listeners = append(content.Listeners, route{l.Address, l.Protocol, l.Mode, l.Classes})
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
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
