package command

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"winnow/proxy/admin"
)

// keysFlags are those of every command about keys.
type keysFlags struct {
	reach
	format string
}

func newKeys(con *console) *cobra.Command {
	var f keysFlags
	parent := group("keys", "See, renew and destroy the keys of pseudonyms",
		`keys shows the epochs of pseudonym keys, begins a new one, and destroys keys for ever, so that nobody can link their pseudonyms any more. No key is
ever shown. While winnow runs it is asked through its administrators' listener; otherwise the state is opened, and kept from any winnow
meanwhile.`)
	f.reach.flags(parent)
	parent.PersistentFlags().StringVar(&f.format, "format", "text", "form of what is printed: text or json")
	parent.AddCommand(newKeysList(con, &f), newKeysRotate(con, &f), newKeysDestroy(con, &f))
	return parent
}

// with calls f with the keys that are reached, and prints what it returns: as JSON, or by text.
func withKeys[T any](con *console, f *keysFlags, do func(context.Context, admin.KeysClient) (T, error), text func(T) error) error {
	if err := oneOf("format", f.format, "text", "json"); err != nil {
		return err
	}
	return f.reach.with(func(ctx context.Context, c *admin.Client) error {
		answer, err := do(ctx, admin.KeysClient{Client: c})
		if err != nil {
			return err
		}
		if f.format == "json" {
			return con.json(answer)
		}
		return text(answer)
	})
}

func newKeysList(con *console, f *keysFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the epochs and how many keys each has",
		Long:    `list shows the epochs, oldest first: when each began, how many keys are kept of it, and whether it is current. The number stands in pseudonyms.` + exitCodes,
		Example: `  winnow keys list --config winnow.yaml`,
		Args:    atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			return withKeys(con, f, func(ctx context.Context, k admin.KeysClient) ([]admin.KeyEpoch, error) { return k.Epochs(ctx) }, con.keyEpochs)
		},
	}
}

func newKeysRotate(con *console, f *keysFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "rotate",
		Short: "Begin a new epoch at once",
		Long: `rotate begins a new epoch: from the next request on the same value has another pseudonym, on every node. Keys of the epochs before stay for as many
epochs as keys.keep says.` + exitCodes,
		Example: `  winnow keys rotate --config winnow.yaml`,
		Args:    atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			return withKeys(con, f, func(ctx context.Context, k admin.KeysClient) (admin.KeyEpoch, error) { return k.Rotate(ctx) },
				func(e admin.KeyEpoch) error {
					con.say("epoch %d has begun\n", e.Number)
					return nil
				})
		},
	}
}

func newKeysDestroy(con *console, f *keysFlags) *cobra.Command {
	var epoch, tenant, purpose string
	cmd := &cobra.Command{
		Use:   "destroy --epoch NUMBER | --tenant ID [--purpose WORD]",
		Short: "Destroy keys for ever, and print the proof",
		Long: `destroy overwrites and removes keys: of an epoch, of a tenant, of one purpose of a tenant. There is no way back: their pseudonyms can never be
made or linked again. If a current key is destroyed, a new epoch begins.

The proof names each key with the SHA-256 of it as it was kept, and the last line of the audit log afterwards; keep it. Copies of the state that
you have elsewhere still hold the key, wrapped: destroy them too.` + exitCodes,
		Example: `  winnow keys destroy --epoch 680 --config winnow.yaml
  winnow keys destroy --tenant acme --purpose training --format json > proof.json`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			which := admin.KeyChoice{Tenant: tenant, Purpose: purpose}
			if epoch != "" {
				n, err := strconv.ParseUint(epoch, 10, 32)
				if err != nil {
					return usagef("--epoch: write the number of an epoch; `winnow keys list` shows them")
				}
				number := uint32(n)
				which.Epoch = &number
			}
			switch {
			case purpose != "" && tenant == "":
				return usagef("destroy: --purpose is of a tenant: name --tenant too")
			case epoch == "" && tenant == "":
				return usagef("destroy: name --epoch or --tenant; `winnow keys list` shows what there is")
			}
			return withKeys(con, f, func(ctx context.Context, k admin.KeysClient) (admin.KeyProof, error) { return k.Destroy(ctx, which) }, con.keyProof)
		},
	}
	cmd.Flags().StringVar(&epoch, "epoch", "", "number of the epoch whose keys go; with --tenant only that tenant's")
	cmd.Flags().StringVar(&tenant, "tenant", "", "id of the tenant whose keys go, of all epochs unless --epoch says which")
	cmd.Flags().StringVar(&purpose, "purpose", "", "only keys of this purpose of the tenant")
	return cmd
}

// keyEpochs prints epochs.
func (c *console) keyEpochs(list []admin.KeyEpoch) error {
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EPOCH\tBEGAN\tKEYS\tFOR\tSTATE")
	for i := range list {
		e := &list[i]
		state := "kept"
		switch {
		case e.Destroyed != nil:
			state = "destroyed " + moment(*e.Destroyed)
		case e.Current:
			state = "current"
		}
		fmt.Fprintf(table, "%d\t%s\t%d\t%s\t%s\n", e.Number, moment(e.Began), len(e.Keys), whom(e), state)
	}
	return table.Flush()
}

// whom is for whom an epoch is.
func whom(e *admin.KeyEpoch) string {
	switch {
	case e.Tenant == "":
		return "all"
	case e.Purpose == "":
		return e.Tenant
	}
	return e.Tenant + "/" + e.Purpose
}

// keyProof prints what was destroyed.
func (c *console) keyProof(p admin.KeyProof) error {
	c.say("destroyed %s: %s\n", plural(int64(len(p.Keys)), "key", "keys"), p.What)
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, k := range p.Keys {
		fmt.Fprintf(table, "%s\tsha256:%s\n", k.Name, k.Digest)
	}
	fmt.Fprintf(table, "all of them\tsha256:%s\n", p.Digest)
	fmt.Fprintf(table, "at\t%s\n", moment(p.At))
	if p.Began != nil {
		fmt.Fprintf(table, "began\tepoch %d, for %s\n", p.Began.Number, whom(p.Began))
	}
	fmt.Fprintf(table, "audit head\t%s\n", known(p.AuditHead))
	return table.Flush()
}
