package selector

import (
	"fmt"
	"testing"
)

// benchMachine has about 300 literals, as a policy for many services has, with and without globs.
func benchMachine(b *testing.B, globs bool) *Machine {
	rules := []string{"level msg ts trace_id span_id http.request.method http.response.status_code service.name", ""}
	for i := range 300 {
		rules[1] += fmt.Sprintf(" field_%d.name_%d attr_%d", i%40, i, i)
	}
	if globs {
		rules = append(rules, "*_ms *_seconds *_bytes *_count *_total http_* *latency* **.user.email")
	} else {
		rules = append(rules, "duration_ms")
	}
	return compile(b, rules...)
}

var benchKeys = []string{"level", "msg", "ts", "trace_id", "http.request.method", "service.name", "duration_ms", "attr_117", "unknown_key_17"}

func BenchmarkStep(b *testing.B) {
	for _, globs := range []bool{false, true} {
		m := benchMachine(b, globs)
		for _, k := range benchKeys {
			key := []byte(k)
			b.Run(fmt.Sprintf("globs=%v/key=%s", globs, k), func(b *testing.B) {
				b.SetBytes(int64(len(key)))
				b.ReportAllocs()
				s := m.Root()
				for b.Loop() {
					m.Step(s, key)
				}
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		benchMachine(b, true)
	}
}
