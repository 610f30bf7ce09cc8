package command

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"winnow/proxy/admin"
	"winnow/proxy/stats"
)

func newStatistics(con *console) *cobra.Command {
	var at reach
	var format string
	parent := group("statistics", "See what statistics were released, and what is left to spend",
		`statistics are counts of requests and records that tell nothing of one group of tenants: docs/statistics.md. While winnow runs it is asked through its
administrators' listener; otherwise what was spent is read from the state.`)
	at.flags(parent)
	show := &cobra.Command{
		Use:     "show",
		Short:   "Show the budget and the last release",
		Long:    `show prints what is spent of the period's budget of epsilon, and the cells of the last window that was released, with their noise.` + exitCodes,
		Example: `  winnow statistics show --config winnow.yaml`,
		Args:    atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return at.with(func(ctx context.Context, client *admin.Client) error {
				var state json.RawMessage
				if err := client.Get(ctx, "/api/v1/statistics", &state); err != nil {
					return err
				}
				if format == "json" {
					return con.json(state)
				}
				return con.statistics(state)
			})
		},
	}
	show.Flags().StringVar(&format, "format", "text", "form: text or json")
	parent.AddCommand(show)
	return parent
}

// statistics prints the API's answer.
func (c *console) statistics(text []byte) error {
	var s struct {
		admin.StatisticsState
		Last []stats.Line `json:"last"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "spent %g of %g epsilon in %d releases, until %s\n", s.Spent, s.Budget, s.Releases, s.Until.Format(time.RFC3339))
	if s.Unsent > 0 {
		fmt.Fprintf(c.out, "%d releases wait for their upstream\n", s.Unsent)
	}
	if s.From == nil {
		return c.out.err
	}
	fmt.Fprintf(c.out, "\nlast window: %s to %s\n", s.From.Format(time.RFC3339), s.To.Format(time.RFC3339))
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TABLE\tCELL\tREQUESTS\tRECORDS")
	for i := range s.Last {
		l := &s.Last[i]
		var names []string
		for _, name := range []string{l.Hour, l.Route, l.Status, l.Browser, l.OS, l.Language, l.Country, l.Error} {
			if name != "" {
				names = append(names, name)
			}
		}
		cell := strings.Join(names, " ")
		if cell == "" {
			cell = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\n", l.Table, cell, l.Requests, l.Records)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return c.out.err
}
