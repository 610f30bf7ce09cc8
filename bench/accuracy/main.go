// Command accuracy is the scorecard of what winnow finds and what it leaves alone: recall by kind of data and by shape of line, and false
// positives by kind and over quiet lines, for `winnow scrub` with the default policy. It fails under the bar.
//
//	go run ./bench/accuracy [-json] [-show 20] [-count 100] [-seed 1]
//
// Recall is the share of lines with a planted value of which, once all encodings are undone, nothing is left. A false positive is a
// harmless line that comes out changed. A line is broken if it no longer has its shape: JSON that is none any more or has other names. It is
// unstable if scrubbing it twice changes it again. It is wide if more than the value went, which has no bar.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"winnow/bench/corpora/cases"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench/accuracy:", err)
		os.Exit(1)
	}
}

// errUnderBar says that the scorecard has rows that fail.
var errUnderBar = errors.New("under the bar")

// options are the command's flags.
type options struct {
	json               bool
	show, count, quiet int
	seed               uint64
}

func run(args []string, w io.Writer) error {
	var o options
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.BoolVar(&o.json, "json", false, "one JSON object a line instead of tables")
	flags.IntVar(&o.show, "show", 0, "how many failing templates to show, with a line of each as it went in and came out")
	flags.IntVar(&o.count, "count", 100, "lines of each template")
	flags.IntVar(&o.quiet, "quiet", 20_000, "quiet lines at least")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of all lines")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.count < 1 || o.quiet < 1 {
		return errors.New("no lines to judge: -count and -quiet must be 1 at least")
	}
	scrub, err := defaultScrubber()
	if err != nil {
		return err
	}
	card := score(o, scrub)
	if o.json {
		err = card.writeJSON(json.NewEncoder(w))
	} else {
		err = card.writeTables(w, o.show)
	}
	if err == nil && card.failures() > 0 {
		err = fmt.Errorf("%d rows %w", card.failures(), errUnderBar)
	}
	return err
}

// score judges all lines.
func score(o options, scrub scrubber) *scorecard {
	card := newScorecard()
	for _, lines := range [][]cases.Case{cases.Hits(o.seed, o.count), cases.Misses(o.seed, o.count), cases.Quiet(o.seed, o.quiet)} {
		judgeAll(card, lines, scrub)
	}
	return card
}
