package command

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"winnow/scrub/explain"
)

func newInventory(con *console) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "inventory [FILE]",
		Short: "Print what is taken, why, what becomes of it and who receives it",
		Long: `inventory makes the table of each data point from a config file, the embedded default without one: what it is, why it is taken (purpose
and legal basis), what becomes of it, how long it is kept and with whom it is shared, and what is not taken. The same file always
makes the same text, so that it can be kept beside the privacy policy and compared.

Why and legal basis are what rules and metadata say (why, basis), else what their class stands for.

Formats: markdown; json, one object.

Exit codes: 0; 1 when the file has mistakes, which winnow check prints; 2 for a wrong command line.`,
		Example: `  winnow inventory winnow.yaml > data-inventory.md
  winnow inventory --format json winnow.yaml`,
		Args: atMost(1, "a config file"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", form, "markdown", "json"); err != nil {
				return err
			}
			file := ""
			if len(args) == 1 {
				file = args[0]
			}
			return con.inventory(file, form)
		},
	}
	cmd.Flags().StringVar(&form, "format", "markdown", "markdown or json")
	return cmd
}

func (c *console) inventory(file, form string) error {
	cfg, _, err := compile(file)
	if err != nil {
		return err
	}
	i := explain.TakeInventory(cfg)
	if form == "markdown" {
		return i.Markdown(c.out)
	}
	return c.indented(i)
}

// indented writes a value as JSON that people read too, and that compares line by line.
func (c *console) indented(v any) error {
	out := json.NewEncoder(c.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
