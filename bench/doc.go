// Package bench holds what winnow is measured with: corpora (corpora), a clock that others on the machine cannot spoil (measure), the
// engine beside a memory copy and Go's regexp (engine), and the whole proxy beside one that does nothing (proxy). The benchmarks of this
// package itself are for benchstat, before and after a change. Recorded results stand in README.md.
package bench
