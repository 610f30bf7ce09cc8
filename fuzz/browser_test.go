package fuzz

import (
	"net/url"
	"testing"

	"winnow/proxy/codec"
	"winnow/scrub/scrubtest"
)

var reports = wire{
	codec: codec.Browser{}, path: "/browser", contentType: "application/reports+json",
	plant: func(text string) []byte {
		address := quote("https://shop.example.com/" + url.PathEscape(text) + "?q=" + url.QueryEscape(text))
		return []byte(`[{"type":` + quote(text) + `,"url":` + address + `,"user_agent":` + quote(text) + `,"body":{"blockedURL":` + quote(text) +
			`,"sourceFile":` + address + `,"message":` + escaped(text) + `,"sample":` + quote(text) + `,` + quote(text) + `:1}},` + plantedObject(text) + `]`)
	},
	check: checkJSON,
}

var forms = wire{
	codec: codec.Browser{}, path: "/browser", contentType: "application/x-www-form-urlencoded",
	plant: func(text string) []byte {
		return []byte("message=" + url.QueryEscape(text) + "&level=" + url.PathEscape(text) + "&" + url.QueryEscape(text) + "=1")
	},
	check: checkJSON,
}

// FuzzReports: a planted value is in no name and string of a browser's report; what comes out is JSON and is accepted again; scrubbed twice is
// scrubbed once. Of a form the planted value is gone, and what comes out is JSON.
func FuzzReports(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		reports.holds(t, p, raw, before, after, strict)
		for _, body := range [][]byte{raw, forms.plant(before + " " + plantedName + " " + after)} {
			if got := forms.scrub(t, p, body, mode(strict), keys); got.err == nil {
				forms.check(t, got.plain, "")
			}
		}
		forms.check(t, forms.scrub(t, p, forms.plant(plantedName+" "+after), mode(strict), keys).plain, plantedName)
	})
}
