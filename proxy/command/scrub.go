package command

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/ruletest"
	"winnow/scrub"
	"winnow/scrub/pseudonym"
)

// scrubFlags are the flags of scrub, and in part of explain.
type scrubFlags struct {
	config, format, stdinFormat, mode string
	quiet                             bool
}

func newScrub(con *console) *cobra.Command {
	var f scrubFlags
	cmd := &cobra.Command{
		Use:   "scrub [FILE...]",
		Short: "Take personal data out of files or stdin",
		Long: `scrub copies files, or stdin, to stdout and takes personal data and secrets out on the way. One line in is one line out, with its own
line end; a line is written as soon as its line feed has come, so it serves in a pipe.

Formats: auto, a line that is a JSON object is a record, any other is text; text, every line is text; json, one JSON object a line.
A line that cannot be read, is too long, or holds NUL bytes does not leave: ` + withheldText + ` or ` + withheldJSON + ` stands for it.
` + droppedText + ` or ` + droppedJSON + ` stands for one that a rule drops. The inside of a private key goes wherever its lines stand.

Without --config every field stays and what the default detectors find is replaced. With --config the file's rules and actions apply
too; pseudonyms need its master_secret. For copies to test or develop with, name a config with a master_secret of its own: records of one
person still join, and link back to nothing once that secret is thrown away. --mode strict lets only fields leave that a rule names.

A summary of what was found goes to stderr. Lines that do not leave are no failure.` + exitCodes,
		Example: `  kubectl logs -f deploy/shop | winnow scrub
  winnow scrub --format json app.ndjson > safe.ndjson
  winnow scrub --config winnow.yaml --mode strict *.log > safe.log`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("stdin-format") {
				f.format = f.stdinFormat
			}
			return con.scrub(f, args)
		},
	}
	cmd.Flags().StringVar(&f.config, "config", "", "config file whose policy applies")
	cmd.Flags().StringVar(&f.format, "format", formatAuto, "form of the lines: auto, text or json")
	cmd.Flags().StringVar(&f.stdinFormat, "stdin-format", formatAuto, "the same as --format")
	cmd.Flags().StringVar(&f.mode, "mode", string(config.ModeScrub), "scrub (all fields leave, scrubbed) or strict (only named fields leave)")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no summary")
	cmd.MarkFlagsMutuallyExclusive("format", "stdin-format")
	return cmd
}

func (c *console) scrub(f scrubFlags, files []string) error {
	if err := oneOf("format", f.format, formatAuto, formatText, formatJSON); err != nil {
		return err
	}
	cfg, policy, req, err := f.policy()
	if err != nil {
		return err
	}
	out := &lineEnds{w: c.out}
	filter := newFilter(policy, req, f.format, cfg.Limits.MaxDepth, out)
	show := c.newProgress(!f.quiet && len(files) > 0)
	start := time.Now()
	for _, in := range inputs(files) {
		if err = c.scrubFile(filter, in, int(cfg.Limits.MaxRecordBytes), show, out); err != nil {
			break
		}
	}
	show.end()
	if !f.quiet && err == nil {
		c.summary(&filter.tally, policy.DetectorNames(), policy.RuleIDs(), time.Since(start))
	}
	return err
}

// policy is what the flags say. Without a file only detectors act in mode scrub: the rules of the default's preset would take fields
// away.
func (f *scrubFlags) policy() (*config.Config, *scrub.Policy, scrub.Request, error) {
	if err := oneOf("mode", f.mode, string(config.ModeScrub), string(config.ModeStrict)); err != nil {
		return nil, nil, scrub.Request{}, err
	}
	req := scrub.Request{Mode: config.Mode(f.mode)}
	cfg, err := load(f.config)
	if err != nil {
		return nil, nil, req, err
	}
	if f.config == "" && req.Mode == config.ModeScrub {
		cfg.Policy.Preset = "none"
	}
	policy, err := ruletest.Compile(cfg)
	if err == nil {
		req.Keys, err = pseudonymKeys(cfg, time.Now())
	}
	return cfg, policy, req, err
}

// pseudonymKeys are keys of copies: those of one master secret and epoch join, and with nothing that the proxy has sent (TEST-1). Nil without a
// master secret in the config: values that need a pseudonym are withheld.
func pseudonymKeys(c *config.Config, now time.Time) (*pseudonym.Domain, error) {
	secret, err := proxy.Master(context.Background(), c)
	if secret == nil || err != nil || len(c.Tenants) == 0 {
		return nil, err
	}
	return pseudonym.Derive(secret, c.Tenants[0].ID, "copies", pseudonym.Epoch(now, time.Duration(c.KeyEpoch)))
}

// inputs are the files named, stdin if none is.
func inputs(files []string) []string {
	if len(files) == 0 {
		return []string{"-"}
	}
	return files
}

func (c *console) scrubFile(filter *filter, name string, longest int, show *progress, out *lineEnds) error {
	in := c.stdin
	label := "stdin"
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		in, label = file, name
		show.begin(name, file)
	}
	if err := out.separate(); err != nil {
		return err
	}
	return filter.scrubLines(in, label, longest, show.add)
}

// lineEnds keeps the last line of one file apart from the first of the next.
type lineEnds struct {
	w    io.Writer
	open bool // the last byte was no line feed
}

// Write implements io.Writer.
func (l *lineEnds) Write(p []byte) (int, error) {
	if len(p) > 0 {
		l.open = p[len(p)-1] != '\n'
	}
	return l.w.Write(p)
}

// separate ends a line that has no end.
func (l *lineEnds) separate() error {
	if !l.open {
		return nil
	}
	_, err := l.Write([]byte("\n"))
	return err
}
