package main

import (
	"flag"
	"os"
	"slices"
	"testing"
)

// The test has fewer power cuts, at four seconds each, and fewer seconds of the soak than a tenth.
const (
	mostPower = 2
	mostSoak  = 10
)

// atOnce is how many scenarios run side by side, more than there may be cores: they wait more than they work.
const atOnce = "5"

// alone are scenarios that run before the others: what is timed, and backend, whose mount namespaces would keep the disks of others from being
// unmounted.
var alone = []string{"speed", "recovery", "backend"}

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// A tenth of every scenario has the outcome that is asked of the whole; of the power cuts and of the soak it is less, and how quick something is, is
// shown and not judged.
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
			if !slices.Contains(alone, sc.name) {
				t.Parallel()
			}
			cycles := options{tenth: true}.count(sc.cycles)
			switch sc.name {
			case "power":
				cycles = mostPower
			case "soak":
				cycles = mostSoak
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
