package detect

import (
	"bytes"
	"slices"
)

// Passwords that stand among the arguments of a command without a flag, and what echo prints for the next command to read.

// positional says behind which arguments a password stands.
type positional struct {
	name string
	// verbs are arguments behind which, and behind skip more, the password stands; without verbs it stands behind skip arguments.
	verbs keyWords
	skip  int
	// sign ends a user's name before the password, 0 if there is none.
	sign byte
	// pipes says that the password is printed for a command of readers.
	pipes bool
	// flags begin with a slash and are in lower case: the password is behind a colon or the next argument.
	flags keyWords
	// here says that the password stands behind "<<<", as the command's input.
	here bool
}

var positionals = [...]positional{
	{name: "sqlplus", sign: '/'},
	{name: "rabbitmqctl", verbs: keyWords{"add_user", "change_password", "authenticate_user"}, skip: 1},
	{name: "htpasswd", verbs: keyWords{"-b"}, skip: 2},
	{name: "mosquitto_passwd", verbs: keyWords{"-b"}, skip: 2},
	{name: "passwd", verbs: keyWords{"--stdin"}, here: true},
	{name: "wpa_passphrase", skip: 1},
	{name: "convertto-securestring"},
	{name: "schtasks", flags: keyWords{"/rp"}},
	{name: "schtasks.exe", flags: keyWords{"/rp"}},
	{name: "xfreerdp", flags: keyWords{"/p"}},
	{name: "wfreerdp", flags: keyWords{"/p"}},
	{name: "net"},
	{name: "net.exe"},
	{name: "set-initial-password"},
	{name: "authtoken"},
	{name: "setapikey"},
	{name: "echo", pipes: true},
}

// bundles reports whether word is a bundle of one-letter flags that has the flag among them: -nbB has -b.
func bundles(word []byte, flag string) bool {
	return len(flag) == 2 && len(word) > 2 && len(word) < 7 && word[0] == '-' && isName(word[1:]) && bytes.IndexByte(word, flag[1]) > 0
}

// readers are the commands that read a password from their input, if an argument says so: a word, or a letter among flags. Of an empty one it needs none.
var readers = map[string]string{
	"sudo": "-S", "docker": "--password-stdin", "podman": "--password-stdin", "helm": "--password-stdin", "gh": "--with-token", "chpasswd": "", "passwd": "", "kinit": "", "cryptsetup": "",
}

// positionalAt returns the command whose name ends at i, nil if none does.
func positionalAt(t []byte, i int) *positional {
	if i == 0 || !isLetter(t[i-1]) {
		return nil
	}
	for k := range positionals {
		p := &positionals[k]
		if start := i - len(p.name); hasFold(t, start, p.name) && (!isKeyByte(byteAt(t, start-1)) || escapeBefore(t, start) > 0) {
			return p
		}
	}
	return nil
}

