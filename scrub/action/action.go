// Package action is what becomes of a value: kept, dropped, masked, replaced, generalised, truncated or turned into a pseudonym.
//
// A value is decoded text, or the text of a JSON number. An action changes it without a look at anything else, so that the same value
// always becomes the same, and to act upon one's own output changes nothing. A value that has not the shape an action needs (a
// truncation of what is no address) is not guessed at: Append says so, and the caller withholds it.
package action

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"winnow/config"
	"winnow/scrub/pseudonym"
)

// Kind is what an action does. The zero Kind is Keep.
type Kind uint8

// The kinds. Drop and DropRecord concern more than a value and are the caller's to carry out; Keep leaves the value as it came.
const (
	Keep Kind = iota
	Drop
	DropRecord
	Mask
	Replace
	Generalise
	Truncate
	Pseudonym
)

// words are the kinds as the configuration writes them.
var words = [...]config.ActionKind{
	Keep:       config.ActionKeep,
	Drop:       config.ActionDrop,
	DropRecord: config.ActionDropRecord,
	Mask:       config.ActionMask,
	Replace:    config.ActionReplace,
	Generalise: config.ActionGeneralise,
	Truncate:   config.ActionTruncate,
	Pseudonym:  config.ActionPseudonym,
}

// String is the word for k in the configuration and in metrics.
func (k Kind) String() string { return string(words[k]) }

// The prefixes that a truncated address keeps when the configuration does not say.
const (
	DefaultIPv4Bits = 24
	DefaultIPv6Bits = 48
)

// Action is a compiled action. The zero Action keeps. It is immutable and safe for concurrent use.
type Action struct {
	kind     Kind
	text     string // Replace; empty: the kind of the value in brackets
	keepLast int
	ipv4     int
	ipv6     int
	buckets  []bucket // Generalise of numbers, ascending
	below    string   // what a number below the first bucket becomes
	unit     config.TimeUnit
	url      config.URLPart
	as       string // Pseudonym; empty: the kind of the value
}

// Minter makes pseudonyms: a *pseudonym.Minter, or in tests anything.
type Minter interface {
	// Append appends the token of value to dst. It returns a value that already is a token as it is.
	Append(dst []byte, kind string, value []byte) []byte
}

// Env is what an action needs beyond the value.
type Env struct {
	// Minter for pseudonyms. Nil: a pseudonym is withheld.
	Minter Minter
	// URL appends what stays of a web address, nothing if it is none: see meta.AppendURL. Nil: one is withheld.
	URL func(dst, value []byte, part config.URLPart) []byte
	// Kind of the value as its detector or fact calls it ("email", "ip"), for tokens and replacements that name none. Empty: unknown.
	Kind string
}

// Compile checks an action of the configuration. Its errors name the action and the setting; the caller adds the place.
func Compile(c config.Action) (Action, error) {
	a, err := compile(c)
	if err != nil {
		return Action{}, fmt.Errorf("action %s: %w", c.Kind, err)
	}
	return a, nil
}

func compile(c config.Action) (Action, error) {
	kind, ok := kindOf(c.Kind)
	if !ok {
		return Action{}, fmt.Errorf("unknown: use one of %v", words)
	}
	a := Action{kind: kind}
	var err error
	switch kind {
	case Mask:
		if a.keepLast = c.KeepLast; c.KeepLast < 0 {
			err = fmt.Errorf("keep_last of %d: use 0 or more", c.KeepLast)
		}
	case Replace:
		if a.text = c.Text; !utf8.ValidString(c.Text) {
			err = fmt.Errorf("text is not UTF-8: write it as text")
		}
	case Generalise:
		err = a.compileGeneralise(c)
	case Truncate:
		err = a.compileTruncate(c)
	case Pseudonym:
		if a.as = c.As; c.As != "" && !pseudonym.ValidKind(c.As) {
			err = fmt.Errorf("as %q: use 1 to %d of a-z, 0-9 and _", c.As, pseudonym.MaxKindBytes)
		}
	}
	return a, err
}

// kindOf finds a kind by its word. No word is Keep.
func kindOf(word config.ActionKind) (Kind, bool) {
	for k, w := range words {
		if w == word {
			return Kind(k), true
		}
	}
	return Keep, word == ""
}

