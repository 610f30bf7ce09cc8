package main

import (
	"os"
	"testing"
)

// A tenth of every scenario has the outcome that is asked of the whole.
func TestTenth(t *testing.T) {
	s, err := newStand(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	}()
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			rows, err := sc.run(t.Context(), s, options{tenth: true}.count(sc.cycles))
			if err != nil {
				t.Fatal(err)
			}
			if err := table(os.Stdout, sc, rows); err != nil {
				t.Error(err)
			}
		})
	}
}
