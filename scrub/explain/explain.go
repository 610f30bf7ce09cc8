// Package explain is a policy in words: what leaves, what stays behind, what becomes of findings, and why each part of a record stayed
// or went.
//
// It is pure, like all of scrub. It shows ids, hosts and paths, never a secret, and never the text of a record.
package explain

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"winnow/config"
)

// Action says what becomes of a value, as the end of a sentence: "is kept", "is replaced by [email]".
func Action(a config.Action) string {
	switch a.Kind {
	case config.ActionDrop:
		return "is removed"
	case config.ActionDropRecord:
		return "takes the whole record along"
	case config.ActionMask:
		if a.KeepLast > 0 {
			return fmt.Sprintf("is masked, the last %d characters stay", a.KeepLast)
		}
		return "is masked"
	case config.ActionReplace:
		return "is replaced by " + a.Text
	case config.ActionGeneralise:
		return generalised(a)
	case config.ActionTruncate:
		return fmt.Sprintf("is cut to its network (/%d, IPv6 /%d)", a.IPv4Bits, a.IPv6Bits)
	case config.ActionPseudonym:
		if a.As == "" {
			return "becomes a pseudonym"
		}
		return "becomes a pseudonym (" + a.As + "_e…)"
	}
	return "is kept"
}

func generalised(a config.Action) string {
	if a.Time != "" {
		return "is cut to the " + string(a.Time)
	}
	switch a.URL {
	case config.URLOrigin:
		return "is cut to its origin"
	case config.URLPath:
		return "is cut to its origin and path, identifiers masked"
	}
	bounds := make([]string, len(a.Buckets))
	for i, b := range a.Buckets {
		bounds[i] = strconv.FormatFloat(b, 'g', -1, 64)
	}
	return "moves down to the nearest of " + strings.Join(bounds, ", ")
}

// Verb says what was done, for one event: "kept", "replaced".
func Verb(k config.ActionKind) string {
	switch k {
	case config.ActionDrop:
		return "dropped"
	case config.ActionDropRecord:
		return "dropped the record"
	case config.ActionMask:
		return "masked"
	case config.ActionReplace:
		return "replaced"
	case config.ActionGeneralise:
		return "generalised"
	case config.ActionTruncate:
		return "truncated"
	case config.ActionPseudonym:
		return "made a pseudonym"
	}
	return "kept"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// size spells a number of bytes as the config does.
func size(n config.Size) string {
	for _, unit := range []struct {
		name  string
		bytes config.Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= unit.bytes && n%unit.bytes == 0 {
			return fmt.Sprintf("%d %s", n/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// length spells a duration, whole days as days.
func length(d config.Duration) string {
	const day = 24 * time.Hour
	switch t := time.Duration(d); {
	case t == day:
		return "1 day"
	case t > 0 && t%day == 0:
		return fmt.Sprintf("%d days", t/day)
	case t > 0 && t%time.Hour == 0:
		return fmt.Sprintf("%dh", t/time.Hour)
	default:
		return t.String()
	}
}
