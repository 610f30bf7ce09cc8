package fuzz

import (
	"net/url"
	"strings"
	"testing"

	"winnow/proxy/codec"
	"winnow/scrub/scrubtest"
)

var rows = wire{
	codec: codec.ClickHouse{}, path: "/", query: "query=INSERT+INTO+logs+FORMAT+JSONEachRow", contentType: "application/octet-stream",
	plant: func(text string) []byte { return []byte(plantedObject(text) + "\n" + plantedObject(text) + "\n") },
	check: checkJSON,
}

// FuzzClickHouse: a planted value is in no column's name or text; what comes out are rows and is accepted again; scrubbed twice is scrubbed
// once. A statement in front of rows goes on only if it is plain: with a planted value in it, it is refused.
func FuzzClickHouse(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		rows.holds(t, p, raw, before, after, strict)
		for _, text := range []string{string(raw), "INSERT INTO " + before + plantedName + after + " FORMAT JSONEachRow"} {
			var forward codec.Forward
			why, detail := codec.ClickHouse{}.Forward(&forward, &codec.Request{Method: "POST", Path: "/", Body: []byte(text)}, p.Quiet)
			if strings.Contains(detail, plantedName) || why != 0 && len(forward.Query) > 0 && !forward.Ask {
				t.Errorf("refused with %q, and the query %q", detail, forward.Query)
			}
			query, err := url.ParseQuery(string(forward.Query))
			if statement := query.Get("query"); err != nil || strings.Contains(statement, plantedName) || strings.ContainsAny(statement, "\x00\\#") {
				t.Errorf("of %q goes on: %q, %v", text, statement, err)
			}
		}
	})
}
