package command

import (
	"github.com/spf13/cobra"

	"winnow/scrub/explain"
)

// exitLetsOut is diff's own exit code: something that did not leave before does.
const exitLetsOut = 3

// letsOutError fails with exitLetsOut; all is said already.
type letsOutError struct{ error }

func newDiff(con *console) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what a change of config newly lets out, and what it withholds",
		Long: `diff compares two config files by what they do, not by how they are written: for every kind of field that the rules of either can tell
apart, for facts of headers, detectors, what is allowed, upstreams, routes, retention, tenants with their keys, certificates and limits, trusted
proxies and administrators. What cannot be shown to be stricter counts as newly let out: another part of a value, another recipient, an
administrator who newly sees what is kept of records, a longer time.

Exit codes: 0 nothing is newly let out; 1 a file has mistakes; 2 the command line is wrong; 3 something is newly let out.`,
		Example: `  winnow diff running.yaml winnow.yaml
  winnow diff --format json running.yaml winnow.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("diff: takes two arguments, the old config file and the new one")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", form, "text", "json"); err != nil {
				return err
			}
			return con.diff(args[0], args[1], form)
		},
	}
	cmd.Flags().StringVar(&form, "format", "text", "text or json")
	return cmd
}

func (c *console) diff(before, now, form string) error {
	prior, old, err := compile(before)
	if err != nil {
		return err
	}
	next, policy, err := compile(now)
	if err != nil {
		return err
	}
	d := explain.Compare(prior, next, old, policy)
	if form == "json" {
		err = c.indented(d)
	} else {
		err = d.Text(titles{c})
	}
	if err == nil && len(d.LetsOut) > 0 {
		return letsOutError{errSilent}
	}
	return err
}
