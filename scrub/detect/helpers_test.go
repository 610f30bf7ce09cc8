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

// levels are the ways to scan that the processor has instructions for, plain Go first.
func levels() (all []vectorLevel) {
	for level := noVectors; level <= vectorsHere(); level++ {
		all = append(all, level)
	}
	return all
}

// ways are what benchmarks call the levels, the last the best there is.
var ways = [...]string{"portable", "vector256", "vector"}

func levelOf(name string) vectorLevel {
	switch name {
	case "portable":
		return noVectors
	case "vector256":
		return min(vectors256, vectorsHere())
	}
	return vectorsHere()
}
