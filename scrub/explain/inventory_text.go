package explain

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the inventory as a document: a table each of what is taken from headers, of fields, of findings, of what is not taken,
// of who receives it, of what persons say, and of how long it is kept. The only errors are the writer's.
func (i *Inventory) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Data inventory of policy %s\n\n", i.Policy)
	fmt.Fprintf(&b, "Mode %s, version `%.12s`. Made from the configuration by `winnow inventory`.\n", i.Mode, i.Digest)
	taken(&b, "Taken from the headers of requests", "Nothing else of the headers is taken.", i.Headers)
	taken(&b, "Fields of records", "All text that leaves passes the detectors below.", i.Fields)
	taken(&b, "Found in text", "Without a reason it is not taken: nothing of it leaves.", i.Findings)
	b.WriteString("\n## Not taken\n\n| data point | class | |\n|---|---|---|\n")
	for _, p := range i.NotTaken {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", point(p), p.Class, cell(p.Transform+marks(p)))
	}
	b.WriteString("| what is of class payment or secret | | never leaves as it is, whatever a rule says (META-8, GUARD-2) |\n")
	if len(i.Less) > 0 {
		b.WriteString("\n## Tenants of whom less leaves\n\n| tenant | |\n|---|---|\n")
	}
	for _, l := range i.Less {
		fmt.Fprintf(&b, "| %s | %s |\n", cell(l.Tenant), cell(l.Leaves))
	}
	if len(i.Regions) > 0 {
		b.WriteString("\n## What stays where\n\n")
	}
	for _, line := range i.Regions {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	b.WriteString("\n## Who receives it\n\n| upstream | where | kept there |\n|---|---|---|\n")
	for _, r := range i.Shared {
		where := r.Where
		if r.Receives != "" {
			where += "; may receive " + r.Receives
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(r.ID), cell(where), cell(r.Kept))
	}
	b.WriteString("\n## What persons say\n\n| | what follows |\n|---|---|\n")
	for _, p := range i.Persons {
		fmt.Fprintf(&b, "| %s | %s |\n", cell(p.What), cell(p.Then))
	}
	b.WriteString("\n## What winnow keeps\n\n| | how long |\n|---|---|\n")
	for _, k := range i.Kept {
		fmt.Fprintf(&b, "| %s | %s |\n", cell(k.What), cell(k.Long))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func taken(b *strings.Builder, title, note string, points []Point) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", title, note)
	b.WriteString("| data point | class | why | legal basis | transform | shared with |\n|---|---|---|---|---|---|\n")
	for _, p := range points {
		why := p.Why
		if p.Purpose != "" {
			why = p.Purpose + ": " + why
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", point(p), p.Class, why, strings.ReplaceAll(p.Basis, "_", " "),
			cell(p.Transform+marks(p)), cell(strings.Join(p.Shared, ", ")))
	}
}

// point is the id, and the names that stand for it.
func point(p Point) string {
	text := "**" + cell(p.ID) + "**"
	if len(p.Names) > 0 {
		text += ": `" + cell(strings.Join(p.Names, "` `")) + "`"
	}
	return text
}

// marks are the ids of obligations, in brackets.
func marks(p Point) string {
	if len(p.Obligations) == 0 {
		return ""
	}
	return " (" + strings.Join(p.Obligations, ", ") + ")"
}

// cell keeps a text from ending a cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
