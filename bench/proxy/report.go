package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"winnow/bench/measure"
)

// row is one proxy under one load. The bare proxy stands first in its pair, and ratios and added latencies are against it.
type row struct {
	proxy string
	// Name in benchmark form: proxy=winnow/format=ndjson/body=113KB.
	Name string `json:"name"`
	// MBPerS is 10^6 bytes of bodies, before compression, a CPU-second of the proxy's process; best round.
	MBPerS float64 `json:"mb_per_s"`
	// NsPerRecord and MicrosecondsPerRequest are CPU time in the best round.
	NsPerRecord            float64 `json:"ns_per_record"`
	MicrosecondsPerRequest float64 `json:"cpu_us_per_request"`
	// AllocsPerRecord is the number of heap objects made, median; left out if the proxy's metrics do not tell.
	AllocsPerRecord *float64 `json:"allocs_per_record,omitempty"`
	// CPUSecondsPerGB is for 10^9 bytes, in the best round and in the median one.
	CPUSecondsPerGB       float64 `json:"cpu_s_per_gb"`
	CPUSecondsPerGBMedian float64 `json:"cpu_s_per_gb_median"`
	// RequestsPerS is wall time at full load, with client, proxy and sink on the same cores; median.
	RequestsPerS float64 `json:"requests_per_s"`
	// P50 and P99 are latencies in milliseconds at half load.
	P50 float64 `json:"latency_p50_ms"`
	P99 float64 `json:"latency_p99_ms"`
	// PeakMemory is the most resident memory, in bytes, after a phase with 64 connections.
	PeakMemory int64 `json:"peak_memory_bytes"`
	// Ratio is the CPU time of the bare proxy through this one's, so that more is better, as for speeds.
	Ratio float64 `json:"ratio_to_bare"`
	// AddedP50 and AddedP99 are the latencies above the bare proxy's.
	AddedP50 float64 `json:"added_p50_ms"`
	AddedP99 float64 `json:"added_p99_ms"`
}

func rows(subjects []*subject) []row {
	list := make([]row, len(subjects))
	for i, s := range subjects {
		best := slices.Min(s.perByte)
		list[i] = row{
			proxy: s.name, MBPerS: 1e3 / best,
			NsPerRecord: slices.Min(s.perReq) / s.perRecord, MicrosecondsPerRequest: slices.Min(s.perReq) / 1e3,
			CPUSecondsPerGB: best, CPUSecondsPerGBMedian: measure.Median(s.perByte), RequestsPerS: measure.Median(s.rate),
			P50: measure.Quantile(s.latencies, 0.50), P99: measure.Quantile(s.latencies, 0.99), PeakMemory: s.peak,
		}
		if len(s.allocs) > 0 {
			allocs := measure.Median(s.allocs)
			list[i].AllocsPerRecord = &allocs
		}
		list[i].Ratio = list[0].CPUSecondsPerGB / best
		list[i].AddedP50, list[i].AddedP99 = list[i].P50-list[0].P50, list[i].P99-list[0].P99
	}
	return list
}

// allocs is AllocsPerRecord for people.
func (r *row) allocs() string {
	if r.AllocsPerRecord == nil {
		return "-"
	}
	return strconv.FormatFloat(*r.AllocsPerRecord, 'f', 3, 64)
}

// report writes rows as they come (JSON) or all at the end (table).
type report struct {
	w    io.Writer
	json bool
	all  []row
}

func newReport(w io.Writer, asJSON bool) *report { return &report{w: w, json: asJSON} }

func (r *report) add(rows []row) error {
	r.all = append(r.all, rows...)
	if !r.json {
		return nil
	}
	for _, row := range rows {
		if err := json.NewEncoder(r.w).Encode(row); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) finish() error {
	if r.json {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-46s %9s %8s %8s %9s %9s %10s %9s %17s %17s %9s\n", "CPU is that of the proxy's process alone",
		"CPU-s/GB", "median", "MB/s", "us/req", "ns/rec", "allocs/rec", "x bare", "p50 ms (added)", "p99 ms (added)", "peak MiB")
	for i := range r.all {
		x := &r.all[i]
		fmt.Fprintf(&b, "%-46s %9.3f %8.3f %8.0f %9.1f %9.0f %10s %9.3f %8.2f (%+6.2f) %8.2f (%+6.2f) %9.1f\n", x.Name,
			x.CPUSecondsPerGB, x.CPUSecondsPerGBMedian, x.MBPerS, x.MicrosecondsPerRequest, x.NsPerRecord, x.allocs(), x.Ratio,
			x.P50, x.AddedP50, x.P99, x.AddedP99, float64(x.PeakMemory)/(1<<20))
	}
	_, err := io.WriteString(r.w, b.String())
	return err
}
