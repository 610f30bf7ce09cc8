package command

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"winnow/proxy/admin"
	"winnow/proxy/subjects"
)

// subjectFlags are those of every command about a person.
type subjectFlags struct {
	reach
	valueFile, format string
	query             admin.SubjectQuery
}

// subjectVerbs are the commands about a person, and what each does.
var subjectVerbs = []struct {
	act         admin.SubjectAct
	short, long string
}{
	{admin.SubjectAccess, "Tell all that is held of a person",
		`access writes all that winnow holds of a person: orders, legal holds, and the records that wait in the spool, with the pseudonyms under which backends
hold the rest, for every key that is kept.`},
	{admin.SubjectRestrict, "Have a person's records dropped or stripped",
		`restrict has the records of a person dropped (--action drop), or stripped of everything personal (--action strip), from the next one on and on
every node; those that wait too.`},
	{admin.SubjectRelease, "Take orders about a person back", `release takes orders about a person back: those for --tenant, or all. A legal hold stays.`},
	{admin.SubjectErase, "Erase a person",
		`erase has the records of a person that wait dropped before they leave, and writes what erases those that have left: calls of Loki's and
Elasticsearch's own, which --call makes, and statements for others. A legal hold defers it until it ends.`},
	{admin.SubjectCorrect, "Correct what is stored about a person",
		`correct gives what was decided about a person to the right identifier, which is the second line of what is read, or without one another --why.`},
	{admin.SubjectHold, "Put a person or a tenant under a legal hold",
		`hold keeps a person from being erased, or with --tenant and no identifier all persons of a tenant. --why is the reference of the case.`},
	{admin.SubjectUnhold, "End a legal hold", `unhold ends a legal hold, and has erased whom it deferred.`},
}

func newSubject(con *console) *cobra.Command {
	var f subjectFlags
	parent := group("subject", "See and restrict what is taken about a person",
		`subject is for the rights of the persons that records are about. The identifier is read from --value-file, or from standard input: it must
not stand on a command line, where other users and the shell's history see it. Nothing keeps it: a person is known by a keyed digest.`)
	f.flags(parent)
	p := parent.PersistentFlags()
	p.StringVar(&f.valueFile, "value-file", "", "file whose first line is the identifier (default: standard input)")
	p.StringVar(&f.query.Kind, "kind", "", "kind of the identifier: email, phone, id, ... (default: by its look)")
	p.StringVar(&f.query.Tenant, "tenant", "", "tenant that it is about (default: all)")
	p.StringVar(&f.format, "format", "text", "form of the answer: text or json")
	for _, verb := range subjectVerbs {
		parent.AddCommand(newSubjectVerb(con, &f, verb.act, verb.short, verb.long))
	}
	return parent
}

func newSubjectVerb(con *console, f *subjectFlags, act admin.SubjectAct, short, long string) *cobra.Command {
	cmd := &cobra.Command{
		Use: string(act), Short: short, Long: long + exitCodes,
		Example: "  winnow subject " + string(act) + " --value-file person.txt --config winnow.yaml",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%s: takes no arguments: the identifier is read from --value-file or standard input", act)
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", f.format, "text", "json"); err != nil {
				return err
			}
			q := f.query
			if act != admin.SubjectRestrict {
				q.Action = "" // the default of that flag
			}
			if err := f.identify(con, &q, act); err != nil {
				return err
			}
			return f.with(func(ctx context.Context, c *admin.Client) error {
				var answer subjects.Answer
				if err := (admin.SubjectsClient{Client: c}).Do(ctx, act, &q, &answer); err != nil {
					return err
				}
				for _, text := range answer.Warnings {
					con.warn(text)
				}
				if f.format == "json" || act == admin.SubjectAccess {
					return con.json(answer)
				}
				con.subject(act, &answer)
				return nil
			})
		},
	}
	flags := cmd.Flags()
	switch act {
	case admin.SubjectRestrict:
		flags.StringVar(&f.query.Action, "action", "drop", "what becomes of the records: drop or strip")
		flags.StringSliceVar(&f.query.Purposes, "purpose", nil, "purposes that it is about: operations, training (default: both)")
	case admin.SubjectErase:
		flags.BoolVar(&f.query.Call, "call", false, "make the calls that Loki and Elasticsearch have for it")
	}
	if act != admin.SubjectAccess && act != admin.SubjectRelease && act != admin.SubjectUnhold {
		flags.StringVar(&f.query.Why, "why", "", "reference of the request or the case; no name, no address")
	}
	return cmd
}

