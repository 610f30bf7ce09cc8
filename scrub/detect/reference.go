package detect

import (
	"cmp"
	"slices"
)

// matcher is the form of all matchers; see anchors.go.
type matcher func(o *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool)

// matchers lists, for each detector, where it is tried and what decides. run says that it is tried again behind a match.
var matchers = [...]struct {
	id     ID
	anchor func(t []byte, i int) bool
	match  matcher
	run    bool
}{
	{PrivateKey, anchorBegin, matchPrivateKey, false},
	{PrivateKey, anchorTokenEnd, matchPutty, false},
	{Authorization, anchorKeySep, matchAuthorization, false},
	{JWT, anchorTokenEnd, matchJWT, true},
	{VendorToken, anchorTokenEnd, matchVendor, true},
	{URLCredentials, anchorSchemeSep, matchURLCredentials, false},
	{URLCredentials, anchorAtSign, matchDSN, false},
	{Secret, anchorKeySep, matchSecret, false},
	{Secret, anchorKeySep, matchCommand, false},
	{Secret, anchorOption, matchOption, false},
	{Secret, anchorTold, matchTold, false},
	{Secret, anchorTokenEnd, matchRun, false},
	{Secret, anchorTokenEnd, matchCrypt, false},
	{Secret, anchorForeign, matchForeign, false},
	{CryptoAddress, anchorTokenEnd, matchCrypto, true},
	{Email, anchorAtSign, matchEmail, false},
	{Card, anchorDigits, matchCard, true},
	{IBAN, anchorCountry, matchIBAN, false},
	{NationalID, anchorDigits, matchResidentID, true},
	{Passport, anchorTokenEnd, matchMRZ, false},
	{SSN, anchorDigits, matchSSN, true},
	{MAC, anchorHexPairs, matchMAC, false},
	{IPv6, anchorColoned, matchIPv6, true},
	{IPv4, anchorDotted, matchIPv4, true},
	{IPv4, anchorDashed, matchDashedIPv4, false},
	{Phone, anchorDigits, matchPhone, true},
	{UserPath, anchorHomeDir, matchUserPath, false},
	{UUID, anchorUUIDDash, matchUUID, false},
}

// Reference finds what a scan finds, in the plainest way: one detector after the other, at one anchor after the other. It is what every faster
// way is compared with; it costs a hundred times more and allocates.
func Reference(o *Options, text []byte, ctx Context) []Finding {
	x := new(seams)
	found := resolve(o.Custom, allowed(o, text, everyMatch(o, text, ctx)), x)
	if x.suspect(text, found); len(x.list) == 0 {
		return found
	}
	return x.lookAgain(found, 0, text, ctx.Shape, referenceAgain{o})
}

// referenceAgain scans what will leave.
type referenceAgain struct{ o *Options }

func (r referenceAgain) look(text []byte, ctx Context) []Finding {
	return chosen(r.o, text, everyMatch(r.o, text, ctx))
}

// chosen returns the findings that stay: none that is allowed, none that loses against another.
func chosen(o *Options, text []byte, all []Finding) []Finding {
	return resolve(o.Custom, allowed(o, text, all), nil)
}

// allowed drops what the policy leaves alone.
func allowed(o *Options, text []byte, all []Finding) []Finding {
	return slices.DeleteFunc(all, func(f Finding) bool { return o.leaves(text, f) })
}

// everyMatch returns what each detector finds by itself, hidden values included, in no order.
func everyMatch(o *Options, text []byte, ctx Context) []Finding {
	return append(referenceHidden(o, text, ctx), referencePlain(o, text, ctx)...)
}

// referenceBelow scans plain forms.
type referenceBelow struct{ o *Options }

func (r referenceBelow) look(text []byte, ctx Context) []Finding {
	return chosen(r.o, text, referencePlain(r.o, text, ctx))
}

// referenceHidden finds what text hides in each form, at one anchor after the other.
func referenceHidden(o *Options, text []byte, ctx Context) (all []Finding) {
	below, p := referenceBelow{o}, new(plainText)
	for f := range disguises {
		lo := 0
		for i := range text {
			if i < lo || !hiddenAt(f, text, i) {
				continue
			}
			lo = p.read(f, text, i, lo)
			for _, g := range below.look(p.b[:p.n], f.context(ctx)) {
				if g, ok := p.lift(f, g); ok {
					all = append(all, g)
				}
			}
		}
	}
	for i := 0; i < len(text); i++ {
		if !textPiece(text, i) {
			continue
		}
		f, end, ok := p.hiddenText(text, i, below)
		if ok {
			all = append(all, f)
		}
		i = end
	}
	return all
}

