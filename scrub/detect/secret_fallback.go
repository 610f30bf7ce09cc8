package detect

// Secrets in programs that stand in for what comes from elsewhere: os.getenv("API_KEY", "q7Zk…"), process.env.KEY || "q7Zk…",
// env("API_KEY", default="q7Zk…"), ENV.fetch("KEY") { "q7Zk…" }.

// maxExpression bounds an expression of a program.
const maxExpression = 128

// fallback finds the secret in quotes in the expression at i, behind a secret's key: not the first argument of a call, and not behind a comma outside of one.
// It looks like a password if the key names one, and else made by a generator.
func fallback(t []byte, i int, kind want, ctx Context) (v value, ok bool) {
	t = t[:min(len(t), i+maxExpression)]
	depth, before := 0, byte(0)
	for i < len(t) {
		c := t[i]
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				return v, false
			}
		case ';', '\n', '\r':
			return v, false
		}
		if depth < 0 {
			return v, false
		}
		n := slashes(t, i)
		if !isQuote(byteAt(t, i+n)) {
			if !isBlank(c) {
				before = c
			}
			i++
			continue
		}
		v = value{i + n + 1, quotedEnd(t, i+n+1, t[i+n], n, ctx), true}
		if v.end == len(t) {
			return v, false
		}
		u := v
		if fallsBack(before) && (made(t[v.start:v.end]) || kind == wantAny && looksSecret(t, &u, true)) {
			return v, wanted(t, v, kind)
		}
		i, before = behindQuote(t, v.end), '"'
	}
	return v, false
}

// fallsBack reports whether c is the end of what stands before a second argument, or of an operator.
func fallsBack(c byte) bool {
	switch c {
	case ',', '|', '?', '{', '=', 'r', ':': // or
		return true
	}
	return false
}
