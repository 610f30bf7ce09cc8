package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/proxy/geo"
	"winnow/proxy/ruletest"
	"winnow/scrub/explain"
)

func newCheck(con *console) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Print a config file's mistakes, or what its policy does",
		Long: `check reads a config file, the embedded default without one, and prints all mistakes in it, or in words what it does: what leaves,
what stays behind, what becomes of findings, what is taken from headers, where all goes. Secrets are never shown. The file's tests are run;
one that fails is a mistake, and winnow test shows why.

Formats: text, for people; json, one object; github, annotations for a workflow.

Exit codes: 0 the file loads, 1 it has mistakes, 2 the command line is wrong. Warnings do not count.`,
		Example: `  winnow check winnow.yaml
  winnow check --format github winnow.yaml`,
		Args: atMost(1, "a config file"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json", "github"); err != nil {
				return err
			}
			file := ""
			if len(args) == 1 {
				file = args[0]
			}
			return con.check(file, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json or github")
	return cmd
}

func (c *console) check(file, format string) error {
	cfg, mistakes, err := examine(file)
	if err != nil {
		return err
	}
	switch format {
	case "json":
		err = c.checkJSON(cfg, mistakes)
	case "github":
		c.checkGithub(cfg, mistakes)
	default:
		err = c.checkText(cfg, mistakes)
	}
	if err == nil && len(mistakes) > 0 {
		return errSilent
	}
	return err
}

// examine loads, compiles, tests and opens all that a file names. The error is about the file itself; cfg is nil when there are mistakes.
func examine(file string) (cfg *config.Config, mistakes config.Mistakes, err error) {
	cfg, err = load(file)
	if errors.As(err, &mistakes) {
		return nil, mistakes, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if _, err := ruletest.Compile(cfg); err != nil && !errors.As(err, &mistakes) {
		mistakes = append(mistakes, cfg.Mistakef("policy", "%v", err))
	}
	if _, err := geo.Open(cfg.Geo, slog.New(slog.DiscardHandler), time.Now); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			place, _, _ := strings.Cut(line, ":")
			mistakes = append(mistakes, cfg.Mistakef(place, "%s", line))
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes.Sorted(), nil
	}
	return cfg, nil, nil
}

func (c *console) checkText(cfg *config.Config, mistakes config.Mistakes) error {
	for _, m := range mistakes {
		fmt.Fprintln(c.stderr, m.Error())
	}
	if len(mistakes) > 0 {
		return nil
	}
	if err := explain.Describe(titles{c}, cfg); err != nil {
		return err
	}
	warnings := explain.Warnings(cfg)
	if len(warnings) > 0 {
		fmt.Fprintf(c.out, "\n%s\n", c.paint(bold, "Mind"))
	}
	for _, m := range warnings {
		fmt.Fprintln(c.out, "  "+c.paint(yellow, m.Error()))
	}
	return nil
}

// titles paints the lines that are not indented.
type titles struct{ c *console }

// Write implements io.Writer for whole lines.
func (t titles) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		text := strings.TrimSuffix(line, "\n")
		if text != "" && text[0] != ' ' {
			text = t.c.paint(bold, text)
		}
		if _, err := io.WriteString(t.c.out, text+"\n"); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// note is a mistake or warning as JSON.
type note struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

func notes(list config.Mistakes) []note {
	out := make([]note, 0, len(list))
	for _, m := range list {
		out = append(out, note{m.File, m.Line, m.Column, m.Message, m.Hint})
	}
	return out
}

func (c *console) checkJSON(cfg *config.Config, mistakes config.Mistakes) error {
	result := struct {
		OK       bool   `json:"ok"`
		Policy   string `json:"policy,omitempty"`
		Mode     string `json:"mode,omitempty"`
		Digest   string `json:"digest,omitempty"`
		Mistakes []note `json:"mistakes"`
		Warnings []note `json:"warnings"`
	}{OK: cfg != nil, Mistakes: notes(mistakes), Warnings: []note{}}
	if cfg != nil {
		result.Policy, result.Mode, result.Digest = cfg.Policy.Name, string(cfg.Policy.Mode), cfg.Digest()
		result.Warnings = notes(explain.Warnings(cfg))
	}
	out := json.NewEncoder(c.out)
	out.SetEscapeHTML(false)
	return out.Encode(result)
}

// checkGithub writes workflow commands, which a run shows beside the line.
func (c *console) checkGithub(cfg *config.Config, mistakes config.Mistakes) {
	annotate := func(level string, list config.Mistakes) {
		for _, m := range list {
			text := m.Message
			if m.Hint != "" {
				text += "; " + m.Hint
			}
			fmt.Fprintf(c.out, "::%s file=%s,line=%d,col=%d::%s\n", level, property.Replace(m.File), m.Line, m.Column, data.Replace(text))
		}
	}
	annotate("error", mistakes)
	if cfg != nil {
		annotate("warning", explain.Warnings(cfg))
	}
}

// What a workflow command escapes in its data, and in its properties.
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
