package codec_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/codec"
)

// proofs are the targets for fuzzing in fuzz/ that stand for each protocol's decoders, and the words by which bench/proxy measures it beside a bare
// pass-through. Listeners are measured in proxy/sockets_bench_test.go, beside one that does nothing.
var proofs = map[config.Protocol]struct {
	fuzz     []string
	listener bool
}{
	config.ProtocolJSON:          {fuzz: []string{"FuzzNDJSON", "FuzzJSON", "FuzzText"}},
	config.ProtocolLoki:          {fuzz: []string{"FuzzLokiJSON", "FuzzLokiProto"}},
	config.ProtocolElasticsearch: {fuzz: []string{"FuzzBulk"}},
	config.ProtocolOTLP: {fuzz: []string{
		"FuzzOTLPJSON", "FuzzOTLPProto", "FuzzTracesJSON", "FuzzTracesProto", "FuzzMetricsJSON", "FuzzMetricsProto",
	}},
	config.ProtocolClickHouse: {fuzz: []string{"FuzzClickHouse"}},
	config.ProtocolSplunk:     {fuzz: []string{"FuzzSplunk"}},
	config.ProtocolDatadog:    {fuzz: []string{"FuzzDatadog"}},
	config.ProtocolBrowser:    {fuzz: []string{"FuzzReports"}},
	config.ProtocolSentry:     {fuzz: []string{"FuzzSentry"}},
	config.ProtocolSyslog:     {fuzz: []string{"FuzzSyslog"}, listener: true},
	config.ProtocolFluent:     {fuzz: []string{"FuzzFluent"}, listener: true},
	config.ProtocolGELF:       {fuzz: []string{"FuzzGELF"}, listener: true},
}

// TestEveryProtocolIsProven: each protocol has golden cases, a fuzz target for each decoder, a benchmark beside a baseline, and its place in the
// documents; no target or folder stands for a protocol that is none.
func TestEveryProtocolIsProven(t *testing.T) {
	root := filepath.Join("..", "..")
	targets := targetsIn(t, filepath.Join(root, "fuzz"))
	measured := read(t, root, "bench", "proxy", "main.go")
	listeners := read(t, root, "proxy", "sockets_bench_test.go")
	paths, readme := read(t, root, "docs", "architecture.md"), strings.ToLower(read(t, root, "README.md"))
	for _, c := range codec.All() {
		name := string(c.Protocol())
		proof, ok := proofs[c.Protocol()]
		if !ok {
			t.Errorf("%s: nothing is said of its proofs", name)
		}
		if cases, err := filepath.Glob(filepath.Join("testdata", name, "*.txtar")); err != nil || len(cases) == 0 {
			t.Errorf("%s: no golden cases in testdata/%s, %v", name, name, err)
		}
		for _, target := range proof.fuzz {
			if !slices.Contains(targets, target) {
				t.Errorf("%s: no fuzz target %s in fuzz/", name, target)
			}
		}
		if text, where := measured, `"`+name+`"`; proof.listener {
			if !strings.Contains(strings.ToLower(listeners), name) {
				t.Errorf("%s: no benchmark of its listener", name)
			}
		} else if !strings.Contains(text, where) {
			t.Errorf("%s: bench/proxy does not measure it", name)
		}
		if !strings.Contains(paths, "\n| "+name+" ") && !strings.Contains(paths, "\n| "+name+",") {
			t.Errorf("%s: docs/architecture.md does not say under which paths its parts live", name)
		}
		if word := map[string]string{"json": "json arrays", "otlp": "otlp logs, traces and metrics", "browser": "reports of browsers"}[name]; !strings.Contains(readme, max(word, name)) {
			t.Errorf("%s: README.md does not list it", name)
		}
	}
	if len(proofs) != len(codec.All()) {
		t.Errorf("%d protocols have proofs, %d there are", len(proofs), len(codec.All()))
	}
}

// targetsIn lists the fuzz targets of a folder.
func targetsIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, m := range regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`).FindAllStringSubmatch(read(t, file), -1) {
			names = append(names, m[1])
		}
	}
	return names
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
