package main

import (
	"fmt"
	"io"
)

// row is one thing that was counted or measured.
type row struct {
	what string
	got  string
	want string // "" if nothing is asked of it
	bad  bool
	pace bool // depends on how quick the machine is
}

// paced marks a row whose outcome is a matter of speed: a test does not judge it.
func paced(r row) row {
	r.pace = true
	return r
}

// told is a row that nothing is asked of.
func told(what string, got any) row { return row{what: what, got: fmt.Sprint(got)} }

// equal is a count that must be so.
func equal[T comparable](what string, got, want T) row {
	return row{what: what, got: fmt.Sprint(got), want: fmt.Sprint(want), bad: got != want}
}

// atLeast is a number that must not be lower.
func atLeast(what string, got, want float64) row {
	return row{what: what, got: fmt.Sprintf("%.4g", got), want: fmt.Sprintf(">= %.4g", want), bad: got < want}
}

// atMost is a figure that must not be higher, with its unit.
func atMost(what string, got, want float64, unit string) row {
	return row{what: what, got: fmt.Sprintf("%.4g %s", got, unit), want: fmt.Sprintf("<= %.4g %s", want, unit), bad: got > want}
}

// table prints rows, and fails if one is not as it must be; those that are a matter of speed only if pace says so.
func table(w io.Writer, sc scenario, rows []row, pace bool) error {
	if _, err := fmt.Fprintf(w, "\n%s: %s\n", sc.name, sc.about); err != nil {
		return err
	}
	bad := 0
	for _, r := range rows {
		verdict := ""
		switch {
		case r.bad && r.pace && !pace:
			verdict = "slow"
		case r.bad:
			bad++
			verdict = "FAILED"
		case r.want != "":
			verdict = "ok"
		}
		if _, err := fmt.Fprintf(w, "  %-58s %16s %16s %s\n", r.what, r.got, r.want, verdict); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d outcomes are not what was asked", bad, len(rows))
	}
	return nil
}
