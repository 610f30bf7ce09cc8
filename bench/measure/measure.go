// Package measure times pieces of work against each other on a machine that others use too.
//
// Times are CPU time of the whole process, garbage collection and system calls included, so that a neighbour on the core does not count.
// Cases take turns round by round, so that a slow minute is slow for all of them; the best round says what the code can do, the median
// what it mostly did. Compare cases of one run with each other, and nothing else.
package measure

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// Case is one piece of work.
type Case struct {
	// Name in benchmark form: engine=detect/corpus=app.
	Name string
	// Bytes and Records that one Run works through. Bytes is never 0; Records is where there are none.
	Bytes, Records int
	// Run does the work once. It must not fail: whoever makes the case tries it first.
	Run func()
	// Against names the cases whose speed this one's is divided by, by the word that stands for them in the result.
	Against map[string]string
}

// Result is what was measured of one case.
type Result struct {
	Name string `json:"name"`
	// MBPerS is 10^6 bytes a CPU-second in the best round, MBPerSMedian in the median one.
	MBPerS       float64 `json:"mb_per_s"`
	MBPerSMedian float64 `json:"mb_per_s_median"`
	// NsPerRecord is CPU time in the best round; nil where there are no records.
	NsPerRecord *float64 `json:"ns_per_record,omitempty"`
	// Allocs is the number of heap objects made in one Run, AllocsPerRecord for one record, over all rounds.
	Allocs          float64  `json:"allocs"`
	AllocsPerRecord *float64 `json:"allocs_per_record,omitempty"`
	// CPUSecondsPerGB is for 10^9 bytes, best round.
	CPUSecondsPerGB float64 `json:"cpu_s_per_gb"`
	// Ratio is this case's speed through the baseline's, best rounds, by the baseline's word.
	Ratio map[string]float64 `json:"ratio,omitempty"`
}

// Interleaved runs every case in each round for about slice of CPU time and returns the results in the order of cases. One core only:
// it sets GOMAXPROCS to 1 while it runs.
func Interleaved(rounds int, slice time.Duration, cases []Case) []Result {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	tries := make([]int, len(cases))
	for i, c := range cases {
		tries[i] = calibrate(c, slice)
	}
	perByte := make([][]float64, len(cases)) // CPU ns, by case and round
	allocs := make([]uint64, len(cases))
	for range rounds {
		for i, c := range cases {
			before := mallocs()
			took := repeat(c, tries[i])
			allocs[i] += mallocs() - before
			perByte[i] = append(perByte[i], float64(took)/float64(c.Bytes)/float64(tries[i]))
		}
	}
	results := make([]Result, len(cases))
	for i, c := range cases {
		results[i] = result(c, perByte[i], float64(allocs[i])/float64(rounds*tries[i]))
	}
	relate(cases, results)
	return results
}

// calibrate returns how many runs take about slice.
func calibrate(c Case, slice time.Duration) int {
	c.Run() // warms caches and pools
	n := 1
	for {
		took := repeat(c, n)
		if took >= slice/2 {
			return max(1, int(float64(n)*float64(slice)/float64(took)))
		}
		n *= 2
	}
}

func repeat(c Case, n int) time.Duration {
	start := CPUTime()
	for range n {
		c.Run()
	}
	return CPUTime() - start
}

func result(c Case, perByte []float64, allocs float64) Result {
	best, median := slices.Min(perByte), Median(perByte)
	r := Result{Name: c.Name, MBPerS: 1e3 / best, MBPerSMedian: 1e3 / median, Allocs: allocs, CPUSecondsPerGB: best}
	if c.Records > 0 {
		ns, each := best*float64(c.Bytes)/float64(c.Records), allocs/float64(c.Records)
		r.NsPerRecord, r.AllocsPerRecord = &ns, &each
	}
	return r
}

func relate(cases []Case, results []Result) {
	speed := map[string]float64{}
	for _, r := range results {
		speed[r.Name] = r.MBPerS
	}
	for i, c := range cases {
		for word, name := range c.Against {
			if speed[name] == 0 {
				continue
			}
			if results[i].Ratio == nil {
				results[i].Ratio = map[string]float64{}
			}
			results[i].Ratio[word] = results[i].MBPerS / speed[name]
		}
	}
}

// Median of values, which must not be empty; they stay in their order.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// Quantile returns the value below which the part q of values lies, by the nearest rank; values must not be empty and stay in order.
func Quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// CPUTime is the user and system time this process has used.
func CPUTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("measure: getrusage: " + err.Error()) // it knows no failure but a bad argument
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// Table writes results for people, with one column for each baseline word.
func Table(w io.Writer, results []Result, words ...string) error {
	width := len("name")
	for _, r := range results {
		width = max(width, len(r.Name))
	}
	line := fmt.Sprintf("%-*s %10s %10s %11s %10s %10s %9s", width, "name", "MB/s best", "median", "ns/record", "allocs/rec", "allocs/run", "CPU-s/GB")
	for _, word := range words {
		line += fmt.Sprintf(" %11s", "x "+word)
	}
	if _, err := fmt.Fprintln(w, line); err != nil {
		return err
	}
	for i := range results {
		r := &results[i]
		line := fmt.Sprintf("%-*s %10.1f %10.1f %s %s %10.1f %9.3f", width, r.Name, r.MBPerS, r.MBPerSMedian,
			cell(r.NsPerRecord, 11, 1), cell(r.AllocsPerRecord, 10, 3), r.Allocs, r.CPUSecondsPerGB)
		for _, word := range words {
			ratio, ok := r.Ratio[word]
			if !ok {
				line += fmt.Sprintf(" %11s", "-")
				continue
			}
			line += fmt.Sprintf(" %11.4g", ratio)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// cell is a figure that may be missing.
func cell(v *float64, width, decimals int) string {
	if v == nil {
		return fmt.Sprintf("%*s", width, "-")
	}
	return fmt.Sprintf("%*.*f", width, decimals, *v)
}
