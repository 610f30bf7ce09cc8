package command

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"winnow/proxy/admin"
	"winnow/proxy/consent"
)

// consentFlags are those of every command about consents.
type consentFlags struct {
	reach
	tenant, purpose, format string
	change                  admin.ConsentChange
}

func newConsent(con *console) *cobra.Command {
	var f consentFlags
	parent := group("consent", "See and enter what tenants decided about statistics and training",
		`consent is for what each tenant may decide: statistics are made of its requests until it withdraws, and its records are copied for training only
after it granted that, under an addendum and for streams that it designated. Operations need no consent and can't be withdrawn from here. What is entered
is in force with the next record, on every node. While winnow runs it is asked through its administrators' listener; otherwise the state is opened.`)
	f.reach.flags(parent)
	parent.PersistentFlags().StringVar(&f.format, "format", "text", "form of what is printed: text or json")
	parent.PersistentFlags().StringVar(&f.tenant, "tenant", "", "id of the tenant")
	parent.AddCommand(newConsentGrant(con, &f), newConsentWithdraw(con, &f), newConsentShow(con, &f))
	return parent
}

func newConsentGrant(con *console, f *consentFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grant --tenant ID --purpose WORD",
		Short: "Enter that a tenant grants statistics or training",
		Long: `grant enters that a tenant takes part in statistics again, or opts in to training: that needs the reference of the addendum, and the streams that it
designates, each the path of a route or the address of a listener as the configuration has it. What was received before is not used.` + exitCodes,
		Example: `  winnow consent grant --tenant acme --purpose training --addendum A-2026-17 --stream /ingest --stream '/loki/*'
  winnow consent grant --tenant acme --purpose statistics --why "letter of 2 March"`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error { return f.decide(con, admin.ConsentGrant) },
	}
	f.decides(cmd)
	cmd.Flags().StringVar(&f.change.Addendum, "addendum", "", "reference of the agreement under which training is granted")
	cmd.Flags().StringArrayVar(&f.change.Streams, "stream", nil, "a designated stream; may be repeated")
	return cmd
}

func newConsentWithdraw(con *console, f *consentFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw --tenant ID --purpose WORD",
		Short: "Enter that a tenant opts out of statistics or withdraws from training",
		Long: `withdraw enters that a tenant opts out of statistics, or withdraws from training: then nothing more is copied, what waits for training is erased, and
the key of the tenant's training pseudonyms is destroyed. The proof of that is printed; keep it. Withdrawing again does what an earlier attempt
did not finish. What the upstream for training has received already is beyond winnow's reach.` + exitCodes,
		Example: `  winnow consent withdraw --tenant acme --purpose statistics --why "letter of 2 March"
  winnow consent withdraw --tenant acme --purpose training --format json > proof.json`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error { return f.decide(con, admin.ConsentWithdraw) },
	}
	f.decides(cmd)
	return cmd
}

// decides adds the flags of a decision.
func (f *consentFlags) decides(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.purpose, "purpose", "", "statistics or training")
	cmd.Flags().StringVar(&f.change.Why, "why", "", "reference of the notice or the ticket; no name, no address")
}

func (f *consentFlags) decide(con *console, act admin.ConsentAct) error {
	if err := oneOf("format", f.format, "text", "json"); err != nil {
		return err
	}
	if f.tenant == "" || f.purpose == "" {
		return usagef("%s: name --tenant and --purpose", act)
	}
	if err := oneOf("purpose", f.purpose, "statistics", "training"); err != nil {
		return err
	}
	return f.with(func(ctx context.Context, c *admin.Client) error {
		var a consent.Answer
		if err := (admin.ConsentsClient{Client: c}).Decide(ctx, act, f.purpose, f.tenant, &f.change, &a); err != nil {
			return err
		}
		if f.format == "json" {
			return con.json(a)
		}
		con.say("%s of %s: %s since %s\n", a.Purpose, a.Tenant, a.State, moment(a.Since))
		return con.withdrawal(a.Proof)
	})
}

func newConsentShow(con *console, f *consentFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show [--tenant ID]",
		Short: "Show what tenants decided",
		Long: `show lists for each tenant, or for one, what is in force for statistics and training: since when, entered by whom, under which references. The
decisions before are in --format json.` + exitCodes,
		Example: `  winnow consent show --config winnow.yaml
  winnow consent show --tenant acme --format json`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", f.format, "text", "json"); err != nil {
				return err
			}
			return f.with(func(ctx context.Context, c *admin.Client) error {
				var list []consent.Answer
				if err := (admin.ConsentsClient{Client: c}).Show(ctx, f.tenant, &list); err != nil {
					return err
				}
				if f.format == "json" {
					return con.json(list)
				}
				return con.consents(list)
			})
		},
	}
}

// consents prints what is in force.
func (c *console) consents(list []consent.Answer) error {
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TENANT\tPURPOSE\tSTATE\tSINCE\tBY\tADDENDUM\tSTREAMS\tWHY")
	for i := range list {
		a := &list[i]
		state, since := string(a.State), "-"
		if a.Unreadable {
			state = "unreadable"
		}
		if !a.Since.IsZero() {
			since = moment(a.Since)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			a.Tenant, a.Purpose, state, since, known(a.Who), known(a.Addendum), known(strings.Join(a.Streams, " ")), known(a.Why))
	}
	return table.Flush()
}

// withdrawal prints the proof of a withdrawal from training; nil: it is none.
func (c *console) withdrawal(p *consent.Proof) error {
	if p == nil {
		return nil
	}
	c.say("destroyed %s of what waited, and %s of pseudonyms\n", plural(int64(p.SpoolKeys), "key", "keys"), plural(int64(len(p.Keys)), "key", "keys"))
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, k := range p.Keys {
		fmt.Fprintf(table, "%s\tsha256:%s\n", k.Name, k.Digest)
	}
	fmt.Fprintf(table, "all of them\tsha256:%s\n", known(p.Digest))
	fmt.Fprintf(table, "audit head\t%s\n", known(p.AuditHead))
	return table.Flush()
}