// matchCommand finds the password among the arguments of the command whose name ends at the blank at at: sqlplus app/hunter22@orders,
// htpasswd -b users ada hunter22, echo hunter22 | sudo -S id.
//
// Arguments end with the line, at a sign that ends a command, or 256 bytes on. A password looks like one: it has letters and digits.
func matchCommand(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	if !isBlank(byteAt(t, at)) {
		return 0, 0, false
	}
	p := positionalAt(t, passQuote(t, at))
	if p == nil || !p.mayFollow(t[at:min(len(t), at+argumentsReach)]) {
		return 0, 0, false
	}
	switch {
	case hasFold([]byte(p.name), 0, "net") && len(p.name) <= len("net.exe"):
		u, found := netPassword(t, at, ctx)
		return u.start, u.end, found && u.start >= lo
	case p.name == "convertto-securestring":
		if u, found := pipedInto(t, at-len(p.name), lo); found {
			return u.start, u.end, true
		}
	}
	left := p.skip
	if p.verbs != nil {
		left = -1
	}
	for i := at; i-at < maxArguments; {
		if j := skipBlanks(t, i); p.here && left == 0 && has(t, j, "<<<") {
			u := hereString(t, j, ctx)
			return u.start, u.end, u.start >= lo && u.start < u.end && isArgument(t, u)
		}
		v := argumentAt(t, skipBlanks(t, i), ctx)
		if v.start == v.end || positionalAt(t, v.end) != nil {
			return 0, 0, false
		}
		i = v.end
		if v.quoted {
			i = behindQuote(t, i)
		}
		word := t[v.start:v.end]
		switch {
		case left < 0 && (p.verbs.hasExactly(word) || p.verbs != nil && bundles(word, p.verbs[0])):
			if left = p.skip; bytes.IndexByte(word, 'n') > 0 && bundles(word, p.verbs[0]) {
				left-- // no file
			}
		case left > 0 && word[0] == '-':
		case left > 0:
			left--
		case p.flags != nil:
			if u, found := p.flagged(t, v, ctx); found {
				return u.start, u.end, u.start >= lo && isArgument(t, u)
			}
		case p.here:
		case left == 0 && word[0] != '-' && word[0] != '/':
			if u, found := p.password(t, v, i); found {
				return u.start, u.end, u.start >= lo && isArgument(t, u)
			}
			if !p.pipes {
				return 0, 0, false
			}
		}
		if !isBlank(byteAt(t, i)) {
			return 0, 0, false
		}
	}
	return 0, 0, false
}

// argumentsReach is more than where the last of a command's arguments begins, the longest of verbs, and blanks behind it; an argument that begins last and ends
// behind shortArgument is too long to tell.
const (
	shortArgument  = maxArguments + maxBlanks + 24
	argumentsReach = shortArgument + 24
)

// mayFollow reports whether what must stand among the arguments may be in what follows a command's name: one of its verbs, or the sign before a reader,
// unless an argument is too long to tell.
func (p *positional) mayFollow(reach []byte) bool {
	if p.pipes {
		return bytes.IndexByte(reach, '|') >= 0 || len(reach) == argumentsReach && bytes.IndexByte(reach[maxArguments+maxBlanks:shortArgument], ' ') < 0 ||
			bytes.IndexByte(reach, '"') >= 0 || bytes.IndexByte(reach, '\'') >= 0 || bytes.IndexByte(reach, '`') >= 0
	}
	switch {
	case p.here && !bytes.Contains(reach, []byte("<<<")):
		return false
	case p.flags != nil:
		return bytes.IndexByte(reach, '/') >= 0
	case p.verbs == nil:
		return true
	}
	if p.verbs[0][0] == '-' && bytes.IndexByte(reach, '-') < 0 {
		return false
	}
	return p.verbs[0] == "-b" || slices.ContainsFunc(p.verbs, func(verb string) bool { return bytes.Contains(reach, []byte(verb)) })
}

// password returns the password in the argument v, which ends before end.
func (p *positional) password(t []byte, v value, end int) (u value, ok bool) {
	switch {
	case p.pipes:
		colon, read := readerBehind(t, end)
		if i := bytes.IndexByte(t[v.start:v.end], ':'); colon && i >= 0 {
			v.start += i + 1
		}
		return v, read
	case p.sign != 0:
		i := bytes.IndexByte(t[v.start:v.end], p.sign)
		if i <= 0 || t[v.start] == '@' {
			return v, false
		}
		v.start += i + 1
		if j := bytes.LastIndexByte(t[v.start:v.end], '@'); j > 0 {
			v.end = v.start + j
			return v, true
		}
	}
	return v, looksSecret(t, &v, true)
}

// readerBehind reports whether what is printed before i goes to one of readers, and whether a user's name and a colon stand before the password.
func readerBehind(t []byte, i int) (user, ok bool) {
	if i = skipBlanks(t, i); byteAt(t, i) != '|' {
		return false, false
	}
	i = skipBlanks(t, i+1)
	stop := keyStop(t, i)
	if next := skipBlanks(t, stop); hasFold(t, i, "sudo ") {
		if _, known := readers[string(t[min(next, len(t)):keyStop(t, next)])]; known {
			i, stop = next, keyStop(t, next)
		}
	}
	argument, known := readers[string(t[min(i, len(t)):stop])]
	if !known || argument == "" {
		return hasFold(t, i, "chpasswd"), known
	}
	line := t[stop:min(len(t), stop+maxArguments)]
	if end := bytes.IndexAny(line, "\n|;"); end >= 0 {
		line = line[:end]
	}
	return false, bytes.Contains(line, []byte(" "+argument))
}

