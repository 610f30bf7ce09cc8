package command_test

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/proxy/command"
)

// commandLine is a call of winnow in a page or a unit: its words up to what the shell would do with its output.
var commandLine = regexp.MustCompile(`(?m)(?:^| |/bin/)winnow ([a-z]+[^\n|>]*)`)

var word = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

// TestDocsShowWhatThereIs holds the pages beside the README, whose blocks TestReadme runs, to the program: the commands and flags that they show are
// there, and so are the keys of their configurations, most of which are parts of files.
func TestDocsShowWhatThereIs(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	commands, configs := 0, 0
	for _, page := range append(pages, "../../deploy/README.md", "../../bench/README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			switch m[1] {
			case "sh":
				commands += shown(t, page, m[2])
			case "yaml":
				configs++
				file := filepath.Join(t.TempDir(), "winnow.yaml")
				if err := os.WriteFile(file, []byte(m[2]), 0o600); err != nil {
					t.Fatal(err)
				}
				var complaint strings.Builder
				command.Main([]string{"check", file}, strings.NewReader(""), io.Discard, &complaint)
				for line := range strings.Lines(complaint.String()) {
					if strings.Contains(line, "unknown") {
						t.Errorf("%s: %s in\n%s", page, strings.TrimPrefix(line, file), m[2])
					}
				}
			}
		}
	}
	if commands < 15 || configs < 15 {
		t.Errorf("%d commands and %d configurations found; were the pages read as they are meant?", commands, configs)
	}
}

// shown asks for the help of each call of winnow in a text, which fails for commands and flags that are not there, and counts them.
func shown(t *testing.T, page, text string) (calls int) {
	t.Helper()
	for _, m := range commandLine.FindAllStringSubmatch(text, -1) {
		calls++
		var complaint strings.Builder
		words := word.FindAllString(m[1], -1)
		named := slices.IndexFunc(append(words, "-"), func(w string) bool { return w[0] == '-' })
		for _, args := range [][]string{append([]string{"help"}, words[:named]...), append(words, "--help")} {
			if code := command.Main(args, strings.NewReader(""), io.Discard, &complaint); code != 0 {
				t.Errorf("%s: winnow %s: %s", page, m[1], complaint.String())
			}
		}
	}
	return calls
}

// Every metric is told of on some page, by its whole name, by which it is searched for.
func TestDocsTellOfEveryMetric(t *testing.T) {
	pages := readAll(t, "docs/*.md", "README.md")
	metrics := regexp.MustCompile(`"(winnow_[a-z_]*[a-z])"`).FindAllStringSubmatch(readAll(t, "proxy/admin/*.go"), -1)
	for _, m := range metrics {
		if !regexp.MustCompile(m[1] + `\b`).MatchString(pages) {
			t.Errorf("no page tells of %s", m[1])
		}
	}
	if len(metrics) < 50 {
		t.Errorf("%d metrics found; were the sources read as they are meant?", len(metrics))
	}
}

// readAll reads all files of patterns, from the top of the repository.
func readAll(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(files) == 0 {
			t.Fatal("no files ", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}
