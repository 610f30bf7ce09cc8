package detect

// Secrets that a word tells which is not their name: arguments of calls that log in, lines of protocols.
//
//	client.login("ada", "hunter22")     a1 LOGIN ada hunter22
//
// A word's end is the anchor, and the byte behind it says which: a bracket or a quote, a blank.

// toldWords are the words at whose end matchTold looks on. Signs before their last three letters are set aside.
var toldWords = [...]string{
	"login", "auth", "basic", "connect", "password", "token", "passwordhash", "community", "send", "dvcmq",
}

// anchorTold reports whether one of toldWords may end at i.
func anchorTold(t []byte, i int) bool { return i > 0 && isLetter(t[i-1]) && toldBy(byteAt(t, i)) }

// toldBy reports whether c may follow one of toldWords.
func toldBy(c byte) bool {
	switch c {
	case '(', '\\', ' ', '\t', '"', '\'', '6':
		return true
	}
	return false
}

// matchTold finds the secret that the word tells which ends at at.
func matchTold(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	if at > len(t) || !anchorTold(t, at) {
		return 0, 0, false
	}
	from, _, _ := keyEnding(t, at, false)
	if from == at {
		return 0, 0, false
	}
	switch c := byteAt(t, at); {
	case c == '(':
		start, end, ok = loginCall(t, t[from:at], at+1, true, ctx)
	case c == '6':
		start, end, ok = continued(t, at)
	default:
		if start, end, ok = loginCall(t, t[from:at], at, false, ctx); !ok {
			start, end, ok = toldLine(t, from, at, ctx)
		}
	}
	return start, end, ok && start >= lo && start < end
}
