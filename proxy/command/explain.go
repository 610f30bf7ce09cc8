package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/explain"
)

func newExplain(con *console) *cobra.Command {
	var f scrubFlags
	var protocol string
	cmd := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Say why each part of a record stays or goes",
		Long: `explain reads records from a file, or from stdin, and says of each part what becomes of it: its path (# for a key in which something was found), the rule or the detector that
decided, the action and the reason; of a finding also what the detector checks, and what other detectors would have found there and why they
were passed over. One JSON object may stand over several lines; otherwise each line is a record. Of the records only
what would leave is shown.

With --protocol nothing is read: it says by which path policy addresses each part of that protocol's records, and what becomes of it.

Exit codes: 0, also when records do not leave; 1 when something cannot be read; 2 for a wrong command line.`,
		Example: `  echo '{"level":"info","user":"bob","message":"mail to alice@example.com"}' | winnow explain
  winnow explain --config winnow.yaml --format json record.json
  winnow explain --protocol loki`,
		Args: atMost(1, "a file"),
		RunE: func(_ *cobra.Command, args []string) error {
			if protocol != "" {
				return con.paths(f, protocol, args)
			}
			return con.explain(f, args)
		},
	}
	cmd.Flags().StringVar(&f.config, "config", "", "config file whose policy applies (default: the embedded one)")
	cmd.Flags().StringVar(&f.mode, "mode", "", "scrub or strict (default: the policy's)")
	cmd.Flags().StringVar(&f.format, "format", "text", "form of the explanation: text or json, one object a record")
	cmd.Flags().StringVar(&protocol, "protocol", "", "show the paths of a protocol's records instead: json, loki, otlp, ...")
	return cmd
}

// explainable refuses words that the flags do not know.
func (f *scrubFlags) explainable() error {
	if err := oneOf("format", f.format, "text", "json"); err != nil || f.mode == "" {
		return err
	}
	return oneOf("mode", f.mode, string(config.ModeScrub), string(config.ModeStrict))
}

func (c *console) explain(f scrubFlags, args []string) error {
	if err := f.explainable(); err != nil {
		return err
	}
	cfg, policy, err := compile(f.config)
	if err != nil {
		return err
	}
	e := explain.New(cfg, policy)
	body, err := c.readAll(args, int64(cfg.Limits.MaxDecodedBytes))
	if err != nil {
		return err
	}
	keys, err := pseudonymKeys(cfg, time.Now())
	if err != nil {
		return err
	}
	req := scrub.Request{Mode: config.Mode(f.mode), Keys: keys}
	for i, rec := range records(body) {
		report := e.Record(rec, req)
		if f.format == "json" {
			err = c.explainJSON(i+1, report)
		} else {
			err = c.explainText(i+1, report)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readAll reads the one file named, or stdin.
func (c *console) readAll(args []string, most int64) ([]byte, error) {
	in := c.stdin
	if len(args) == 1 && args[0] != "-" {
		file, err := os.Open(args[0])
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	body, err := io.ReadAll(io.LimitReader(in, most+1))
	if int64(len(body)) > most {
		return nil, fmt.Errorf("more than %d bytes to explain; give fewer records", most)
	}
	return body, err
}

// records cuts a body: into one, if it is one JSON value over several lines, else into its lines.
func records(body []byte) (list [][]byte) {
	if whole := bytes.TrimSpace(body); json.Valid(whole) {
		return [][]byte{whole}
	}
	for line := range bytes.Lines(body) {
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 {
			list = append(list, line)
		}
	}
	return list
}

func fateWord(f scrub.Fate) string {
	switch f {
	case scrub.Dropped:
		return "dropped"
	case scrub.Withheld:
		return "withheld"
	}
	return "leaves"
}

func (c *console) explainText(n int, r explain.Report) error {
	head := fmt.Sprintf("record %d %s", n, fateWord(r.Fate))
	if r.Fault != "" {
		head += ": " + r.Fault
	}
	fmt.Fprintln(c.out, c.paint(bold, head))
	var table bytes.Buffer
	var colours []string // of each line
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
	for _, p := range r.Parts {
		what, by, why := described(p)
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", what, explain.Verb(p.Action), by, why)
		colours = append(colours, partColour(p))
		for _, lost := range p.RunnersUp {
			fmt.Fprintf(w, "    %s\tpassed over\tdetector %s\tit %s\n", at(lost.Offset, lost.Length, p.Layer), lost.Detector, lost.Why)
			colours = append(colours, "")
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSuffix(table.String(), "\n"), "\n") {
		if i < len(colours) {
			fmt.Fprintln(c.out, c.paint(colours[i], line))
		}
	}
	if r.Fate == scrub.Kept {
		fmt.Fprintf(c.out, "  = %s\n", c.clean(r.Clean))
	}
	return c.out.err
}

// described is a part in words: what it is, who decided, and why.
func described(p explain.Part) (what, by, why string) {
	switch {
	case p.Detector != "":
		by = "detector " + p.Detector
		if p.Kind != "" && p.Kind != p.Detector {
			by += " (" + p.Kind + ")"
		}
		return "  " + at(p.Offset, p.Length, p.Layer), by, p.Why + "; checks " + p.Validator
	case p.Rule != "":
		return printable(p.Path), "rule " + p.Rule, p.Why
	}
	return printable(p.Path), "no rule", p.Why
}

// at is a place in text. That layers are decoded is told from the second on: the first is the content of a string.
func at(offset, length, layer int) string {
	text := fmt.Sprintf("at %d, %d bytes", offset, length)
	if layer > 1 {
		text += fmt.Sprintf(", %d layers in", layer)
	}
	return text
}

func partColour(p explain.Part) string {
	switch p.Action {
	case config.ActionKeep:
		return green
	case config.ActionDrop, config.ActionDropRecord:
		return red
	}
	return yellow
}

// clean is a scrubbed record as it is shown.
func (c *console) clean(line []byte) string {
	if !c.outTerminal {
		return string(line)
	}
	return c.highlight(printable(string(line)))
}

func (c *console) explainJSON(n int, r explain.Report) error {
	parts := r.Parts
	if parts == nil {
		parts = []explain.Part{}
	}
	out := json.NewEncoder(c.out)
	out.SetEscapeHTML(false)
	return out.Encode(struct {
		Record int            `json:"record"`
		Fate   string         `json:"fate"`
		Fault  string         `json:"fault,omitempty"`
		Parts  []explain.Part `json:"parts"`
		Clean  string         `json:"clean,omitempty"`
	}{n, fateWord(r.Fate), r.Fault, parts, string(r.Clean)})
}