// maxIdentifiers bounds what is read: two lines.
const maxIdentifiers = 4 << 10

// identify reads whom a query is about.
func (f *subjectFlags) identify(con *console, q *admin.SubjectQuery, act admin.SubjectAct) error {
	held := act == admin.SubjectHold || act == admin.SubjectUnhold
	if held && f.valueFile == "" && q.Tenant != "" {
		return nil // of the tenant
	}
	in := con.stdin
	if f.valueFile != "" {
		file, err := os.Open(f.valueFile)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	} else if isTerminal(in) && con.errTerminal {
		con.prompt("identifier: ")
	}
	lines := bufio.NewScanner(io.LimitReader(in, maxIdentifiers))
	if lines.Scan() {
		q.Value = strings.TrimSpace(lines.Text())
	}
	if act == admin.SubjectCorrect && q.Why == "" {
		if isTerminal(in) && con.errTerminal {
			con.prompt("right identifier: ")
		}
		if lines.Scan() {
			q.To = strings.TrimSpace(lines.Text())
		}
	}
	if lines.Err() != nil {
		return errors.New("the identifier cannot be read")
	}
	if q.Value == "" {
		return usagef("%s: no identifier was given: put it into a file for --value-file, or on standard input", act)
	}
	return nil
}

// warn says on stderr what may not be meant.
func (c *console) warn(text string) {
	colour := ""
	if c.errTerminal && c.colour {
		colour = yellow
	}
	_, _ = io.WriteString(c.stderr, c.paint(colour, "winnow: warning: "+text)+"\n")
}

func (c *console) prompt(text string) { _, _ = io.WriteString(c.stderr, text) }

// subject shows what was done.
func (c *console) subject(act admin.SubjectAct, a *subjects.Answer) {
	if a.Subject != "" {
		c.say("subject %s\n", a.Subject)
	}
	if a.Deferred != "" {
		c.say("deferred: a legal hold forbids it (%s); it is done when the hold ends\n", a.Deferred)
		return
	}
	if a.Hold != nil {
		c.say("legal hold since %s: %s\n", a.Hold.Since.Format("2006-01-02 15:04:05Z07:00"), a.Hold.Reference)
	}
	for i := range a.Orders {
		c.order(&a.Orders[i])
	}
	if len(a.Orders) == 0 && act != admin.SubjectHold {
		c.say("no orders\n")
	}
	if act != admin.SubjectErase {
		return
	}
	c.say("%s in the spool: their records are dropped before they leave\n", plural(int64(len(a.Waiting)), "batch", "batches"))
	for i := range a.Queries {
		c.prepared(&a.Queries[i])
	}
}

func (c *console) order(o *subjects.Order) {
	c.say("%s since %s by %s", o.Action, o.Since.Format("2006-01-02 15:04:05Z07:00"), o.Actor)
	if o.Tenant != "" {
		c.say(", tenant %s", o.Tenant)
	}
	if len(o.Purposes) > 0 {
		c.say(", for %s", strings.Join(o.Purposes, ", "))
	}
	if !o.Until.IsZero() {
		c.say(", until %s", o.Until.Format("2006-01-02 15:04:05Z07:00"))
	}
	if o.Why != "" {
		c.say(" (%s)", o.Why)
	}
	c.say("\n")
}

// prepared shows a query that erases.
func (c *console) prepared(p *subjects.Prepared) {
	c.say("\n# upstream %s, %s", p.Upstream, p.Speaks)
	switch {
	case p.Called && p.Status == 0:
		c.say(": called, and did not answer")
	case p.Called:
		c.say(": called, answered %d", p.Status)
	case p.Note != "":
		c.say(": %s", p.Note)
	}
	c.say("\n")
	if p.Method != "" {
		c.say("%s %s\n", p.Method, p.URL)
	}
	if p.Speaks != subjects.SpeaksLoki && p.Speaks != subjects.SpeaksVictoriaLogs {
		c.say("%s\n", p.Body)
	}
}
