package scrub_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/detect"
)

// below says what each package may import of winnow: imports run one way.
var below = map[string][]string{
	"config":                 {},
	"scrub/record":           {},
	"scrub/unwrap":           {"scrub/record"},
	"scrub/selector":         {},
	"scrub/dp":               {"config"},
	"scrub/pseudonym":        {},
	"scrub/detect":           {"config"},
	"scrub/action":           {"config", "scrub/pseudonym"},
	"scrub/meta":             {"config", "scrub/action", "scrub/pseudonym"},
	"scrub":                  {"config", "scrub/action", "scrub/detect", "scrub/dp", "scrub/meta", "scrub/pseudonym", "scrub/record", "scrub/selector", "scrub/unwrap"},
	"scrub/explain":          {"config", "scrub", "scrub/action", "scrub/detect", "scrub/dp", "scrub/meta", "scrub/record", "scrub/selector", "scrub/unwrap"},
	"scrub/scrubtest":        {"config", "scrub", "scrub/meta", "scrub/pseudonym"},
	"scrub/scrubtest/golden": {},
	"proxy/codec":            {"config", "scrub", "scrub/meta", "scrub/record", "scrub/unwrap"},
	"proxy/ruletest":         {"config", "proxy/codec", "scrub", "scrub/detect", "scrub/pseudonym"},
}

// impure packages give a result that cannot be repeated, or reach the world.
var impure = []string{"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil", "os/exec", "syscall", "log"}

func TestImportsRunOneWay(t *testing.T) {
	for pkg, allowed := range below {
		files, err := filepath.Glob(filepath.Join("..", pkg, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no files", pkg)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, path := range imports(t, file) {
				own, ours := strings.CutPrefix(path, "winnow/")
				if ours && !slices.Contains(allowed, own) {
					t.Errorf("%s imports %s, which stands above it or beside it", file, own)
				}
				if strings.HasPrefix(pkg, "scrub") && !strings.HasPrefix(pkg, "scrub/scrubtest") && slices.Contains(impure, path) {
					t.Errorf("%s imports %s: scrub is pure", file, path)
				}
			}
		}
	}
}

func imports(t *testing.T, file string) (paths []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// Every package below scrub is on the list above.
func TestNoPackageIsForgotten(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		if pkg := filepath.ToSlash(filepath.Join("scrub", filepath.Dir(path))); below[pkg] == nil && !strings.Contains(pkg, "testdata") {
			t.Errorf("%s is not listed", pkg)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The configuration knows detectors by the names they have.
func TestDetectorNames(t *testing.T) {
	var names []string
	for id := detect.None + 1; int(id) < detect.Count; id++ {
		names = append(names, detect.Table[id].Name)
	}
	known := config.DetectorNames()
	slices.Sort(names)
	slices.Sort(known)
	if !slices.Equal(names, known) {
		t.Errorf("detect has %v, config has %v", names, known)
	}
}

// META-8, GUARD-2: no file switches the guarded detectors off.
func TestGuardedDetectorsStayOn(t *testing.T) {
	for _, setting := range []string{"card: {off: true}", "card: {action: keep}", "jwt: {action: keep}", "private_key: {off: true}", "iban: {action: keep}"} {
		c, err := config.Parse("policy.yaml", []byte("policy:\n  detectors:\n    "+setting+"\n"), config.Env{})
		if err == nil {
			_, err = scrub.Compile(c)
		}
		if err == nil || !strings.Contains(err.Error(), "policy.yaml:3:") {
			t.Errorf("%s: %v", setting, err)
		}
	}
}
