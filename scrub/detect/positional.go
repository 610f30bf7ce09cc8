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
}

var positionals = [...]positional{
	{name: "sqlplus", sign: '/'},
	{name: "rabbitmqctl", verbs: keyWords{"add_user", "change_password", "authenticate_user"}, skip: 1},
	{name: "htpasswd", verbs: passwdFlags, skip: 2},
	{name: "mosquitto_passwd", verbs: passwdFlags, skip: 2},
	{name: "wpa_passphrase", skip: 1},
	{name: "convertto-securestring"},
	{name: "set-initial-password"},
	{name: "authtoken"},
	{name: "setapikey"},
	{name: "echo", pipes: true},
}

// passwdFlags have a password among the arguments of those that write files of them.
var passwdFlags = keyWords{"-b", "-cb", "-bc", "-nb", "-bn", "-nbB", "-Bbn", "-bB", "-Bb", "-cbB"}

// readers are the commands that read a password from their input, if an argument says so: a word, or a letter among flags. Of an empty one it needs none.
var readers = map[string]string{
	"sudo": "-S", "docker": "--password-stdin", "podman": "--password-stdin", "helm": "--password-stdin", "gh": "--with-token", "chpasswd": "", "passwd": "", "kinit": "", "cryptsetup": "",
}

// positionalAt returns the command whose name ends at i, nil if none does.
func positionalAt(t []byte, i int) *positional {
	if i == 0 || !isLetter(t[i-1]) {
		return nil
	}
	start, end, _ := keyEnding(t, i, false)
	for k := range positionals {
		if p := &positionals[k]; len(p.name) == end-start && hasFold(t, start, p.name) {
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
	p := positionalAt(t, at)
	if p == nil || !p.mayFollow(t[at:min(len(t), at+argumentsReach)]) {
		return 0, 0, false
	}
	left := p.skip
	if p.verbs != nil {
		left = -1
	}
	for i := at; i-at < maxArguments; {
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
		case left < 0 && p.verbs.hasExactly(word):
			left = p.skip
		case left > 0:
			left--
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
	if p.verbs == nil {
		return true
	}
	if p.verbs[0][0] == '-' && bytes.IndexByte(reach, '-') < 0 {
		return false
	}
	return slices.ContainsFunc(p.verbs, func(verb string) bool { return bytes.Contains(reach, []byte(verb)) })
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
