// Package meta turns the headers of one request into named metadata: the facts of META-1, META-3, META-4, META-5 and META-7.
//
// Everything in a header is hostile. So a value that leaves is never a piece of a header: it is a word of a closed list that the header
// named, a number of at most four digits, an address that was parsed and is written anew, or a referrer rebuilt from segments of safe
// characters. What is not understood is left out. A Request takes only the headers that HeaderNames lists; Cookie and Authorization
// have no way in.
//
// Every value is found in time linear in the header's length, of which a bounded part is read, and without allocation in a steady
// state. The package does not decide whether a class of data may leave, and does not attach anything to records.
package meta

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"

	"winnow/config"
	"winnow/scrub/action"
)

// Field is one named piece of metadata.
type Field struct {
	// Name under which it is attached.
	Name string
	// Value belongs to the Request it was taken from, and is valid until that is reset or used again.
	Value []byte
	// Number is true when Value is decimal digits and may be written as a number.
	Number bool
	// Fact it tells, and the class of that fact.
	Fact  config.Fact
	Class config.Class
}

// Place is what a database knows about an address: never coordinates, a postcode or a city (META-5).
type Place struct {
	// Country by ISO 3166-1 alpha-2, empty if not known.
	Country string
	// Region by ISO 3166-2, with its country ("CH-ZH"), empty if not known.
	Region string
	// ASN is the autonomous system's number, 0 if not known.
	ASN uint32
	// ISP is the provider's name, empty if not known.
	ISP string
}

// Geo finds the place of an address.
type Geo interface {
	// Lookup returns what is known; the zero Place if nothing is. It may be called from many goroutines at once.
	Lookup(netip.Addr) Place
}

// Extractor takes metadata from requests as a configuration says. It is immutable and safe for concurrent use.
type Extractor struct {
	rules   [factCount]rule
	trusted []netip.Prefix
	words   lexicon
}

// rule is what becomes of one fact.
type rule struct {
	on      bool
	name    string
	version string // name of the version beside it, empty for a fact without one
	action  action.Action
}

// Compile makes an Extractor. Facts that m does not name have their default (see Defaults). The proxies' networks are those whose
// forwarding headers are believed. All mistakes are returned at once, joined, in the order of the facts.
func Compile(m config.Metadata, trustedProxies []netip.Prefix) (*Extractor, error) {
	e := &Extractor{words: newLexicon()}
	for _, p := range trustedProxies {
		e.trusted = append(e.trusted, unmapPrefix(p))
	}
	var mistakes []error
	taken := map[string]config.Fact{}
	for i := range Defaults {
		d := &Defaults[i]
		r, err := d.compile(m[d.Fact])
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("metadata.%s: %w", d.Fact, err))
			continue
		}
		e.rules[i] = r
		if err := take(taken, d.Fact, r); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	for _, f := range unknownFacts(m) {
		mistakes = append(mistakes, fmt.Errorf("metadata.%s: unknown fact; use one of %s", f, factWords()))
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return e, nil
}

// take notes the names of a fact, each of which must be of one fact only.
func take(taken map[string]config.Fact, f config.Fact, r rule) error {
	for _, name := range [...]string{r.name, r.version} {
		if !r.on || name == "" {
			continue
		}
		if owner, ok := taken[name]; ok {
			return fmt.Errorf("metadata.%s.name: %q is the name of %q already; choose another", f, name, owner)
		}
		taken[name] = f
	}
	return nil
}

// wantsPlace reports whether any fact is taken that needs a database.
func (e *Extractor) wantsPlace() bool {
	for i := range Defaults {
		if Defaults[i].NeedsGeo && e.rules[i].on {
			return true
		}
	}
	return false
}

// Append appends the fields of r to dst, in the order of Defaults, without the policy's stamp. A nil geo leaves out what needs a database. The place is looked up
// for the whole address, before anything is done to it. The values belong to r.
func (e *Extractor) Append(dst []Field, r *Request, geo Geo) []Field {
	x := extraction{e: e, r: r, fields: dst}
	r.buf = r.buf[:0]
	addr := e.client(r)
	if addr.IsValid() && x.open(factIP) {
		r.buf = addr.AppendTo(r.buf)
		x.close()
	}
	if e.wantsPlace() {
		x.place(e.Place(r, geo))
	}
	x.agent()
	if x.open(factLanguage) {
		r.buf = e.words.locale(r.language).appendTo(r.buf)
		x.close()
	}
	if x.open(factReferrer) {
		r.buf = appendReferrer(r.buf, r.from())
		x.close()
	}
	if x.open(factExitURL) {
		r.buf = appendReferrer(r.buf, r.exit)
		x.close()
	}
	x.word(factFeature, route(r.RouteTemplate))
	failure := errorType(r.Error)
	if failure == "" && len(r.failure) <= longestError {
		failure = errorType(string(r.failure))
	}
	x.word(factError, failure)
	x.word(factTimeZone, e.words.zone(r.zone))
	if !r.Now.IsZero() && x.open(factReceivedAt) {
		r.buf = r.Now.UTC().AppendFormat(r.buf, receivedAtForm)
		x.close()
	}
	return x.fields
}

