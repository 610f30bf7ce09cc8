package fuzz

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"winnow/proxy/codec"
	"winnow/scrub/scrubtest"
)

var lines = wire{
	codec: codec.JSON{}, path: "/ingest", contentType: "application/x-ndjson",
	plant: func(text string) []byte { return []byte(plantedObject(text) + "\n" + plantedObject(text) + "\n") },
	check: func(t *testing.T, out []byte, planted string) {
		if start := bytes.TrimLeft(out, " \t\r\n"); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
			checkJSON(t, out, planted)
		}
	},
}

// plantedObject is a record with text in every place a record has.
func plantedObject(text string) string {
	inner := `{"message":` + quote(text) + `}`
	return `{"message":` + quote(text) + `,"level":` + quote(text) + `,"error":{"stack":[` + escaped(text) + `,7,` + quote(text) + `]},` +
		quote(text) + `:1,"nested":` + quote(inner) + `,"msg":` + quote("said "+inner) + `,"message":` + escaped(text) + `}`
}

// FuzzNDJSON: a planted value is in no decoded name or string of the output, whatever stands before its record; what was JSON stays JSON; scrubbed twice is scrubbed once;
// records scrubbed together are records scrubbed one by one.
func FuzzNDJSON(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		lines.holds(t, p, raw, before, after, strict)
		behind := lines.scrub(t, p, append(append(bytes.Clone(raw), '\n'), plantedObject(before+" "+plantedName)+"\n"...), mode(strict), keys)
		if !bytes.Contains(raw, []byte(plantedName)) && bytes.Contains(behind.plain, []byte(plantedName)) {
			t.Errorf("planted value is left behind %q: %q", raw, behind.plain)
		}
		records := objects(raw)
		if len(records) < 2 {
			return
		}
		whole := lines.scrub(t, p, bytes.Join(records, nil), mode(strict), keys)
		var pieces []byte
		for _, r := range records {
			pieces = append(pieces, lines.scrub(t, p, r, mode(strict), keys).plain...)
		}
		if whole.err != nil || !bytes.Equal(whole.plain, pieces) {
			t.Errorf("together: %q, %v\none by one: %q", whole.plain, whole.err, pieces)
		}
	})
}

// objects returns the lines of raw that are JSON objects.
func objects(raw []byte) [][]byte {
	var list [][]byte
	for line := range bytes.Lines(raw) {
		if line[0] == '{' && json.Valid(line) && bytes.HasSuffix(line, []byte("\n")) {
			list = append(list, line)
		}
	}
	return list
}

// FuzzJSON: one object alone, in an array, and in a string of another object loses the same planted value; a member that no detector and no rule
// concerns keeps its bytes in mode scrub, however its number or name is spelled.
func FuzzJSON(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, value []byte, name, before, after string, strict bool) {
		text := before + " " + plantedName + " " + after
		for _, body := range []string{
			plantedObject(text), "[" + plantedObject(text) + " , " + plantedObject(text) + "]",
			`{"message":` + quote(plantedObject(text)) + `}`, `{"a":{"b":[{"c":` + escaped(text) + `}]}}`,
			`{` + quote(name) + `:` + quote(text) + `}`,
		} {
			got := lines.steady(t, p, []byte(body), mode(strict))
			checkJSON(t, got.plain, plantedName)
		}
		if !json.Valid(value) || bytes.ContainsAny(value, "\n") {
			return
		}
		keepsUntouched(t, value, name, func(body []byte) result { return lines.scrub(t, p, body, mode(false), keys) })
	})
}

// keepsUntouched wants a value in which nothing was found to leave as it came, beside one in which something was.
func keepsUntouched(t *testing.T, value []byte, name string, scrub func([]byte) result) {
	t.Helper()
	alone := `{` + quote(name) + `:` + string(value) + `}`
	before := scrub([]byte(alone))
	if before.err != nil || before.kept != 1 || before.counts.Withheld > 0 || before.counts.Unfit > 0 || concerned(before) {
		return
	}
	want := strings.Replace(alone, "{", `{"z":"[email]",`, 1)
	got := scrub([]byte(strings.Replace(alone, "{", `{"z":"`+plantedName+`",`, 1)))
	if attachedTo := strings.TrimSuffix(want, "}") + `,"browser.language":"de-CH"}`; string(got.plain) != want && string(got.plain) != attachedTo {
		t.Errorf("got %q\nwant %q", got.plain, want)
	}
}

// concerned tells whether a rule or a detector had a say.
func concerned(r result) bool {
	for _, n := range r.counts.Rules {
		if n > 0 {
			return true
		}
	}
	for _, n := range r.counts.Findings {
		if n > 0 {
			return true
		}
	}
	return false
}
