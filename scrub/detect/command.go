package detect

import "bytes"

// command says how a program is given a password among its arguments.
type command struct {
	name string
	// flags whose value is a password; behind a colon and a user's name if pair.
	flags keyWords
	pair  bool
	// glued is the letter of a flag that its value follows without a blank, 0 if there is none.
	glued byte
	// verbs are arguments behind which, and behind skip more, a password stands without a flag.
	verbs keyWords
	skip  int
}

// commands are known by their names: what -p means depends on who is called. The flags' case counts.
var commands = [...]command{
	{name: "curl", flags: keyWords{"-u", "--user", "-U", "--proxy-user"}, pair: true, glued: 'u'},
	{name: "redis-cli", flags: keyWords{"-a"}},
	{name: "sshpass", flags: keyWords{"-p"}, glued: 'p'},
	{name: "mysql", glued: 'p'},
	{name: "mysqldump", glued: 'p'},
	{name: "mysqladmin", glued: 'p'},
	{name: "mariadb", glued: 'p'},
	{name: "ldapsearch", flags: keyWords{"-w"}},
	{name: "mongo", flags: keyWords{"-p"}},
	{name: "mongosh", flags: keyWords{"-p"}},
	{name: "mongodump", flags: keyWords{"-p"}},
	{name: "sqlcmd", flags: keyWords{"-P"}},
	{name: "login", flags: keyWords{"-p"}},
	{name: "htpasswd", verbs: keyWords{"-b", "-cb", "-bc", "-nb", "-bn", "-nbB", "-Bbn", "-bB", "-Bb", "-cbB"}, skip: 2},
}

// commandNames are the names in commands.
var commandNames = func() *wordSet {
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	return newWordSet(names...)
}()

// commandEnds says of each last letter of the names, by its low five bits, which letters stand before it.
var commandEnds = func() (ends [32]uint32) {
	for _, name := range commandNames.words {
		ends[name[len(name)-1]&31] |= 1 << (name[len(name)-2] & 31)
	}
	return ends
}()

// maxArguments bounds what of a command's arguments is read.
const maxArguments = 512

// commandBefore returns the command whose name ends at i, nil if none does.
func commandBefore(t []byte, i int) *command {
	if i < 2 || commandEnds[t[i-1]&31]>>(t[i-2]&31)&1 == 0 {
		return nil
	}
	start, end, _ := keyEnding(t, i, false)
	if !commandNames.has(t[start:end]) {
		return nil
	}
	for k := range commands {
		if c := &commands[k]; len(c.name) == end-start && hasFold(t, start, c.name) {
			return c
		}
	}
	return nil
}

// matchCommand finds the password among the arguments of the command whose name ends at the blank at at: curl -u ada:hunter22, mysql -phunter22.
//
// Arguments end with the line, at a sign that ends a command, at the next command, or 512 bytes on. Not found: a password behind another one, flags
// of commands that are not in the list.
func matchCommand(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	if !isBlank(byteAt(t, at)) {
		return 0, 0, false
	}
	c := commandBefore(t, at)
	if c == nil {
		return 0, 0, false
	}
	skip := -1
	flagged := false
	for i := at; ; {
		i = skipBlanks(t, i)
		v := readValue(t, i, ctx, false)
		if v.start == v.end || v.end-at > maxArguments {
			return 0, 0, false
		}
		word := t[v.start:v.end]
		if commandBefore(t, v.end) != nil {
			return 0, 0, false
		}
		u, found := c.gluedTo(t, v, ctx)
		switch {
		case found:
		case flagged:
			u, found = c.password(t, v)
		case skip == 0 && word[0] != '-' && word[0] != '/':
			u, found = v, looksSecret(t, &v, true)
		}
		if found && u.start >= lo && wanted(t, u, wantAny, false, true) {
			return u.start, u.end, true
		}
		switch {
		case skip < 0 && c.verbs.hasExactly(word):
			skip = c.skip
		case word[0] != '-' && skip >= 0:
			skip--
		}
		flagged = c.flags.hasExactly(word)
		i = max(u.end, v.end)
		if v.quoted || u.quoted {
			i = behindQuote(t, i)
		}
		if !isBlank(byteAt(t, i)) {
			return 0, 0, false
		}
	}
}

// hasExactly is has for words whose case counts.
func (w keyWords) hasExactly(word []byte) bool {
	for _, k := range w {
		if string(word) == k {
			return true
		}
	}
	return false
}

// gluedTo returns the password that follows its flag in the argument v at once, in quotes or not, or behind an equals sign: -phunter22, -p'hunter two',
// --user=ada:hunter22.
func (c *command) gluedTo(t []byte, v value, ctx Context) (u value, ok bool) {
	word := t[v.start:v.end]
	if v.quoted || len(word) < 2 || word[0] != '-' {
		return u, false
	}
	i := v.start + 2
	switch {
	case c.glued != 0 && word[1] == c.glued:
	case c.flags != nil && bytes.IndexByte(word, '=') > 0 && c.flags.hasExactly(word[:bytes.IndexByte(word, '=')]):
		i = v.start + bytes.IndexByte(word, '=') + 1
	default:
		return u, false
	}
	if u = (value{i, v.end, false}); isQuote(byteAt(t, i+slashes(t, i))) {
		u = readValue(t, i, ctx, false)
	}
	if u.start >= u.end {
		return u, false
	}
	return c.password(t, u)
}

// password returns what of a flag's value is the password.
func (c *command) password(t []byte, v value) (value, bool) {
	if !c.pair {
		return v, true
	}
	if i := bytes.IndexByte(t[v.start:v.end], ':'); i >= 0 {
		return value{v.start + i + 1, v.end, v.quoted}, true
	}
	return v, false
}