func (a *Action) compileTruncate(c config.Action) error {
	a.ipv4, a.ipv6 = c.IPv4Bits, c.IPv6Bits
	if a.ipv4 == 0 {
		a.ipv4 = DefaultIPv4Bits
	}
	if a.ipv6 == 0 {
		a.ipv6 = DefaultIPv6Bits
	}
	if a.ipv4 < 0 || a.ipv4 > 32 {
		return fmt.Errorf("IPv4 prefix of %d bits: use 1 to 32", a.ipv4)
	}
	if a.ipv6 < 0 || a.ipv6 > 128 {
		return fmt.Errorf("IPv6 prefix of %d bits: use 1 to 128", a.ipv6)
	}
	return nil
}

func (a *Action) compileGeneralise(c config.Action) error {
	switch a.url = c.URL; {
	case len(c.Buckets) > 0 && c.Time != "" || c.URL != "" && (len(c.Buckets) > 0 || c.Time != ""):
		return fmt.Errorf("more than one of buckets, time and url: use one of them")
	case len(c.Buckets) > 0:
		return a.compileBuckets(c.Buckets)
	case c.URL == config.URLOrigin || c.URL == config.URLPath:
		return nil
	case c.URL != "":
		return fmt.Errorf("unknown part of a URL %q: use origin or path", c.URL)
	}
	switch a.unit = c.Time; c.Time {
	case config.TimeMinute, config.TimeHour, config.TimeDay, config.TimeMonth:
		return nil
	case "":
		return fmt.Errorf("none of buckets, time and url: say which")
	}
	return fmt.Errorf("unknown time unit %q: use minute, hour, day or month", c.Time)
}

func (a *Action) compileBuckets(bounds []float64) error {
	for i, b := range bounds {
		if math.IsNaN(b) || math.IsInf(b, 0) {
			return fmt.Errorf("bucket %d is not a number", i+1)
		}
		if i > 0 && b <= bounds[i-1] {
			return fmt.Errorf("bucket %d is not above the one before: list them in ascending order", i+1)
		}
		b += 0 // -0 becomes 0
		exact, _ := parseDecimal(strconv.AppendFloat(nil, b, 'e', -1, 64))
		a.buckets = append(a.buckets, bucket{exact, strconv.FormatFloat(b, 'f', -1, 64)})
	}
	a.below = "<" + a.buckets[0].text
	return nil
}

// Kind is what the action does.
func (a *Action) Kind() Kind { return a.kind }

// Append appends what becomes of value to dst.
//
// Number reports that the output is a JSON number, so that a number can stay one; otherwise it is text. If ok is false nothing is
// appended and the value must be withheld: it has not the shape the action needs, or the action is Drop or DropRecord. Append keeps
// neither slice, and allocates nothing if dst has room.
func (a *Action) Append(dst, value []byte, env *Env) (out []byte, number, ok bool) {
	switch a.kind {
	case Keep:
		return append(dst, value...), isNumber(value), true
	case Mask:
		return appendMask(dst, value, a.keepLast), false, true
	case Replace:
		return a.appendText(dst, env)
	case Generalise:
		switch {
		case a.unit != "":
			return appendTime(dst, value, a.unit)
		case a.url != "":
			return a.appendURL(dst, value, env)
		}
		return a.appendBucket(dst, value)
	case Truncate:
		return a.appendPrefix(dst, value)
	case Pseudonym:
		return a.appendToken(dst, value, env)
	}
	return dst, false, false
}

func (a *Action) appendText(dst []byte, env *Env) ([]byte, bool, bool) {
	if a.text != "" {
		start := len(dst)
		dst = append(dst, a.text...)
		return dst, isNumber(dst[start:]), true
	}
	kind := "removed"
	if env != nil && env.Kind != "" {
		kind = env.Kind
	}
	dst = append(append(dst, '['), kind...)
	return append(dst, ']'), false, true
}

func (a *Action) appendURL(dst, value []byte, env *Env) ([]byte, bool, bool) {
	if env == nil || env.URL == nil {
		return dst, false, false
	}
	n := len(dst)
	dst = env.URL(dst, value, a.url)
	return dst, false, len(dst) > n || len(value) == 0
}

func (a *Action) appendToken(dst, value []byte, env *Env) ([]byte, bool, bool) {
	if env == nil || env.Minter == nil {
		return dst, false, false
	}
	kind := a.as
	if kind == "" {
		kind = env.Kind
	}
	if kind == "" {
		kind = pseudonym.KindID
	}
	return env.Minter.Append(dst, kind, value), false, true
}
