package fuzz

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
	"winnow/scrub/scrubtest"
)

// wire is one wire format under test.
type wire struct {
	codec             codec.Codec
	path, contentType string
	query             string
	// plant returns a body that holds text wherever the format has room for text.
	plant func(text string) []byte
	// wrap makes the body of a request out of its plain bytes, unwrap undoes it; nil where there is nothing to undo.
	wrap   func(plain []byte) []byte
	unwrap func(t *testing.T, body []byte) []byte
	// check wants out to be well-formed, and to hold plantedName in no decoded text, if that is not empty.
	check func(t *testing.T, out []byte, planted string)
}

// maxDecoded bounds what a codec may decompress, in bytes.
const maxDecoded = 1 << 20

// result is what a scrub made of a body.
type result struct {
	plain     []byte
	kept      int
	untouched bool
	counts    scrub.Counts
	err       error
}

func mode(strict bool) config.Mode {
	if strict {
		return config.ModeStrict
	}
	return config.ModeScrub
}

// attached is a fact that every record gets, and that a record which has it keeps its own of.
var attached = []meta.Field{{Name: "browser.language", Value: []byte("de-CH"), Fact: config.FactLanguage, Class: config.ClassUsage}}

// keys are one tenant's.
var keys = func() *pseudonym.Domain {
	d, err := pseudonym.Derive([]byte("a master secret of 32 bytes, not more"), "default", "logs", 7)
	if err != nil {
		panic("fuzz: " + err.Error())
	}
	return d
}()

// scrub runs plain through the codec.
func (w wire) scrub(t *testing.T, p *scrub.Policy, plain []byte, m config.Mode, keys *pseudonym.Domain) result {
	t.Helper()
	return w.traced(t, p, plain, m, keys, nil)
}

// traced is scrub with a listener, for whom a Run takes the long way: field by field, text by text.
func (w wire) traced(t *testing.T, p *scrub.Policy, plain []byte, m config.Mode, keys *pseudonym.Domain, trace func(scrub.Event)) result {
	t.Helper()
	body := bytes.Clone(plain)
	if w.wrap != nil {
		body = w.wrap(plain)
	}
	before := bytes.Clone(body)
	run := p.Begin(scrub.Request{Mode: m, Meta: attached, Keys: keys, Trace: trace})
	defer run.Close()
	batch, err := w.codec.Scrub(run, &codec.Request{
		Method: "POST", Path: w.path, Query: []byte(w.query), ContentType: w.contentType, Body: body, MaxDecoded: maxDecoded,
	})
	if !bytes.Equal(body, before) {
		t.Error("the body was changed in place")
	}
	if err != nil {
		return result{err: err}
	}
	out := bytes.Clone(batch.Bytes())
	if batch.Untouched() && !bytes.Equal(out, before) {
		t.Error("a batch that calls itself untouched has other bytes than came")
	}
	if w.unwrap != nil {
		out = w.unwrap(t, out)
	}
	counts := *run.Counts() // the run's own lists end with it
	counts.Rules, counts.Findings = slices.Clone(counts.Rules), slices.Clone(counts.Findings)
	return result{plain: out, kept: batch.Kept, untouched: batch.Untouched(), counts: counts}
}

// fuzz has holds check it under the default policy, in either mode.
func (w wire) fuzz(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		w.holds(t, p, raw, before, after, strict)
	})
}

// holds checks all that is true of any body: raw bytes taken for one, and a body with something planted in it between before and after.
func (w wire) holds(t *testing.T, p *scrub.Policy, raw []byte, before, after string, strict bool) {
	t.Helper()
	w.steady(t, p, raw, mode(strict))
	for _, text := range []string{before + " " + plantedName + " " + after, plantedName} {
		got := w.steady(t, p, w.plant(text), mode(strict))
		if got.err != nil {
			t.Errorf("refused: %v\n%q", got.err, w.plant(text))
		}
		w.check(t, got.plain, plantedName)
		if bytes.Contains(got.plain, []byte(plantedName)) {
			t.Errorf("planted value is left in %q", got.plain)
		}
	}
}

// steady scrubs plain. The short way and the long way give the same. What comes out must be accepted when scrubbed once more, and without keys, which pseudonyms would get another
// pseudonym with, that must change nothing.
func (w wire) steady(t *testing.T, p *scrub.Policy, plain []byte, m config.Mode) result {
	t.Helper()
	once := w.scrub(t, p, plain, m, keys)
	if once.err != nil {
		return once
	}
	long := w.traced(t, p, plain, m, keys, func(scrub.Event) {})
	if long.err != nil || !bytes.Equal(long.plain, once.plain) || !reflect.DeepEqual(long.counts, once.counts) {
		t.Errorf("the long way gives %q, %v, %+v\nnot %q, %+v\nof %q", long.plain, long.err, long.counts, once.plain, once.counts, plain)
	}
	w.check(t, once.plain, "")
	if once.kept == 0 {
		return once
	}
	if twice := w.scrub(t, p, once.plain, m, keys); twice.err != nil {
		t.Errorf("what came out is refused: %v\n in: %q\nout: %q", twice.err, plain, once.plain)
	}
	bare := w.scrub(t, p, plain, m, nil)
	if again := w.scrub(t, p, bare.plain, m, nil); again.err == nil && !bytes.Equal(bare.plain, again.plain) {
		t.Errorf("scrubbed twice is not scrubbed once\n in:   %q\nonce:  %q\ntwice: %q", plain, bare.plain, again.plain)
	}
	return once
}

// checkJSON wants JSON values one after the other, none of whose names and strings hold planted.
func checkJSON(t *testing.T, out []byte, planted string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("not JSON any more: %v\n%q", err, out)
		}
		if text, ok := token.(string); ok && planted != "" && strings.Contains(text, planted) {
			t.Errorf("planted value is left in %q", out)
		}
	}
}

// quote is text as a JSON string.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic("fuzz: a string does not marshal: " + err.Error())
	}
	return string(b)
}

// escaped is text as a JSON string in which the sign @ is written as an escape.
func escaped(text string) string { return strings.ReplaceAll(quote(text), "@", `\u0040`) }
