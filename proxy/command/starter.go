package command

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"winnow/config"
)

func newInit(con *console) *cobra.Command {
	var s starter
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented config file to begin with",
		Long: `init writes a commented config file (winnow.yaml without a name), and beside it ` + config.SchemaFile + `, from which editors complete
and check. - writes the file to stdout. Those to begin with:

` + starters() + `
Exit codes: 0; 1 when FILE is there already, unless --force; 2 for a wrong command line.`,
		Example: `  winnow init --upstream http://127.0.0.1:9428
  winnow init --preset eu-saas
  winnow init --preset none - | less`,
		Args: atMost(1, "a file"),
		RunE: func(_ *cobra.Command, args []string) error {
			s.file = starterFile
			if len(args) == 1 {
				s.file = args[0]
			}
			return con.init(s)
		},
	}
	cmd.Flags().StringVar(&s.preset, "preset", "service-operations", "file to begin with, by its name above")
	cmd.Flags().StringVar(&s.upstream, "upstream", "", "URL of the backend")
	cmd.Flags().BoolVar(&s.force, "force", false, "write over a file that is there")
	return cmd
}

// starter is the file to write.
type starter struct {
	file, preset, upstream string
	force                  bool
}

// starterFile is the name of the file without another.
const starterFile = "winnow.yaml"

// starters lists the files to begin with.
func starters() string {
	var b strings.Builder
	for _, f := range config.Starters() {
		fmt.Fprintf(&b, "  %-20s%s\n", f.Name, f.About)
	}
	return b.String()
}

func (c *console) init(s starter) error {
	var names []string
	for _, f := range config.Starters() {
		names = append(names, f.Name)
	}
	if err := oneOf("preset", s.preset, names...); err != nil {
		return err
	}
	text := config.Starter(s.preset)
	if s.upstream != "" {
		var err error
		if text, err = withUpstream(text, s); err != nil {
			return err
		}
	}
	if s.file == "-" {
		_, err := c.out.Write(text)
		return err
	}
	if err := writeNew(s.file, text, s.force); err != nil {
		return err
	}
	schema := filepath.Join(filepath.Dir(s.file), config.SchemaFile)
	if err := os.WriteFile(schema, config.Schema(), 0o644); err != nil {
		return err
	}
	name := s.file
	if strings.ContainsAny(name, " '\"$\\") {
		name = "FILE"
	}
	fmt.Fprintf(c.out, "wrote %s and %s\nnext: winnow check %s; winnow run --config %s\n", s.file, schema, name, name)
	return nil
}

// withUpstream writes the URL of the backend into a file to begin with.
func withUpstream(text []byte, s starter) ([]byte, error) {
	for i, place := range config.StarterUpstreams() {
		key := [...]string{"upstream: ", "url: "}[i]
		text = bytes.Replace(text, []byte(place), []byte(key+s.upstream), 1)
	}
	cfg, err := config.Parse(s.file, text, config.Env{})
	if err != nil || cfg.Upstream != s.upstream && cfg.Upstreams[0].URL != s.upstream {
		return nil, usagef("--upstream: write http:// or https:// with a host, without user, query and fragment")
	}
	return text, nil
}

// writeNew writes a file that may come to hold secrets: mode 0600. Without force it must not be there.
func writeNew(name string, text []byte, force bool) error {
	flags := os.O_CREATE | os.O_WRONLY | os.O_EXCL
	if force {
		flags = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	f, err := os.OpenFile(name, flags, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; --force writes over it", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

func newSchema(con *console) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the config file",
		Long: `schema prints the JSON Schema (draft 2020-12) of the config file. Editors find it by the file's first line:
# yaml-language-server: $schema=` + config.SchemaFile + exitCodes,
		Example: `  winnow schema > ` + config.SchemaFile,
		Args:    atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			_, err := con.out.Write(config.Schema())
			return err
		},
	}
}