// referencePlain finds what is there for all to see.
func referencePlain(o *Options, text []byte, ctx Context) (all []Finding) {
	for _, m := range matchers {
		if !o.On[m.id] {
			continue
		}
		lo := 0
		for i := 0; i <= len(text); i++ {
			if !m.anchor(text, i) {
				continue
			}
			for i >= lo || m.run {
				start, end, ok := m.match(o, text, max(i, lo), lo, ctx)
				if !ok {
					break
				}
				all = append(all, Finding{start, end, m.id})
				lo = end
			}
		}
	}
	all = append(all, referencePercent(o, text)...)
	all = append(all, referenceNamed(o, text, ctx)...)
	all = referenceInserts(all, o, text, ctx)
	if o.On[Secret] {
		all = referenceMore(all, text, ctx)
		all = referenceManifests(all, text, ctx)
	}
	if f, ok := matchKeyed(o, text, ctx); ok && o.On[f.Detector] {
		all = append(all, f)
	}
	if o.Custom != nil {
		all = append(all, referenceCustom(o.Custom, text, ctx)...)
	}
	return all
}

// referenceInserts reads the rows behind every word values that is not among the rows before.
func referenceInserts(all []Finding, o *Options, text []byte, ctx Context) []Finding {
	b, lo := new(numberText), 0
	for i := range text {
		if i >= lo && anchorValues(text, i) {
			all, lo = appendInsert(all, o, text, i, ctx, b)
		}
	}
	return all
}

// referenceMore reads what stands behind the first secret of every key that is not among what has been read.
func referenceMore(all []Finding, text []byte, ctx Context) []Finding {
	lo := 0
	for i := range text {
		if i < lo || !anchorKeySep(text, i) {
			continue
		}
		keyStart, keyStop := keyOf(text, i)
		if kind, says := keyKind(text[keyStart:keyStop]); says {
			all, lo = appendMore(all, text, i, ctx, keyStart, kind, &readOnce{})
		}
	}
	return all
}

// referenceManifests reads the values of every secret of Kubernetes that is not among what has been read.
func referenceManifests(all []Finding, text []byte, ctx Context) []Finding {
	lo := 0
	for i := range text {
		if i >= lo && anchorManifest(text, i) {
			all, lo = appendManifest(all, text, i, lo, ctx)
		}
	}
	return all
}

// referenceNamed tries matchNamed everywhere, again behind each value, and once more before each number.
func referenceNamed(o *Options, text []byte, ctx Context) (all []Finding) {
	b := new(numberText)
	try := func(at int, near bool) {
		f, ok := matchNamed(o, text, at, at, near, b)
		for ; ok; f, ok = matchNamed(o, text, at, f.End, near, b) {
			all = append(all, f)
		}
	}
	for i := range text {
		if w, end := foreignNaming(text, i); w != nil && anchorForeign(text, i) {
			f, ok := matchBehind(o, text, w, end, end, b)
			for ; ok; f, ok = matchBehind(o, text, w, end, f.End, b) {
				all = append(all, f)
			}
		}
		try(i, false)
		if anchorNumber(text, i) {
			for at := namedFrom(text, i); at <= i; at++ {
				try(at, true)
			}
		}
	}
	f, ok := matchNamedKey(o, text, 0, ctx, b)
	for ; ok; f, ok = matchNamedKey(o, text, f.End, ctx, b) {
		all = append(all, f)
	}
	return all
}

// referencePercent tries matchPercent at every escape that is not before its frontier.
func referencePercent(o *Options, text []byte) (all []Finding) {
	lo, d := 0, new(decoded)
	for i, c := range text {
		if c != '%' || i < lo {
			continue
		}
		f, ok := matchPercent(o, text, i, lo, d)
		if ok {
			all = append(all, f)
		}
		lo = f.End
	}
	return all
}

// resolve sorts findings and keeps, of those that overlap, the leftmost, then the longest, then the one of the highest priority, then the one of
// the lowest ID. What one of the operator's own rules leaves of another finding, or another of its, stays found. It reuses the slice.
func resolve(c *Custom, all []Finding, x *seams) []Finding {
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(c.priority(b.Detector), c.priority(a.Detector)), cmp.Compare(a.Detector, b.Detector))
	})
	return dropOverlaps(all, 0, x)
}
