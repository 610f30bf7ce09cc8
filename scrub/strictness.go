package scrub

import (
	"slices"

	"winnow/config"
)

// Strictness compares what two actions let out of one value. The answer is Differs unless one of them is known to leave no more than the
// other. text says that a value which is kept passes the detectors; what an action makes of a value does not, so that a part of it that
// stays can be what a detector would have found.
func Strictness(prior, next config.Action, text bool) Effect {
	a, b := level(prior), level(next)
	switch {
	case a == partly && b == partly:
		return parts(prior, next)
	case a == whole && b == partly && text && kindOf(next) != config.ActionPseudonym && next.Buckets == nil:
		return Differs
	case a < b:
		return Withholds
	case a > b:
		return LetsOut
	}
	return Neutral
}

// How much of a value an action leaves.
const (
	whole   = iota
	partly  // a part of it, or a token
	nothing // a text that says nothing of it stands for it
	removed
	removesAll // the record too
)

func level(a config.Action) int {
	switch kindOf(a) {
	case config.ActionKeep:
		return whole
	case config.ActionMask:
		if a.KeepLast == 0 {
			return nothing
		}
	case config.ActionReplace:
		return nothing
	case config.ActionDrop:
		return removed
	case config.ActionDropRecord:
		return removesAll
	}
	return partly
}

// parts compares actions that each leave a part.
func parts(a, b config.Action) Effect {
	if a.Kind != b.Kind {
		return Differs
	}
	switch a.Kind {
	case config.ActionMask:
		return less(a.KeepLast, b.KeepLast)
	case config.ActionTruncate:
		v4, v6 := less(a.IPv4Bits, b.IPv4Bits), less(a.IPv6Bits, b.IPv6Bits)
		switch {
		case v4 == v6 || v6 == Neutral:
			return v4
		case v4 == Neutral:
			return v6
		}
		return Differs
	case config.ActionGeneralise:
		return generalised(a, b)
	}
	if a.As != b.As {
		return Differs // values that could not be joined now can be
	}
	return Neutral
}

func less(before, now int) Effect {
	switch {
	case now < before:
		return Withholds
	case now > before:
		return LetsOut
	}
	return Neutral
}

func generalised(a, b config.Action) Effect {
	units := []config.TimeUnit{config.TimeMonth, config.TimeDay, config.TimeHour, config.TimeMinute}
	parts := []config.URLPart{config.URLOrigin, config.URLPath}
	switch {
	case a.Time != "" && b.Time != "":
		return less(slices.Index(units, a.Time), slices.Index(units, b.Time))
	case a.URL != "" && b.URL != "":
		return less(slices.Index(parts, a.URL), slices.Index(parts, b.URL))
	case a.Buckets == nil || b.Buckets == nil:
		return Differs
	case slices.Equal(a.Buckets, b.Buckets):
		return Neutral
	case within(b.Buckets, a.Buckets):
		return Withholds
	case within(a.Buckets, b.Buckets):
		return LetsOut
	}
	return Differs
}

// within tells whether every element of a is one of b.
func within[T comparable](a, b []T) bool {
	return !slices.ContainsFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}
