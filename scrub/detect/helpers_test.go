package detect

import (
	"strings"
)

// scrubbed returns text with each finding replaced by its placeholder.
func scrubbed(o *Options, text string, ctx Context) string {
	var b strings.Builder
	at := 0
	for _, f := range Reference(o, []byte(text), ctx) {
		b.WriteString(text[at:f.Start])
		b.WriteString(Table[f.Detector].Placeholder)
		at = f.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// everything is all detectors, those that are off by default included.
func everything() *Options {
	o := Defaults()
	o.On[UUID] = true
	return &o
}
