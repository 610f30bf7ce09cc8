package detect

// matchVendor finds the first vendor's token at or after lo in the run of token characters that ends at at.
//
// Accepted: what the table of vendors says, prefix and form, ended by anything that is not of the form's last set, and by no letter, digit or
// underscore; with enough entropy, and no words. A right checksum proves a token whatever else touches it, and whatever its entropy; a wrong one
// does not clear it, for it may be mistyped. Not found: tokens without a prefix, which only a key beside them tells, see Secret;
// and those of Azure in which tildes leave no run of minTokenBytes.
func matchVendor(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	i := at
	for i > lo && isToken(t[i-1]) {
		i--
	}
	return vendorIn(t, i, at, lo, ctx, nil)
}

// vendorIn finds the first token whose prefix begins in t[i:stop], a part of a run of token characters. seen is scratch for one text, or nil.
func vendorIn(t []byte, i, stop, lo int, ctx Context, seen *setRun) (start, end int, ok bool) {
	for ; i < stop; i++ {
		if i > 0 && vendors.before[t[i-1]] == ledBefore && vendors.ledFirst.has(t[i]) {
			if start, end, ok = vendorLed(t, i, lo, ctx, seen); ok {
				return start, end, true
			}
		}
		if vendors.mayBegin(t, i) && tokenStart(t, i) {
			if start, end, ok = vendorAt(t, i, lo, ctx, seen); ok {
				return start, end, true
			}
		}
	}
	return 0, 0, false
}

// tokenStart reports whether a prefix may begin at i: a letter or digit, behind none.
func tokenStart(t []byte, i int) bool {
	return isAlnum(t[i]) && (i == 0 || !isAlnum(t[i-1]) || escapeBefore(t, i) > 0)
}

// vendorAt finds the longest token whose prefix stands at i.
func vendorAt(t []byte, i, lo int, ctx Context, seen *setRun) (start, end int, ok bool) {
	head, bucket := headAt(t, i), vendors.bucket(t, i)
	for k := range bucket {
		p := &bucket[k]
		if head&p.mask != p.head || !has(t, i, p.prefix) {
			continue
		}
		if s, e, found := p.form.match(t, i, i+len(p.prefix), lo, ctx, seen); found && e > end {
			start, end, ok = s, e, true
		}
	}
	return start, end, ok
}

// vendorLed finds the token without a prefix whose lead ends at i, where a lead and a body may meet, or at a tilde a little before: one may stand in the body too.
func vendorLed(t []byte, i, lo int, ctx Context, seen *setRun) (start, end int, ok bool) {
	for j := i; j > max(lo, i-lookBytes); j-- {
		if vendors.before[t[j-1]] == ledBefore {
			for _, f := range vendors.led[t[j-1]] {
				if start, end, ok = f.match(t, j, j, lo, ctx, seen); ok && end > i {
					return start, end, true
				}
			}
		}
		if t[i-1] != '~' || !isToken(t[j-1]) && t[j-1] != '~' {
			break
		}
	}
	return 0, 0, false
}

// match looks at the token whose prefix is t[at:body].
func (v *vendorForm) match(t []byte, at, body, lo int, ctx Context, seen *setRun) (start, end int, ok bool) {
	if start = v.lead.readBack(t, at); start < lo {
		return 0, 0, false
	}
	fit := v.opens(t, start, body, seen)
	if !fit && !v.sum {
		return 0, 0, false
	}
	if end = v.body.read(t, body, seen); end < 0 {
		return 0, 0, false
	}
	if v.sum && summed(t[body:end]) {
		return start, end, true
	}
	if !fit || v.body.goesOn(t, end) || wordBefore(t, start) && !v.keep || v.near != nil && !v.near.named(t, start, ctx) || !v.generated(t[body:end]) {
		return 0, 0, false
	}
	if v.keep {
		start = body
	}
	if end = v.body.finish(t, end); wordAt(t, end) {
		return 0, 0, false
	}
	return start, end, true
}

// opens reports whether as much of the token as there is at least, lookBytes at most, may be one. It is asked before the rest is read, so that
// prefixes without end cost little.
func (v *vendorForm) opens(t []byte, start, body int, seen *setRun) bool {
	end := body + v.least
	if end > len(t) || len(v.body) > 0 && !v.body[0].opens(t, body, seen) {
		return false
	}
	if len(v.lead) == 0 {
		start = body
	}
	end = min(end, start+lookBytes)
	if seen.poor(t, start, end, differing(v.floor)) {
		return false
	}
	if varied(t[start:end], v.floor) {
		return true
	}
	seen.note(t, start, end)
	return false
}

// generated reports whether a body looks as if a generator had made it.
func (v *vendorForm) generated(b []byte) bool {
	b = b[:min(len(b), lookBytes)]
	s := survey(b)
	if s.digits == 0 && !v.capitals && len(v.lead) == 0 && wordy(b, s) {
		return false
	}
	return !v.digit && !v.mixed || s.digits > 0 && (!v.mixed || 4*s.upper >= len(b))
}
