// Package scrub is the pure engine: a compiled Policy, and what it does to one request body.
//
// A codec walks a wire format and asks a Run about each field; the Run collects edits over the bytes as they came, and Finish applies
// them. Only this package makes a Clean, and only what is clean can reach a spool or an upstream.
//
// Invariants: text that leaves has passed every detector that is on; in strict mode a field leaves only if a rule names it and its class
// may leave; whatever cannot be decided is withheld. Nothing here reads a file, a clock, the environment or a random source.
package scrub

import (
	"errors"

	"winnow/config"
	"winnow/scrub/detect"
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
)

// ErrDropRecord is returned by a walk when a rule drops the whole record. It is no failure: the caller removes the record and counts it
// as dropped by policy.
var ErrDropRecord = errors.New("record dropped by policy")

// A Fault is a record, or a body, that cannot be read. It names the place and never the text.
type Fault struct {
	// Offset in bytes of the body as decoded.
	Offset int
	// Reason in words.
	Reason string
}

// Error gives the reason and the place.
func (f *Fault) Error() string { return f.Reason }

// Clean is scrubbed data. The zero value is empty.
type Clean struct {
	bytes  []byte
	copied bool
}

// Bytes returns the data. It is valid until the Run that made it is closed, or what Release gave it to is used again, and must not be changed.
func (c Clean) Bytes() []byte { return c.bytes }

// Copied tells that the data does not lie in the body as it was loaded.
func (c Clean) Copied() bool { return c.copied }

// Request is what a Run needs to know beside the body.
type Request struct {
	// Mode of scrubbing; empty takes the policy's.
	Mode config.Mode
	// Keys under which pseudonyms are made. Nil: an action that needs one withholds the value.
	Keys *pseudonym.Domain
	// Meta is attached to every record, unless the record has a field of that name. Only fields of the policy's own Meta() extractor,
	// and of a class that may leave. Not kept after Close.
	Meta []meta.Field
	// SubjectKeys make the digests by which Orders knows persons. Nil: nobody is looked for.
	SubjectKeys *pseudonym.Domain
	// Orders are what was decided about persons; nil: nothing.
	Orders Orders
	// Minor, if set, hears of the digests of persons whom records of minors name, often more than once.
	Minor func(pseudonym.Digest)
	// Minors says that all records are a minor's: Minor hears of everybody whom they name.
	Minors bool
	// Marked are the records about which an earlier pass, or a header, said something.
	Marked *Marked
	// LabelNames writes the names of Meta as labels: client_address for client.address.
	LabelNames bool
	// Trace, if set, hears of every decision. It is for explaining and costs time.
	Trace func(Event)
}

// Event is one decision, for explaining. They come in the order of the body: of each field that is no object or array, or goes as a whole,
// and behind a field that is kept of each finding in it, and of what policy.allow leaves alone in it, which is kept.
type Event struct {
	// Path of the field, as its keys are spelled, or # for a key in which something was found.
	Path string
	// Rule that decided; empty when none names the field.
	Rule string
	// Detector that found something, detect.None for a decision about a whole field.
	Detector detect.ID
	// Kind is the row of the detector's table that found it, where a word names numbers: uk_nhs of health_id.
	Kind string
	// Action taken.
	Action config.ActionKind
	// Why, in words.
	Why string
	// Offset and Length of the bytes concerned, in the text that Layer names.
	Offset, Length int
	// Layer is how many encodings deep the text was: 0 is the body itself.
	Layer int
	// RunnersUp are what detectors would have found in a finding's place, had it not been chosen over them; places are of that text too.
	RunnersUp []detect.Explained
}

// Counts is what happened in one Run.
type Counts struct {
	// Records kept, dropped by policy, and withheld because they could not be read.
	Kept, Dropped, Withheld int
	// Fields that no rule names, removed in strict mode.
	Unnamed int
	// Values withheld because they did not have the shape their action needs.
	Unfit int
	// Suppressed is how often an order was met to remove the records of a person; Stripped are records without anything personal.
	Suppressed, Stripped int
	// Rules counts the fields each rule decided, by Policy.Rules order.
	Rules []int
	// Findings by detector, by Policy.DetectorNames order.
	Findings []int
}

// set makes c a copy.
func (c *Counts) set(from *Counts) {
	rules, findings := append(c.Rules[:0], from.Rules...), append(c.Findings[:0], from.Findings...)
	*c = *from
	c.Rules, c.Findings = rules, findings
}

// Scope is where in the tree of paths a field is looked up.
type Scope uint8

// The scopes of docs/architecture.md.
const (
	Root      Scope = iota // a record's own fields
	Labels                 // loki labels
	Resource               // otlp resource attributes
	OTLPScope              // otlp instrumentation scope
	Bulk                   // elasticsearch action lines
	Tags                   // datadog tags
	Report                 // reports of browsers
	Envelope               // headers of sentry envelopes
	scopeCount
)

var scopeNames = [scopeCount]string{"", "labels", "resource", "scope", "bulk", "tags", "report", "envelope"}
