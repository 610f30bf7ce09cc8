package command

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"winnow/config"
	"winnow/scrub/explain"
)

// paths shows by which path policy addresses each part of a protocol's records.
func (c *console) paths(f scrubFlags, protocol string, args []string) error {
	if len(args) > 0 {
		return usagef("--protocol reads no file: leave %s out", args[0])
	}
	if err := f.explainable(); err != nil {
		return err
	}
	if known := config.Words(reflect.TypeFor[config.Protocol]()); !slices.Contains(known, protocol) {
		return usagef("--protocol %q is unknown; %s", protocol, config.Suggest(protocol, known))
	}
	cfg, _, err := compile(f.config)
	if err != nil {
		return err
	}
	list := explain.Paths(cfg, config.Protocol(protocol), config.Mode(f.mode))
	if f.format == "json" {
		out := json.NewEncoder(c.out)
		out.SetEscapeHTML(false)
		for _, a := range list {
			if err := out.Encode(a); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	for _, a := range list {
		path := a.Path
		if path == "" {
			path = "(its own)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s%s\n", path, strings.ReplaceAll(a.Part, "`", ""), a.Says, byRules(a.Rules))
	}
	return w.Flush()
}

// maxShown is how many rules are named.
const maxShown = 6

func byRules(ids []string) string {
	switch n := len(ids); {
	case n == 0:
		return ""
	case n == 1:
		return " (rule " + ids[0] + ")"
	case n > maxShown:
		return fmt.Sprintf(" (rules %s and %d more)", strings.Join(ids[:maxShown], ", "), n-maxShown)
	}
	return " (rules " + strings.Join(ids, ", ") + ")"
}
