package detect

import (
	"bytes"
	"regexp"
	"testing"
)

func defaultSet() *Set {
	o := Options{PrivateIPs: true}
	for id := range o.On {
		o.On[id] = ID(id) != UUID
	}
	return Compile(o)
}

func benchCorpora() map[string][]byte {
	const size = 1 << 20
	return map[string][]byte{
		"json-dirty":  newCorpus().jsonLogs(size, true),
		"json-clean":  newCorpus().jsonLogs(size, false),
		"plain-dirty": newCorpus().plainLines(size, true),
		"access":      newCorpus().accessLog(size),
	}
}

var corpora = []string{"json-dirty", "json-clean", "plain-dirty", "access"}

func BenchmarkScan(b *testing.B) {
	texts := benchCorpora()
	for _, way := range ways {
		for _, name := range corpora {
			b.Run("way="+way+"/corpus="+name, func(b *testing.B) {
				set := defaultSet()
				set.classes.level = levelOf(way)
				benchScan(b, set, texts[name])
			})
		}
	}
}

func benchScan(b *testing.B, set *Set, text []byte) {
	scanner := set.NewScanner()
	found := scanner.Append(nil, text, Context{})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		found = scanner.Append(found[:0], text, Context{})
	}
}

func BenchmarkScanShort(b *testing.B) {
	for name, text := range map[string]string{
		"word": "checkout-service-eu1", "number": "1234", "sentence": "request handled by pool 7 after 3 attempts",
	} {
		b.Run("text="+name, func(b *testing.B) { benchScan(b, defaultSet(), []byte(text)) })
	}
}

func BenchmarkScanHostile(b *testing.B) {
	for name, unit := range hostileUnits {
		for size, times := range map[string]int{"64KiB": 64 << 10, "4MiB": 4 << 20} {
			text := bytes.Repeat([]byte(unit), times/len(unit))
			b.Run("unit="+name+"/size="+size, func(b *testing.B) { benchScan(b, defaultSet(), text) })
		}
	}
}

// BenchmarkBaseline shows what the same machine does at most, and what regular expressions do, for one corpus.
func BenchmarkBaseline(b *testing.B) {
	text := newCorpus().jsonLogs(1<<20, true)
	b.Run("memmove", func(b *testing.B) {
		to := make([]byte, len(text))
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			copy(to, text)
		}
	})
	b.Run("regexp", func(b *testing.B) {
		set := []*regexp.Regexp{
			regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`),
			regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`),
			regexp.MustCompile(`\b(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{1,4}\b`),
			regexp.MustCompile(`\b(?:\d[ -]?){13,19}\b`),
			regexp.MustCompile(`\b\d{3}-\d{2}-\d{4}\b`),
			regexp.MustCompile(`\+?\d[\d ()-]{8,}\d`),
			regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`),
			regexp.MustCompile(`(?i)(?:password|secret|token|api_?key)["']?\s*[:=]\s*["']?[^\s"',]+`),
			regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+[\w.+/=-]{8,}`),
			regexp.MustCompile(`://[^/\s:@]+:[^/\s@]+@`),
		}
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for _, r := range set {
				r.FindAllIndex(text, -1)
			}
		}
	})
}
