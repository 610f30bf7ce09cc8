package meta

import (
	"fmt"
	"slices"
	"strings"

	"winnow/config"
	"winnow/scrub/action"
)

// Default is how a fact is treated that the configuration does not name.
type Default struct {
	Fact  config.Fact
	Class config.Class
	// Name it is attached under. Those with a word of OpenTelemetry's attribute registry use it; client.as.* and http.request.referrer
	// follow the Elastic Common Schema, and browser.time_zone, browser.exit_url, device.class and winnow.policy are winnow's own, in the nearest
	// namespace.
	Name string
	// VersionName is the name of the version beside the fact, empty for a fact without one. Under a name of the operator's own it is
	// that name with _version at its end.
	VersionName string
	// Action upon the value.
	Action config.Action
	// NeedsGeo is true for a fact that is left out without a database.
	NeedsGeo bool

	number bool
}

// fact is an index into Defaults.
type fact int

const (
	factIP fact = iota
	factCountry
	factRegion
	factASN
	factISP
	factBrowser
	factOS
	factDeviceClass
	factLanguage
	factReferrer
	factExitURL
	factFeature
	factError
	factTimeZone
	factReceivedAt
	factPolicy
	factCount
)

// Defaults are all facts, in the order in which fields are appended.
var Defaults = [factCount]Default{
	factIP: {Fact: config.FactIP, Class: config.ClassNetwork, Name: "client.address",
		Action: config.Action{Kind: config.ActionTruncate, IPv4Bits: 24, IPv6Bits: 48}},
	factCountry:     {Fact: config.FactCountry, Class: config.ClassLocation, Name: "geo.country.iso_code", NeedsGeo: true},
	factRegion:      {Fact: config.FactRegion, Class: config.ClassLocation, Name: "geo.region.iso_code", NeedsGeo: true},
	factASN:         {Fact: config.FactASN, Class: config.ClassNetwork, Name: "client.as.number", NeedsGeo: true, number: true},
	factISP:         {Fact: config.FactISP, Class: config.ClassNetwork, Name: "client.as.organization.name", NeedsGeo: true},
	factBrowser:     {Fact: config.FactBrowser, Class: config.ClassDevice, Name: "user_agent.name", VersionName: "user_agent.version"},
	factOS:          {Fact: config.FactOS, Class: config.ClassDevice, Name: "user_agent.os.name", VersionName: "user_agent.os.version"},
	factDeviceClass: {Fact: config.FactDeviceClass, Class: config.ClassDevice, Name: "device.class"},
	factLanguage:    {Fact: config.FactLanguage, Class: config.ClassUsage, Name: "browser.language"},
	factReferrer:    {Fact: config.FactReferrer, Class: config.ClassUsage, Name: "http.request.referrer"},
	factExitURL:     {Fact: config.FactExitURL, Class: config.ClassUsage, Name: "browser.exit_url"},
	factFeature:     {Fact: config.FactFeature, Class: config.ClassUsage, Name: "http.route"},
	factError:       {Fact: config.FactError, Class: config.ClassTelemetry, Name: "error.type"},
	factTimeZone:    {Fact: config.FactTimeZone, Class: config.ClassUsage, Name: "browser.time_zone"},
	factReceivedAt:  {Fact: config.FactReceivedAt, Class: config.ClassTelemetry, Name: "observed_timestamp"},
	factPolicy:      {Fact: config.FactPolicy, Class: config.ClassTelemetry, Name: "winnow.policy"},
}

// longestName bounds an operator's own name for a fact, in bytes.
const longestName = 128

// compile makes the rule of one fact from its default and what the operator said.
func (d *Default) compile(m config.MetadataRule) (rule, error) {
	r := rule{on: !m.Off, name: d.Name, version: d.VersionName}
	if m.Name != "" {
		if err := checkName(m.Name); err != nil {
			return rule{}, err
		}
		r.name = m.Name
		if d.VersionName != "" {
			r.version = m.Name + "_version"
		}
	}
	a := d.Action
	if m.Action != nil {
		a = *m.Action
	}
	if err := d.checkAction(a); err != nil {
		return rule{}, err
	}
	if a.Kind == config.ActionDrop {
		r.on = false
	}
	var err error
	r.action, err = action.Compile(a)
	return r, err
}

func (d *Default) checkAction(a config.Action) error {
	offered := []config.ActionKind{config.ActionKeep, config.ActionDrop, config.ActionMask, config.ActionReplace}
	if d.Fact == config.FactIP {
		offered = append(offered, config.ActionTruncate, config.ActionPseudonym)
	}
	if d.Fact == config.FactReceivedAt {
		offered = append(offered, config.ActionGeneralise)
	}
	if a.Kind == "" || slices.Contains(offered, a.Kind) {
		return nil
	}
	words := make([]string, len(offered))
	for i, k := range offered {
		words[i] = string(k)
	}
	return fmt.Errorf("action %q is not for this fact; use one of %s", a.Kind, strings.Join(words, ", "))
}

func checkName(name string) error {
	if len(name) > longestName {
		return fmt.Errorf("name has %d bytes; use at most %d", len(name), longestName)
	}
	for i := range len(name) {
		if c := name[i]; !alnum(c) && c != '.' && c != '_' && c != '-' {
			return fmt.Errorf("name has byte %#02x at %d; use letters, digits, '.', '_' and '-'", c, i)
		}
	}
	return nil
}

// unknownFacts returns the facts named in m that are none, sorted.
func unknownFacts(m config.Metadata) []config.Fact {
	var unknown []config.Fact
	for f := range m {
		if !slices.ContainsFunc(Defaults[:], func(d Default) bool { return d.Fact == f }) {
			unknown = append(unknown, f)
		}
	}
	slices.Sort(unknown)
	return unknown
}

func factWords() string {
	words := make([]string, len(Defaults))
	for i := range Defaults {
		words[i] = string(Defaults[i].Fact)
	}
	return strings.Join(words, ", ")
}
