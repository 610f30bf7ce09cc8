package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"winnow/bench/corpora"
	"winnow/bench/measure"
)

// flatSizes are those at which each adversarial input is measured: a body that hardly fills a packet, up to one that hardly passes a limit.
var flatSizes = [...]int{1 << 10, 16 << 10, 256 << 10, 1 << 20, 10 << 20}

// flatSlice is what a case gets in each round; the largest input takes longer.
const flatSlice = 5 * time.Millisecond

// flatness is what was measured of one input.
type flatness struct {
	Corpus string `json:"corpus"`
	// MBPerS at each of flatSizes.
	MBPerS [len(flatSizes)]float64 `json:"mb_per_s"`
	// Flat is the speed at the largest size through the one at the smallest: well below 1 says that time grows faster than the input.
	Flat float64 `json:"flat"`
	// Clean is how many times as fast app-clean is, at 1 MiB.
	Clean float64 `json:"clean"`
}

// flat measures whether time is in proportion to size on inputs made to be slow.
func flat(w io.Writer, rounds int, wanted func(string) bool, asJSON bool) error {
	var names []string
	var cases []measure.Case
	for i, size := range flatSizes {
		for _, c := range append([]corpora.Corpus{corpora.AppClean(seed, size)}, corpora.Adversarial(size)...) {
			if c.Name != clean && !wanted(c.Name) {
				continue
			}
			if i == 0 {
				names = append(names, c.Name)
			}
			cases = append(cases, detectCase(&c))
		}
	}
	results := measure.Interleaved(rounds, flatSlice, cases)
	list := make([]flatness, len(names))
	for n, name := range names {
		f := &list[n]
		f.Corpus = name
		for i := range flatSizes {
			f.MBPerS[i] = results[i*len(names)+n].MBPerS
		}
		f.Flat = f.MBPerS[len(flatSizes)-1] / f.MBPerS[0]
		f.Clean = list[0].MBPerS[3] / f.MBPerS[3]
	}
	if asJSON {
		for i := range list {
			if err := json.NewEncoder(w).Encode(&list[i]); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "corpus\t1 KiB\t16 KiB\t256 KiB\t1 MiB\t10 MiB\tflat\tclean/this\t")
	for _, f := range list {
		fmt.Fprintf(t, "%s\t", f.Corpus)
		for _, speed := range f.MBPerS {
			fmt.Fprintf(t, "%.0f\t", speed)
		}
		fmt.Fprintf(t, "%.2f\t%.1f\t\n", f.Flat, f.Clean)
	}
	return t.Flush()
}
