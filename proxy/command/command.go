// Package command is winnow's command line: arguments in, exit code out.
//
// Exit codes: 0 all went well, 1 the work failed and the message says why, 2 the command line itself is wrong; diff has 3 for what is newly let out. What a command makes goes
// to stdout, what it says about it to stderr. A reader of stdout that goes away ends the command without a word. No message holds a value
// from a record.
package command

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"winnow/config"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// exitCodes is what a command's help says of them that has no more to say.
const exitCodes = "\n\nExit codes: 0, 1 when the work failed, 2 for a wrong command line."

// Main runs the command that args name and returns the exit code. Colours, progress and widths follow the streams that are terminals.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	con := newConsole(stdin, stdout, stderr)
	root := newRoot(con)
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		err = con.out.err
	}
	return con.exit(err)
}

// usageError is about the command line, not the work.
type usageError struct{ error }

func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// errSilent fails without a message: all is said already.
var errSilent = errors.New("failed")

// exit says what went wrong, in one line, and chooses the code. A config's mistakes are a line each, beginning with their place.
func (c *console) exit(err error) int {
	var usage usageError
	var letsOut letsOutError
	var mistakes config.Mistakes
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
		return exitOK
	case errors.As(err, &letsOut):
		return exitLetsOut
	case errors.Is(err, errSilent):
		return exitFailed
	case errors.As(err, &mistakes):
		fmt.Fprintln(c.stderr, mistakes.Error())
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintf(c.stderr, "winnow: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(c.stderr, "winnow: %v\n", err)
	return exitFailed
}

func newRoot(con *console) *cobra.Command {
	root := group("winnow", "Take personal data out of logs on their way to a backend",
		`winnow is a proxy between applications and a log backend. It takes personal data and secrets out of what passes.

Begin with: winnow run`)
	root.SilenceErrors, root.SilenceUsage, root.CompletionOptions.HiddenDefaultCmd = true, true, true
	root.SetIn(con.stdin)
	root.SetOut(con.out)
	root.SetErr(con.stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRun(con), newCheck(con), newInventory(con), newDiff(con), newTest(con), newScrub(con), newExplain(con), newTail(con),
		newInit(con), newKey(con), newKeys(con), newAudit(con), newStatistics(con), newGeo(con), newSpool(con), newSubject(con), newConsent(con), newSchema(con), newVersion(con))
	refuseUnknownHelp(root)
	return root
}

// group is a command that has others and does nothing itself but to tell of them.
func group(name, short, long string) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Long: long, Args: cobra.ArbitraryArgs, SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknown(cmd, args[0])
		},
	}
}

// unknown says that a group has no command of that name, and which one may be meant.
func unknown(parent *cobra.Command, name string) error {
	if near := parent.SuggestionsFor(name); len(near) > 0 {
		return usagef("unknown command %q; did you mean %q?", name, near[0])
	}
	return usagef("unknown command %q; `%s --help` lists all", name, parent.CommandPath())
}

// refuseUnknownHelp makes the command help fail as others do where it is asked about a command that there is not.
func refuseUnknownHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil {
		panic("command: " + err.Error()) // made just now
	}
	help.Run = nil
	help.RunE = func(_ *cobra.Command, args []string) error {
		asked, rest, err := root.Find(args)
		switch {
		case err != nil:
			return usagef("%v", err)
		case len(rest) > 0 && asked.HasSubCommands():
			return unknown(asked, rest[0])
		}
		return asked.Help()
	}
}

var flagName = regexp.MustCompile(`--([a-z][a-z-]*)`)

// flagError adds the nearest flag to an error about an unknown one. The flags are looked up like commands.
func flagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	word, isUnknown := strings.CutPrefix(text, "unknown flag: --")
	if !isUnknown {
		return usagef("%s: %v; see `%s --help`", cmd.Name(), err, cmd.CommandPath())
	}
	flags := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, m := range flagName.FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
		flags.AddCommand(&cobra.Command{Use: m[1], Run: func(*cobra.Command, []string) {}})
	}
	if near := flags.SuggestionsFor(word); len(near) > 0 {
		return usagef("%s: unknown flag --%s; did you mean --%s?", cmd.Name(), word, near[0])
	}
	return usagef("%s: unknown flag --%s; see `%s --help`", cmd.Name(), word, cmd.CommandPath())
}

// atMost accepts up to n arguments and says what they are.
func atMost(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		if n == 0 {
			return usagef("%s: takes no arguments", cmd.Name())
		}
		return usagef("%s: takes one argument, %s", cmd.Name(), what)
	}
}

// oneOf checks a flag's word.
func oneOf(flag, word string, words ...string) error {
	for _, w := range words {
		if w == word {
			return nil
		}
	}
	return usagef("--%s %q: use one of %s", flag, word, strings.Join(words, ", "))
}
