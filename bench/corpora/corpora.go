// Package corpora makes the texts that winnow is measured on, from a seed and into memory.
//
// The same seed and size give the same bytes on every machine. Nothing is copied from anywhere: templates, names and values are this
// project's own (Apache-2.0, as the rest of it). Personal data is made up from ranges reserved for it: example.com (RFC 2606),
// 192.0.2.0/24 and its siblings (RFC 5737), 2001:db8::/32 (RFC 3849), 00:00:5e:00:53:00/40 (RFC 7042), numbers 555-0100 to 555-0199,
// and the test numbers that card and account schemes publish.
//
// A corpus says what was planted in it, so that whoever scrubs it can check that nothing of that is left.
package corpora

import "bytes"

// Corpus is text to be scanned, one record a line.
type Corpus struct {
	// Name as it stands in benchmark names: app, app-clean, access, system, plain, or an adversarial input's own.
	Name string
	// Data is the text. Every record ends in a newline, but for adversarial inputs, which may have none at all.
	Data []byte
	// Records is the number of lines; 0 for adversarial inputs, which have no records.
	Records int
	// JSON says that every line is a JSON object.
	JSON bool
	// Planted is the personal data in Data, each value once.
	Planted Planted
}

// Value is one planted piece of personal data.
type Value struct {
	// Kind is the detector that should find it, in its own word: email, ipv4, card, ...
	Kind string
	// Text as it stands in the corpus, and as it must not stand in what leaves. It needs no escape in JSON.
	Text string
}

// Planted is what must not leave.
type Planted []Value

// Leaks returns the values that out still contains, as they were planted.
func (p Planted) Leaks(out []byte) Planted {
	var left Planted
	for _, v := range p {
		if bytes.Contains(out, []byte(v.Text)) {
			left = append(left, v)
		}
	}
	return left
}

// Texts returns every corpus that stands for ordinary logs, each of at least size bytes: app, app-clean, access, system, plain.
func Texts(seed uint64, size int) []Corpus {
	return []Corpus{App(seed, size), AppClean(seed, size), Access(seed, size), System(seed, size), Plain(seed, size)}
}

// App returns structured application logs: JSON objects of about 380 bytes with level, service, version, trace and span id, time stamp,
// floats and a message in free text, a fifth of which holds one or two pieces of personal data.
func App(seed uint64, size int) Corpus { return lines("app", seed, size, dirtyShare, appendJSONEvent) }

// AppClean returns App's logs without personal data.
func AppClean(seed uint64, size int) Corpus {
	return lines("app-clean", seed, size, 0, appendJSONEvent)
}

// Plain returns text lines as a console shows them, about 180 bytes each, a fifth with personal data.
func Plain(seed uint64, size int) Corpus {
	return lines("plain", seed, size, dirtyShare, appendTextEvent)
}

// dirtyShare is the part of records with personal data in free text.
const dirtyShare = 0.20

func lines(name string, seed uint64, size int, share float64, format func([]byte, *event) []byte) Corpus {
	g := newSource(seed, share)
	var e event
	for len(g.out) < size {
		g.next(&e)
		g.out = append(format(g.out, &e), '\n')
		g.records++
	}
	return g.corpus(name)
}
