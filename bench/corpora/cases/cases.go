// Package cases makes labelled log lines: lines with one planted piece of personal data or one secret (Hits), and harmless ones, made to
// look like them (Misses) or as systems write them when all is well (Quiet).
//
// The same seed and count give the same lines on every machine. Values are made valid by code of this package (check digits, encodings,
// structures), never by the detectors that are judged with them; templates are this project's own (Apache-2.0). Personal data is made up
// from ranges reserved for it where there are any: example.com and its siblings, documentation and private networks, locally administered
// hardware addresses, telephone numbers set aside for fiction.
//
// To add a kind of data, add a row to kinds; a kind of line, a row to shapes; a look-alike, a row to traps.
package cases

// Case is one line and what is known of it.
type Case struct {
	// Kind of what was planted, or of what a harmless line was made to be taken for. For quiet lines, the system.
	Kind string
	// Shape of the line: how the value stands in it. Empty for harmless lines.
	Shape string
	// Template names what the line was made from, within its kind and shape.
	Template string
	// Line as logged, without a line feed.
	Line string
	// Value planted, as it reads once all encodings are undone; empty for a harmless line.
	Value string
	// Start and End are the bytes of Line that stand for the value, encoded.
	Start, End int
	// Encoding of Line[Start:End].
	Encoding Encoding
	// JSON says that Line is a JSON object, and must stay one with the same names.
	JSON bool
	// Renames says that the value stands in the name of a JSON member, so that this name changes.
	Renames bool
}

// Own is the shape of templates that only one kind of data has.
const Own = "own"

// Encoding of a value in its line.
type Encoding uint8

// The encodings.
const (
	// Plain: the value as it is, with no more than backslashes or entities before some signs.
	Plain Encoding = iota
	// Percent: RFC 3986, with + or %20 for a space.
	Percent
	// Escaped: \u escapes of JSON.
	Escaped
	// Twice percent-encoded.
	Twice
	// Base64 of a text that holds the value.
	Base64
	// Wide: full-width digits (U+FF10 to U+FF19).
	Wide
	// Sprinkled: zero-width characters in the value.
	Sprinkled
)

// Hidden tells whether only what undoes the encoding can see a value: lines that say something about their shape, and little about a
// detector.
func (e Encoding) Hidden() bool { return e >= Twice }

// Group of kinds that one bar is set for.
type Group uint8

// The groups.
const (
	Core     Group = iota // e-mail, card, IBAN, addresses, social security number
	Secrets               // tokens, keys, passwords
	Personal              // everything else
)

// Kind is what the table says of one kind of data.
type Kind struct {
	// Name in reports.
	Name string
	// Detector that should find it, by its name in policies.
	Detector string
	// Group it is judged with.
	Group Group
}

// Kinds lists the kinds in the order of reports.
func Kinds() []Kind {
	list := make([]Kind, 0, len(kinds))
	for i := range kinds {
		list = append(list, kinds[i].Kind)
	}
	return list
}

// Hits makes count lines for every kind in every shape that it can stand in.
func Hits(seed uint64, count int) []Case {
	var list []Case
	for i := range kinds {
		k := &kinds[i]
		g := newSource(seed, k.Name)
		for _, text := range k.own {
			for range count {
				list = append(list, g.plant(k, &shape{name: Own, text: text}))
			}
		}
		for j := range shapes {
			if !k.fits(&shapes[j]) {
				continue
			}
			for range count {
				list = append(list, g.plant(k, &shapes[j]))
			}
		}
	}
	return list
}

// Misses makes count harmless lines of every template of every trap.
func Misses(seed uint64, count int) []Case {
	var list []Case
	for i := range traps {
		t := &traps[i]
		g := newSource(seed, t.name)
		for n, text := range t.templates() {
			for range count {
				list = append(list, g.harmless(t, n, text))
			}
		}
	}
	return list
}

// Quiet makes at least count lines as twenty systems write them, the same number of each template.
func Quiet(seed uint64, count int) []Case {
	templates := 0
	for i := range systems {
		templates += len(systems[i].lines)
	}
	each := (count + templates - 1) / templates
	list := make([]Case, 0, each*templates)
	for i := range systems {
		s := &systems[i]
		g := newSource(seed, s.name)
		for _, text := range s.lines {
			for range each {
				line := g.expand(text, "", "")
				list = append(list, Case{Kind: s.name, Template: s.name + ": " + text, Line: line, JSON: line[0] == '{'})
			}
		}
	}
	return list
}
