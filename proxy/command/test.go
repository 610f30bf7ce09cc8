package command

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"winnow/proxy/ruletest"
	"winnow/scrub"
)

// testFlags are the flags of test.
type testFlags struct{ format, run string }

func newTest(con *console) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [FILE]",
		Short: "Run the tests that stand in a config file beside its policy",
		Long: `test runs the tests in a config file, winnow.yaml without a name: each scrubs an input as a request's body would be, and compares what
leaves with what the test expects. check and run take no file of which a test fails.

Formats: text, for people, with the first difference of each failure; json, one object; junit, XML for CI systems. The output holds the
text of tests that fail.

Exit codes: 0 all tests pass, 1 one fails or the file has mistakes, 2 the command line is wrong.`,
		Example: `  winnow test
  winnow test --run '^card' winnow.yaml
  winnow test --format junit winnow.yaml > report.xml`,
		Args: atMost(1, "a config file"),
		RunE: func(_ *cobra.Command, args []string) error {
			file := starterFile
			if len(args) == 1 {
				file = args[0]
			}
			return con.test(f, file)
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "text, json or junit")
	cmd.Flags().StringVar(&f.run, "run", "", "run only tests whose names match this regular expression")
	return cmd
}

func (c *console) test(f testFlags, file string) error {
	if err := oneOf("format", f.format, "text", "json", "junit"); err != nil {
		return err
	}
	pattern, err := regexp.Compile(f.run)
	if err != nil {
		return usagef("--run: not a regular expression: %v", err)
	}
	cfg, err := load(file)
	if err != nil {
		return err
	}
	policy, err := scrub.Compile(cfg)
	if err != nil {
		return err
	}
	results := slices.DeleteFunc(ruletest.Run(cfg, policy), func(r ruletest.Result) bool { return !pattern.MatchString(r.Name) })
	if f.run != "" && len(results) == 0 {
		return fmt.Errorf("%s: no test has a name that --run matches", file)
	}
	switch f.format {
	case "json":
		err = ruletest.WriteJSON(c.out, results)
	case "junit":
		err = ruletest.WriteJUnit(c.out, file, results)
	default:
		c.testText(file, results)
	}
	if err == nil && ruletest.Failed(results) > 0 {
		return errSilent
	}
	return err
}

func (c *console) testText(file string, results []ruletest.Result) {
	if len(results) == 0 {
		fmt.Fprintf(c.out, "%s has no tests\n", file)
		return
	}
	for i := range results {
		r := &results[i]
		name := printable(r.Name)
		if r.Passed() {
			fmt.Fprintf(c.out, "%s    %s\n", c.paint(green, "ok"), name)
			continue
		}
		fmt.Fprintf(c.out, "%s  %s (%s)\n", c.paint(red, "FAIL"), c.paint(bold, name), r.Position)
		for _, failure := range r.Failures {
			for _, line := range failure.Diff() {
				fmt.Fprintf(c.out, "      %s\n", c.paint(diffColours[line.Kind], line.Text))
			}
		}
	}
	failed := ruletest.Failed(results)
	fmt.Fprintf(c.out, "%d passed, %d failed\n", len(results)-failed, failed)
}

// diffColours are those of the lines of a failure; others have none.
var diffColours = map[string]string{"got": red, "want": green, "mark": yellow}
