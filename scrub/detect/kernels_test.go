package detect

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// One old instruction among vectors of 256 bits makes a processor save and restore their upper halves at every turn of a loop: forty times slower,
// and nothing fails. So all that the kernels do to vectors is spelled with a V, macros and instructions for plain registers and masks aside, and each
// function clears the upper halves before it returns.
func TestKernelsHoldNoLegacyVectorInstructions(t *testing.T) {
	plain := []string{
		"TEXT", "DATA", "GLOBL", "RET", "JNZ", "JEQ", "JGT", "MOVQ", "MOVL", "MOVB", "LEAQ", "SUBQ", "ANDQ", "TESTQ", "NOTQ", "ADDQ", "INCQ", "DECQ", "XORL", "LEAL", "TESTB", "SETNE",
		"KMOVB", "KMOVQ", "KNOTQ", "KORQ", "KANDQ",
	}
	define, vector := regexp.MustCompile(`(?m)^#define (\w+)`), regexp.MustCompile(`\b[XYZV]\d+\b`)
	names, sources := map[string]bool{}, map[string]string{}
	for _, pattern := range []string{"*.s", "*.h"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources[file] = string(b)
			for _, m := range define.FindAllStringSubmatch(sources[file], -1) {
				names[m[1]] = true
			}
		}
	}
	if len(sources) < 4 {
		t.Fatalf("%d files of kernels, want four at least", len(sources))
	}
	for file, source := range sources {
		for _, statement := range statements(source) {
			word, _, _ := strings.Cut(strings.Fields(statement)[0], "(")
			known := slices.Contains(plain, word)
			if !names[word] && !known && !strings.HasPrefix(word, "V") || known && vector.MatchString(statement) {
				t.Errorf("%s: %q is no instruction for vectors as wide as these", file, statement)
			}
		}
		if returns, cleared := strings.Count(source, "\tRET\n"), strings.Count(source, "\tVZEROUPPER\n\tRET\n"); returns != cleared {
			t.Errorf("%s: %d of %d functions clear the upper halves", file, cleared, returns)
		}
	}
}

// statements are the instructions and uses of macros in assembly, those that macros consist of included.
func statements(source string) (all []string) {
	head, name := regexp.MustCompile(`^#define \w+(\([^)]*\))?`), regexp.MustCompile(`^(\d+|[XYZ]\d+)$`) // of a number or a register
	for line := range strings.SplitSeq(source, "\n") {
		line, _, _ = strings.Cut(line, "//")
		line = strings.TrimSuffix(strings.TrimSpace(line), "\\")
		if head.MatchString(line) && !strings.HasSuffix(line, ";") {
			if line = strings.TrimSpace(head.ReplaceAllString(line, "")); name.MatchString(line) {
				continue
			}
		}
		if strings.HasPrefix(line, "#") || strings.HasSuffix(strings.TrimSpace(line), ":") {
			continue
		}
		for statement := range strings.SplitSeq(line, ";") {
			if statement = strings.TrimSpace(statement); statement != "" {
				all = append(all, statement)
			}
		}
	}
	return all
}
