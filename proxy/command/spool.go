package command

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"winnow/proxy/admin"
)

// spoolFlags are those of every command of the spool.
type spoolFlags struct {
	reach
	format string
}

func newSpool(con *console) *cobra.Command {
	var f spoolFlags
	parent := group("spool", "See and handle what waits on disk",
		`spool shows what routes with delivery spool have taken and not yet delivered, and what was parked because the backend refused it for good. While
winnow runs it is asked through its administrators' listener; otherwise the folder is read, and kept from any winnow meanwhile,
or the cluster that spool.nats names, beside the nodes that use it.`)
	f.flags(parent)
	parent.AddCommand(newSpoolList(con, &f), newSpoolShow(con, &f), newSpoolAct(con, &f, "replay"), newSpoolAct(con, &f, "drop"), newSpoolVerify(con, &f))
	return parent
}

func newSpoolList(con *console, f *spoolFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List lanes and parked batches",
		Long:    `list shows each lane, with what waits in it and for how long, and the batches that are parked, with the reason.` + exitCodes,
		Example: `  winnow spool list --config winnow.yaml`,
		Args:    atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", f.format, "text", "json"); err != nil {
				return err
			}
			return withSpool(f, func(ctx context.Context, s admin.SpoolClient) error {
				state, err := s.State(ctx)
				if err != nil {
					return err
				}
				if f.format == "json" {
					return con.json(state)
				}
				return con.spoolState(&state)
			}, con.emptySpool(f.format, admin.SpoolState{Lanes: []admin.SpoolLane{}}))
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "form of the list: text or json")
	return cmd
}

func newSpoolShow(con *console, f *spoolFlags) *cobra.Command {
	var body bool
	cmd := &cobra.Command{
		Use:   "show LANE NUMBER",
		Short: "Show one parked batch",
		Long: `show says what a parked batch is: whose, from when, for which path. With --body it writes the batch's body instead, as it was scrubbed and would
be sent.` + exitCodes,
		Example: `  winnow spool show logs 3 --config winnow.yaml
  winnow spool show logs 3 --body > batch`,
		Args: spoolArgs("show"),
		RunE: func(_ *cobra.Command, args []string) error {
			number, err := spoolNumber("show", args[1], false)
			if err != nil {
				return err
			}
			return withSpool(f, func(ctx context.Context, s admin.SpoolClient) error {
				b, err := s.Parked(ctx, args[0], number, body)
				if err != nil {
					return err
				}
				if body {
					return con.spoolBody(&b)
				}
				return con.spoolBatch(args[0], &b)
			}, nil)
		},
	}
	cmd.Flags().BoolVar(&body, "body", false, "write the scrubbed body, and nothing else")
	return cmd
}

// newSpoolAct makes replay and drop.
func newSpoolAct(con *console, f *spoolFlags, verb string) *cobra.Command {
	short, long := "Send parked batches again", `replay puts a parked batch, or all of a lane, back into the lane, to be delivered once more: after the backend was mended, say.`
	do, done := admin.SpoolClient.Replay, "replayed"
	if verb == "drop" {
		short, long = "Remove parked batches for ever", `drop removes a parked batch, or all of a lane, for ever. It is counted.`
		do, done = admin.SpoolClient.Drop, "dropped"
	}
	return &cobra.Command{
		Use:     verb + " LANE NUMBER|all",
		Short:   short,
		Long:    long + exitCodes,
		Example: "  winnow spool " + verb + " logs 3 --config winnow.yaml\n  winnow spool " + verb + " logs all",
		Args:    spoolArgs(verb),
		RunE: func(_ *cobra.Command, args []string) error {
			number, err := spoolNumber(verb, args[1], true)
			if err != nil {
				return err
			}
			return withSpool(f, func(ctx context.Context, s admin.SpoolClient) error {
				n, err := do(s, ctx, args[0], number)
				if n > 0 || err == nil {
					con.say("%s %s\n", done, plural(int64(n), "batch", "batches"))
				}
				return err
			}, nil)
		},
	}
}

func newSpoolVerify(con *console, f *spoolFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [LANE]",
		Short: "Read everything and check it",
		Long: `verify reads every frame that waits and every parked batch, and checks numbering, checksums and seals. Batches whose key was destroyed are named
too; nothing is wrong with them.

Exit codes: 0 all is sound, 1 something is missing or damaged, 2 for a wrong command line.`,
		Example: `  winnow spool verify --config winnow.yaml`,
		Args:    atMost(1, "a lane"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, "text", "json"); err != nil {
				return err
			}
			lane := ""
			if len(args) > 0 {
				lane = args[0]
			}
			return withSpool(f, func(ctx context.Context, s admin.SpoolClient) error {
				list, err := s.Verify(ctx, lane)
				if err != nil {
					return err
				}
				return con.spoolReports(list, f.format)
			}, con.emptySpool(f.format, []admin.SpoolReport{}))
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "form of the report: text or json")
	return cmd
}

// spoolArgs accepts a lane and a number.
func spoolArgs(verb string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 2 {
			return usagef("%s: name a lane and a number; `winnow spool list` shows them", verb)
		}
		return nil
	}
}

// spoolNumber is the number of a parked batch; 0 for all of them.
func spoolNumber(verb, word string, all bool) (uint64, error) {
	if all && word == "all" {
		return 0, nil
	}
	n, err := strconv.ParseUint(word, 10, 64)
	if err != nil || n == 0 {
		return 0, usagef("%s: %q is no number of a parked batch; `winnow spool list` shows them", verb, word)
	}
	return n, nil
}

// withSpool hands the spool that is reached to f. Where there is none, empty is called instead, if it is not nil.
func withSpool(flags *spoolFlags, f func(context.Context, admin.SpoolClient) error, empty func() error) error {
	err := flags.with(func(ctx context.Context, c *admin.Client) error { return f(ctx, admin.SpoolClient{Client: c}) })
	if errors.Is(err, admin.ErrNoSpool) && empty != nil {
		return empty()
	}
	return err
}

// emptySpool shows that there is no spool.
func (c *console) emptySpool(format string, nothing any) func() error {
	return func() error {
		if format == "json" {
			return c.json(nothing)
		}
		c.say("nothing is spooled: %v\n", admin.ErrNoSpool)
		return nil
	}
}

func (c *console) json(v any) error {
	out := json.NewEncoder(c.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