// Stamp is the field that says which policy a record was scrubbed under (CHANGE-1), from its digest; false if it is off. It takes a moment: a
// policy makes it once. The caller owns its value.
func (e *Extractor) Stamp(digest string) (Field, bool) {
	x := extraction{e: e, r: new(Request)}
	x.word(factPolicy, digest[:min(len(digest), stampDigits)])
	if len(x.fields) == 0 {
		return Field{}, false
	}
	return x.fields[0], true
}

// StampName is the name of that field; empty if it is off.
func (e *Extractor) StampName() string {
	if r := &e.rules[factPolicy]; r.on {
		return r.name
	}
	return ""
}

// stampDigits of a digest stand on a record: 48 bits tell the few policies of one operator apart.
const stampDigits = 12

// Place is the place of the client, the zero Place if it is not known. It is looked up once for r, for the whole address. A nil geo knows
// nothing.
func (e *Extractor) Place(r *Request, geo Geo) Place {
	if addr := e.client(r); geo != nil && addr.IsValid() && !r.placed {
		r.place, r.placed = geo.Lookup(addr), true
	}
	return r.place
}

// client is clientAddr, found once for r.
func (e *Extractor) client(r *Request) netip.Addr {
	if !r.sought {
		r.addr, r.sought = e.clientAddr(r), true
	}
	return r.addr
}

// receivedAtForm is RFC 3339 in UTC, to the millisecond.
const receivedAtForm = "2006-01-02T15:04:05.000Z"

// extraction is one call of Append. A value is written to the end of the request's buffer between open and close.
type extraction struct {
	e      *Extractor
	r      *Request
	fields []Field
	fact   fact
	start  int
}

// open begins a value, unless the fact is off.
func (x *extraction) open(f fact) bool {
	x.fact, x.start = f, len(x.r.buf)
	return x.e.rules[f].on
}

// close ends a value under the fact's own name. An empty value is left out.
func (x *extraction) close() { x.closeAs(x.e.rules[x.fact].name) }

func (x *extraction) closeAs(name string) {
	d, rule := &Defaults[x.fact], &x.e.rules[x.fact]
	end := len(x.r.buf)
	if end == x.start {
		return
	}
	x.r.env = action.Env{Minter: x.r.Minter, Kind: string(d.Fact)}
	out, number, ok := rule.action.Append(x.r.buf, x.r.buf[x.start:end], &x.r.env)
	x.r.buf = out
	if !ok {
		return
	}
	value := out[end:len(out):len(out)]
	x.fields = append(x.fields, Field{Name: name, Value: value, Number: number && d.number, Fact: d.Fact, Class: d.Class})
}

// word adds a value from a closed list or a trusted source.
func (x *extraction) word(f fact, value string) {
	if x.open(f) {
		x.r.buf = append(x.r.buf, value...)
		x.close()
	}
}

// versioned adds a word and the version beside it.
func (x *extraction) versioned(f fact, value string, v version) {
	x.word(f, value)
	if value != "" && v.known && x.open(f) {
		x.r.buf = append(x.r.buf, v.word...)
		if v.word == "" {
			x.r.buf = strconv.AppendUint(x.r.buf, uint64(v.n), 10)
		}
		x.closeAs(x.e.rules[f].version)
	}
}

func (x *extraction) place(p Place) {
	country := x.e.words.country(p.Country)
	x.word(factCountry, country)
	x.word(factRegion, region(country, p.Region))
	if p.ASN != 0 && x.open(factASN) {
		x.r.buf = strconv.AppendUint(x.r.buf, uint64(p.ASN), 10)
		x.close()
	}
	x.word(factISP, provider(p.ISP))
}

func (x *extraction) agent() {
	rules := &x.e.rules
	if !rules[factBrowser].on && !rules[factOS].on && !rules[factDeviceClass].on {
		return
	}
	a := x.e.words.agent(x.r)
	x.versioned(factBrowser, a.browser, a.browserVersion)
	x.versioned(factOS, a.system, a.systemVersion)
	x.word(factDeviceClass, a.device)
}
