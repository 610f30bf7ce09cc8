package detect

import "bytes"

// Passwords among the arguments of calls that log in, whose names name none: login("ada", "…"), connect("db", "app", "…", "orders").

// A loginName is the end of the name of a call that is given a password.
type loginName struct {
	name string
	// at is the place of the password among the arguments, counted from 0; less than 0 if it is the last behind the first that looks like one.
	at int
	// sure says that nothing else is given there.
	sure bool
}

// loginNames are in lower case without separators, longer ones first.
var loginNames = [...]loginName{
	{"login", -1, false},
	{"plainauth", 2, true}, {"basicauth", 1, true}, {"digestauth", 1, true}, {"ntlmauth", 1, true}, {"dbauth", 1, true}, {"redisauth", 0, true}, {"auth", -1, false},
	{"credentialsbasic", 1, true}, {"connect", 2, false}, {"andpassword", -1, true}, {"withpassword", -1, false}, {"userpassword", -1, true}, {"usernamepasswordtoken", 1, true},
	{"passwordhash", 0, true}, {"checkpassword", 0, false}, {"verifypassword", 0, false}, {"hashpassword", 0, false},
}

// maxLoginArguments bounds the arguments of a call that are looked at.
const maxLoginArguments = 6

// loginCall finds the password among the arguments at i of the call of that name; bracket says that a bracket opens them, else they stand behind a
// blank, in quotes, and a comma is between two.
func loginCall(t, name []byte, i int, bracket bool, ctx Context) (start, end int, ok bool) {
	if !bracket && (!isBlank(byteAt(t, i)) || !isQuote(byteAt(t, i+1+slashes(t, i+1)))) {
		return 0, 0, false
	}
	for k := range loginNames {
		if l := &loginNames[k]; keyEndsIn(name, l.name) {
			v, found := l.password(t[:min(len(t), i+maxArguments)], i, bracket, ctx)
			return v.start, v.end, found && wanted(t, v, wantAny)
		}
	}
	return 0, 0, false
}

// password returns the argument that is the password among those that begin at i.
func (l *loginName) password(t []byte, i int, bracket bool, ctx Context) (v value, ok bool) {
	for n := range maxLoginArguments {
		i = skipBlanks(t, i)
		first, quote, depth := openValue(t, i)
		if quote != 0 {
			u := value{first, quotedEnd(t, first, quote, depth, ctx), true}
			if u.end >= len(t) {
				return v, false
			}
			if i = behindQuote(t, u.end); l.takes(t, u, n) {
				v, ok = u, true
			}
		} else if !bracket {
			return v, false
		}
		if i = expressionEnd(t, i); byteAt(t, i) != ',' {
			break
		}
		i++
	}
	return v, ok && (!bracket || byteAt(t, i) == ')')
}

// takes reports whether the value in quotes that is the n-th argument may be the password.
func (l *loginName) takes(t []byte, v value, n int) bool {
	b := t[v.start:v.end]
	if l.at >= 0 {
		return n == l.at && (l.sure || passwordText(b))
	}
	return n > 0 && (l.sure && len(b) >= minSecretBytes && bytes.IndexByte(b, ' ') < 0 || passwordText(b))
}

// passwordText reports whether b looks like a password where other texts may stand: letters and a digit or a sign that no name, path, host, address or
// pattern has.
func passwordText(b []byte) bool {
	if len(b) < 6 || hashNames.has(b) || path(b) {
		return false
	}
	letters, marks, dots := 0, 0, 0
	for i, c := range b {
		switch {
		case isLetter(c):
			letters++
		case isDigit(c), c == '!' && i > 0, c == '#' && i > 0, c == '$' && i > 0, c == '^', c == '&', c == '*', c == '+', c == '?' && i < len(b)-1, c == '~':
			marks++
		case c == '@' && i > 0:
			marks++
			dots -= 2
		case c == '.':
			dots++
		case c == '-', c == '_', c >= 0x80:
		default:
			return false // of a path, an expression, a sentence
		}
	}
	if dots > 0 || dots == -2 && bytes.IndexByte(b, '.') > 0 {
		return false // a host's name, a version, an address
	}
	return letters > 1 && marks > 0
}
