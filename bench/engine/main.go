// Command engine measures what finds and scrubs, without a network: the detectors over raw text (detect), and a whole Run with the
// default policy over records (scrub). In the same run, turn by turn, stand a copy of the same memory and ten patterns of Go's regexp
// replaced one after the other, so that every figure has its ratios.
//
//	go run ./bench/engine [-json] [-rounds 7] [-corpus app,plain] [-flat]
//
// Everything runs on one core. Adversarial inputs are for the detectors alone, and are compared with app-clean: the worst of them may
// cost eight times as much a byte. With -flat they are measured at five sizes, from 1 KiB to 10 MiB.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"winnow/bench/corpora"
	"winnow/bench/measure"
)

const (
	seed       = 1
	textBytes  = 1 << 20
	sliceOfCPU = 20 * time.Millisecond // a case gets in each round
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench/engine:", err)
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	flags := flag.NewFlagSet("engine", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "one JSON object a line instead of a table")
	rounds := flags.Int("rounds", 7, "turns that every case gets")
	only := flags.String("corpus", "", "corpora, joined by commas; empty: all")
	bySize := flags.Bool("flat", false, "the adversarial inputs from 1 KiB to 10 MiB: time a byte must not grow")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 {
		return fmt.Errorf("%d rounds measure nothing: at least 1", *rounds)
	}
	if *bySize {
		return flat(w, *rounds, func(name string) bool { return *only == "" || slices.Contains(strings.Split(*only, ","), name) }, *asJSON)
	}
	cases, err := allCases(*only)
	if err != nil {
		return err
	}
	results := measure.Interleaved(*rounds, sliceOfCPU, cases)
	if !*asJSON {
		return measure.Table(w, results, memmove, regexps, clean)
	}
	for _, r := range results {
		if err := json.NewEncoder(w).Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// allCases makes the cases over the corpora that only names, joined by commas.
func allCases(only string) ([]measure.Case, error) {
	wanted := strings.Split(only, ",")
	var cases []measure.Case
	for _, kind := range []struct {
		list  []corpora.Corpus
		cases func(*corpora.Corpus) ([]measure.Case, error)
	}{
		{corpora.Texts(seed, textBytes), textCases},
		{corpora.Adversarial(textBytes), adversarialCases},
	} {
		for i := range kind.list {
			c := &kind.list[i]
			if only != "" && !slices.Contains(wanted, c.Name) {
				continue
			}
			made, err := kind.cases(c)
			if err != nil {
				return nil, fmt.Errorf("corpus %s: %w", c.Name, err)
			}
			cases = append(cases, made...)
		}
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("no corpus is named %q", only)
	}
	return cases, nil
}

// name is a case's name in benchmark form.
func name(engine, corpus string) string { return "engine=" + engine + "/corpus=" + corpus }

// textCases are the engines over ordinary logs, baselines first.
func textCases(c *corpora.Corpus) ([]measure.Case, error) {
	cases := []measure.Case{memmoveCase(c), regexpCase(c), detectCase(c)}
	whole, err := scrubCases(c)
	if err != nil {
		return nil, err
	}
	cases = append(cases, whole...)
	against := map[string]string{memmove: name(memmove, c.Name), regexps: name(regexps, c.Name)}
	for i := 2; i < len(cases); i++ {
		cases[i].Against = against
	}
	return cases, nil
}

// adversarialCases are the detectors over an input made to be slow.
func adversarialCases(c *corpora.Corpus) ([]measure.Case, error) {
	found := detectCase(c)
	found.Against = map[string]string{clean: name("detect", clean)}
	return []measure.Case{found}, nil
}
