package command

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"winnow/proxy/admin"
)

func (c *console) say(format string, a ...any) { fmt.Fprintf(c.out, format, a...) }

// plural is a number with its word.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// spoolState prints the lanes, and what is parked in them.
func (c *console) spoolState(state *admin.SpoolState) error {
	for _, p := range state.Problems {
		fmt.Fprintf(c.out, "%s %s\n", c.paint(red, "mind"), p)
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LANE\tWAITING\tRECORDS\tBYTES\tOLDEST\tDEFERRED\tPARKED\tRECORDS\tBYTES")
	parked := 0
	for i := range state.Lanes {
		l := &state.Lanes[i]
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t%d\t%d\t%d\t%s\n", l.Lane, l.Pending.Batches, l.Pending.Records, bytesText(int64(l.Bytes)), age(l.Oldest),
			l.Deferred.Batches, l.Parked.Batches, l.Parked.Records, bytesText(int64(l.ParkedBytes)))
		parked += len(l.Batches)
	}
	if parked > 0 {
		if err := table.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(table, "\nLANE\tNUMBER\tREASON\tTENANT\tRECORDS\tBYTES\tPARKED")
	}
	for i := range state.Lanes {
		l := &state.Lanes[i]
		for _, b := range l.Batches {
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%d\t%s\t%s\n", l.Lane, b.Number, b.Reason, known(b.Tenant), b.Records, bytesText(int64(b.Bytes)), moment(b.Parked))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i := range state.Lanes {
		if l := &state.Lanes[i]; l.Parked.Batches > int64(len(l.Batches)) && len(l.Batches) == admin.MaxSpoolListed {
			fmt.Fprintf(c.out, "lane %s: only the oldest %d are listed\n", l.Lane, admin.MaxSpoolListed)
		}
	}
	return nil
}

// age is how long something has waited.
func age(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	return (time.Duration(seconds) * time.Second).String()
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// known is a name that may be unknown.
func known(name string) string {
	if name == "" {
		return "-"
	}
	return name
}

func (c *console) spoolBatch(lane string, b *admin.SpoolBatch) error {
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	line := func(what string, value any) { fmt.Fprintf(table, "%s\t%v\n", what, value) }
	line("lane", lane)
	line("number", b.Number)
	line("reason", b.Reason)
	line("parked", moment(b.SpoolParked.Parked))
	line("tenant", known(b.Tenant))
	line("records", b.Records)
	line("bytes", bytesText(int64(b.Bytes)))
	if !b.Readable {
		line("body", "cannot be read: it is damaged, or its key is destroyed")
		return table.Flush()
	}
	line("received", moment(b.Received))
	line("purpose", b.Purpose)
	line("policy", b.Policy)
	line("protocol", b.Protocol)
	line("path", printable(b.Path))
	line("type", printable(b.ContentType))
	line("body", fmt.Sprintf("%d bytes; --body writes it", b.BodyBytes))
	return table.Flush()
}

// spoolBody writes a body as it is; on a terminal, without what that would obey.
func (c *console) spoolBody(b *admin.SpoolBatch) error {
	if !b.Readable {
		return errors.New("the batch cannot be read: it is damaged, or its key is destroyed")
	}
	if c.outTerminal {
		fmt.Fprintln(c.out, printable(string(b.Body)))
		return nil
	}
	_, err := c.out.Write(b.Body)
	return err
}

// spoolReports prints what verifying found. It fails if something is not sound.
func (c *console) spoolReports(list []admin.SpoolReport, format string) error {
	var failed error
	for i := range list {
		if !list[i].Sound {
			failed = errSilent
		}
	}
	if format == "json" {
		if list == nil {
			list = []admin.SpoolReport{}
		}
		return errors.Join(c.json(list), failed)
	}
	for i := range list {
		c.spoolReport(&list[i])
	}
	return failed
}

func (c *console) spoolReport(r *admin.SpoolReport) {
	verdict := c.paint(green, "sound")
	if !r.Sound {
		verdict = c.paint(red, "not sound")
	}
	fmt.Fprintf(c.out, "%s: %s: %s in %s, %s, %s; %d parked; the keys of %d are destroyed\n", r.Lane, verdict, plural(r.Batches, "batch", "batches"),
		plural(r.Frames, "frame", "frames"), plural(r.Records, "record", "records"), bytesText(r.Bytes), r.Parked, r.Erased)
	for _, fault := range [...]struct {
		n    int64
		what string
	}{
		{r.Missing, "missing in the numbering"}, {r.Damaged, "with a wrong checksum"}, {r.Sealed, "that cannot be opened"},
		{r.Torn, "frames that end early"}, {r.Unreadable, "frames that cannot be read"},
	} {
		if fault.n > 0 {
			fmt.Fprintf(c.out, "%s: %d %s\n", r.Lane, fault.n, fault.what)
		}
	}
}
