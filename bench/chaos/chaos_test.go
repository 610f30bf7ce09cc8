package main

import (
	"os"
	"testing"
)

// mostPower bounds the power cuts of the test, at four seconds each.
const mostPower = 2

// A tenth of every scenario has the outcome that is asked of the whole; of the power cuts it is less, and how quick something is, is shown and not
// judged.
func TestTenth(t *testing.T) {
	s, err := newStand(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			if sc.name != "speed" && sc.name != "recovery" { // they wait more than they work
				t.Parallel()
			}
			cycles := options{tenth: true}.count(sc.cycles)
			if sc.name == "power" {
				cycles = mostPower
			}
			rows, err := sc.run(t.Context(), s, cycles)
			if err != nil {
				t.Fatal(err)
			}
			if err := table(os.Stdout, sc, rows, false); err != nil {
				t.Error(err)
			}
		})
	}
}
