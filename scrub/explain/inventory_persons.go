package explain

import (
	"strings"

	"winnow/config"
)

// persons says what is heeded of what persons, and browsers for them, say: by which fields they are known, minors, Do Not Track and Global Privacy
// Control (RIGHT-3, META-9, META-10).
func (i *inventory) persons() {
	p := &i.c.Policy
	known := "nobody is known: no field says whose a record is"
	if len(p.Subjects) > 0 {
		known = "the next record of whoever objects, is restricted or is erased is dropped or stripped; persons are known by " + code(p.Subjects) +
			", and on the list by a digest only, " + ending(i.c.Retention.Suppressions)
	}
	i.Persons = append(i.Persons, Heeded{"objection, restriction, erasure (RIGHT-2, RIGHT-3)", known})
	if i.c.Directory.On() {
		i.Persons = append(i.Persons, Heeded{"a user is taken out of the directory (RIGHT-4)", "restricted when the directory is read next, every " + length(i.c.Directory.Every)})
	}
	i.Persons = append(i.Persons,
		Heeded{"a record is marked as a minor's (META-10)", minors(p.Minors)},
		Heeded{"Do Not Track (META-9)", signal(p.DoNotTrack)},
		Heeded{"Global Privacy Control (META-9)", signal(p.GPC)})
}

func ending(age config.Duration) string {
	if age == 0 {
		return "until they are released"
	}
	return "until they are released, at most " + length(age)
}

func minors(m config.Minors) string {
	if !m.On() {
		return "no field and no header marks one"
	}
	var by []string
	if len(m.Fields) > 0 {
		by = append(by, "a field of "+code(m.Fields))
	}
	if m.Header != "" {
		by = append(by, "header `"+m.Header+"`")
	}
	return "by " + strings.Join(by, " or ") + ": it is dropped, and whoever it names is on the list of suppressions"
}

func signal(s config.Signal) string {
	switch s {
	case config.SignalDropMetadata:
		return "no facts about the client are attached"
	case config.SignalObjection:
		return "nothing personal leaves in any record of the request"
	}
	return "is not heeded"
}

// code spells names as code, one behind the other.
func code(names []string) string { return "`" + strings.Join(names, "` `") + "`" }
