package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/admin"
	"winnow/proxy/receipts"
)

// breachFlags are those of audit breach.
type breachFlags struct{ upstream, tenant, from, to, format string }

func newAuditBreach(con *console, a *auditFile) *cobra.Command {
	var f breachFlags
	cmd := &cobra.Command{
		Use:   "breach",
		Short: "Report what left to an upstream between two times",
		Long: `breach tells, for each tenant, how many records went to an upstream between two times, which classes of data were in them and what was done to it, and
under which policies: from receipts.log in the data folder, which is proved first. A receipt is about a minute at most; those that touch the times count
as a whole. It fails, with the report, if the log is damaged, or has nothing about the upstream at any time. Each winnow has the receipts of what it
delivered itself: ask all that share a cluster.` + exitCodes,
		Example: `  winnow audit breach --config winnow.yaml --upstream logs --from 2026-03-01T00:00:00Z --to 2026-03-02T00:00:00Z
  winnow audit breach --config winnow.yaml --upstream logs --from 2026-03-01T00:00:00Z --to 2026-03-02T00:00:00Z --tenant acme --format json`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			q, err := f.query()
			if err != nil {
				return err
			}
			text, err := a.breach(q)
			if err != nil {
				return err
			}
			return con.breach(text, f.format)
		},
	}
	cmd.Flags().StringVar(&f.upstream, "upstream", "", "id of the upstream")
	cmd.Flags().StringVar(&f.tenant, "tenant", "", "only this tenant (default: all)")
	cmd.Flags().StringVar(&f.from, "from", "", "first time (RFC 3339)")
	cmd.Flags().StringVar(&f.to, "to", "", "last time (RFC 3339)")
	cmd.Flags().StringVar(&f.format, "format", "text", "form: text or json")
	return cmd
}

func (f *breachFlags) query() (q receipts.Query, err error) {
	if err := oneOf("format", f.format, "text", "json"); err != nil {
		return q, err
	}
	if f.upstream == "" {
		return q, usagef("breach: name the upstream with --upstream, and the times with --from and --to")
	}
	q = receipts.Query{Upstream: f.upstream, Tenant: f.tenant}
	if q.From, err = momentOf("from", f.from); err != nil {
		return q, err
	}
	if q.To, err = momentOf("to", f.to); err != nil {
		return q, err
	}
	if q.To.Before(q.From) {
		return q, usagef("--to: write a time that is not before --from")
	}
	return q, nil
}

// momentOf is the time that a flag says.
func momentOf(flag, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, usagef("--%s: write a time such as 2026-03-01T00:00:00Z", flag)
	}
	return t, nil
}

// breach asks the winnow that runs, or elsewhere, else reads the log; a folder that is named is read by itself.
func (a *auditFile) breach(q receipts.Query) (text json.RawMessage, err error) {
	if a.dir != "" {
		report, err := proxy.Breach(a.dir, q)
		if err != nil {
			return nil, err
		}
		return json.Marshal(report)
	}
	query := url.Values{"upstream": {q.Upstream}, "from": {q.From.Format(time.RFC3339Nano)}, "to": {q.To.Format(time.RFC3339Nano)}}
	if q.Tenant != "" {
		query.Set("tenant", q.Tenant)
	}
	err = a.with(func(ctx context.Context, client *admin.Client) error {
		return client.Get(ctx, "/api/v1/audit/breach?"+query.Encode(), &text)
	})
	return text, err
}

// breach prints a report, and fails if it proves less than it should.
func (con *console) breach(text json.RawMessage, format string) error {
	var r receipts.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	if format == "json" {
		if err := con.json(text); err != nil {
			return err
		}
	} else if err := con.breachText(&r); err != nil {
		return err
	}
	switch {
	case !r.Whole:
		return fmt.Errorf("the receipts are not whole: %s", r.Damage)
	case len(r.Upstreams) == 0:
		return errors.New("there are no receipts yet: nothing has left, or not a minute ago")
	case !slices.Contains(r.Upstreams, r.Upstream):
		return fmt.Errorf("there are no receipts of upstream %q at any time; there are some of: %s", r.Upstream, strings.Join(r.Upstreams, ", "))
	}
	return nil
}

func (con *console) breachText(r *receipts.Report) error {
	out := con.out
	fmt.Fprintf(out, "upstream %s, %s to %s\n", r.Upstream, moment(r.From), moment(r.To))
	switch {
	case !r.Whole:
		fmt.Fprintf(out, "receipts: NOT WHOLE, %s; %d receipts below stand behind that and are not proved\n", r.Damage, r.Unproved)
	case r.First == nil:
		fmt.Fprintln(out, "receipts: none")
	default:
		fmt.Fprintf(out, "receipts: whole, %d lines, signed up to line %d, head %s\n", r.Lines, r.Signed, r.Head)
	}
	if r.First != nil {
		fmt.Fprintf(out, "they are about %s to %s\n", moment(*r.First), moment(*r.Last))
	}
	for _, g := range r.Gaps {
		fmt.Fprintf(out, "winnow ended without a word between %s and %s: of its last minute nothing is known\n", moment(g.From), moment(g.To))
	}
	if len(r.Tenants) == 0 {
		fmt.Fprintln(out, "\nnothing left in that time; what leaves is told within a minute")
	}
	for i := range r.Tenants {
		con.breachTenant(&r.Tenants[i])
	}
	if len(r.Policies) > 0 {
		fmt.Fprintln(out, "\npolicies")
	}
	for _, p := range r.Policies {
		fmt.Fprintf(out, "  %s %s, %d records, %s to %s\n", p.Digest, p.Name, p.Records, moment(p.First), moment(p.Last))
	}
	return out.err
}

// left says what became of data by an action, beyond its name.
var left = map[config.ActionKind]string{
	config.ActionDrop: "did not leave", config.ActionDropRecord: "did not leave", config.ActionReplace: "a fixed text left",
	config.ActionKeep: "left", config.ActionPseudonym: "a pseudonym left",
}

func (con *console) breachTenant(t *receipts.TenantPart) {
	name := "tenant " + t.Tenant
	if t.Tenant == "" {
		name = "all tenants together"
	}
	fmt.Fprintf(con.out, "\n%s: %d records, %d bytes in %d batches, for %s, %s to %s\n",
		name, t.Records, t.Bytes, t.Batches, strings.Join(t.Purposes, ", "), moment(t.First), moment(t.Last))
	if t.Unanswered > 0 {
		fmt.Fprintf(con.out, "  %d attempts were not acknowledged: what was sent may have arrived\n", t.Unanswered)
	}
	if len(t.Regions) > 0 {
		fmt.Fprintf(con.out, "  of region %s\n", strings.Join(t.Regions, ", "))
	}
	if len(t.Data) == 0 {
		return
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  CLASS\tWHAT\tACTION\tTIMES\tTHAT IS")
	for _, s := range t.Data {
		says := left[s.Action]
		if says == "" {
			says = "a part left"
		}
		fmt.Fprintf(w, "  %s\t%s %s\t%s\t%d\t%s\n", s.Class, s.Of, s.ID, s.Action, s.N, says)
	}
	_ = w.Flush() // to con.out, which remembers
}
