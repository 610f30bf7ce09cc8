package command

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"winnow/config"
)

// console is where a command reads and writes.
type console struct {
	stdin  io.Reader
	out    *sticky
	stderr io.Writer
	// colour, and terminal for stdout and stderr.
	colour, outTerminal, errTerminal bool
}

func newConsole(stdin io.Reader, stdout, stderr io.Writer) *console {
	c := &console{stdin: stdin, out: &sticky{w: stdout}, stderr: stderr}
	c.outTerminal, c.errTerminal = isTerminal(stdout), isTerminal(stderr)
	c.colour = c.outTerminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return c
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// sticky keeps the first error of a writer and writes no more after it, so that printing needs no check at every line.
type sticky struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (s *sticky) Write(p []byte) (n int, err error) {
	if s.err != nil {
		return 0, s.err
	}
	n, s.err = s.w.Write(p)
	return n, s.err
}

// The colours, as terminals know them (ECMA-48 SGR).
const (
	bold    = "\x1b[1m"
	red     = "\x1b[31m"
	green   = "\x1b[32m"
	yellow  = "\x1b[33m"
	blue    = "\x1b[34m"
	magenta = "\x1b[35m"
	cyan    = "\x1b[36m"
	plain   = "\x1b[0m"
)

// paint wraps text in a colour where colours are shown.
func (c *console) paint(colour, text string) string {
	if !c.colour || colour == "" || text == "" {
		return text
	}
	return colour + text + plain
}

// classColour is the colour of what was changed, by the class of data that stood there.
func classColour(class config.Class) string {
	switch class {
	case config.ClassSecret:
		return red
	case config.ClassPayment:
		return yellow
	case config.ClassNetwork, config.ClassDevice, config.ClassLocation:
		return cyan
	}
	return magenta
}

// printable takes away what a terminal would obey: logs are written by strangers.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, line)
}