// flagged returns the password that the argument v gives or the next one, behind one of flags.
func (p *positional) flagged(t []byte, v value, ctx Context) (u value, ok bool) {
	word := t[v.start:v.end]
	if p.flags.has(word) && isBlank(byteAt(t, v.end)) {
		return argumentAt(t, skipBlanks(t, v.end), ctx), true
	}
	i := bytes.IndexByte(word, ':')
	if i < 0 || !p.flags.has(word[:i]) {
		return u, false
	}
	if i += v.start + 1; isQuote(byteAt(t, i+slashes(t, i))) {
		return readValue(t, i, ctx, false), true
	}
	return value{i, v.end, false}, i < v.end
}

// hereString returns the value behind "<<<" at i.
func hereString(t []byte, i int, ctx Context) value {
	i = skipBlanks(t, i+len("<<<"))
	return argumentAt(t[:min(len(t), i+maxArguments)], i, ctx)
}

// pipedInto returns the string in quotes, or the last word, before the pipe that ends before i: "hunter22" | ConvertTo-SecureString. It is no earlier than lo.
func pipedInto(t []byte, i, lo int) (v value, ok bool) {
	for i > lo && isBlank(t[i-1]) {
		i--
	}
	if i <= lo || t[i-1] != '|' {
		return v, false
	}
	for i--; i > lo && isBlank(t[i-1]); {
		i--
	}
	low := max(lo, i-maxBracedBytes)
	v = value{i, i, false}
	if end := passQuote(t, i); end < i && end > low {
		from := bytes.LastIndexByte(t[low:end], t[i-1])
		if from < 0 {
			return v, false
		}
		v = value{low + from + 1, end, true}
	}
	for !v.quoted && v.start > low && t[v.start-1] > ' ' && !isQuote(t[v.start-1]) {
		v.start--
	}
	if n := v.end - v.start; n > 2 && t[v.end-1] == 'n' && t[v.end-2] == '\\' {
		v.end -= 1 + trailingSlashes(t, v.end-1) // what printf ends a line with
	}
	b := t[v.start:v.end]
	return v, v.start > low && isArgument(t, v) && !bytes.ContainsAny(b, "\n\\") && (v.quoted || looksSecret(t, &v, true))
}

// netPassword returns the password among the arguments of Windows' net at i: net use \\\\host\\share hunter22 /user:ada, net user ada hunter22 /add.
func netPassword(t []byte, i int, ctx Context) (v value, ok bool) {
	i = skipBlanks(t, i)
	use, skip := hasFold(t, i, "use "), 0
	if !use && !hasFold(t, i, "user ") {
		return v, false
	}
	sure, shared := false, false
	for end := i + len("use"); end-i < maxArguments; {
		at := skipBlanks(t, end)
		u := argumentAt(t, at, ctx)
		if end = behindQuote(t, u.end); byteAt(t, at) == '\\' && byteAt(t, at+1) == '\\' && !isQuote(byteAt(t, at+slashes(t, at))) {
			for end = at; end < len(t) && t[end] > ' ' && t[end] != '"'; {
				end++
			}
			shared = true
		} else if u.start >= u.end {
			break
		} else if c := t[u.start]; c == '/' {
			sure = sure || hasFold(t, u.start, "/user:") || hasFold(t, u.start, "/add")
		} else if skip++; v.end == 0 && c != '*' && (use && shared || !use && skip == 3) {
			v = u
		}
		if !isBlank(byteAt(t, end)) {
			break
		}
	}
	return v, v.end > 0 && isArgument(t, v) && (sure || looksSecret(t, &v, true))
}
