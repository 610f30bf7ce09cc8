package detect

// command says how a program is given a password among its arguments.
type command struct {
	name string
	// flags whose value is a password; behind a colon and a user's name if pair.
	flags keyWords
	pair  bool
	// glued is the letter of a flag that its value follows without a blank, 0 if there is none.
	glued byte
}

// commands are known by their names: what -p means depends on who is called. The flags' case counts.
var commands = [...]command{
	{"curl", keyWords{"-u", "--user", "-U", "--proxy-user"}, true, 0},
	{"redis-cli", keyWords{"-a"}, false, 0},
	{"sshpass", keyWords{"-p"}, false, 'p'},
	{"mysql", nil, false, 'p'},
	{"mysqldump", nil, false, 'p'},
	{"mysqladmin", nil, false, 'p'},
	{"mariadb", nil, false, 'p'},
	{"ldapsearch", keyWords{"-w"}, false, 0},
	{"mongosh", keyWords{"-p"}, false, 0},
	{"mongodump", keyWords{"-p"}, false, 0},
	{"sqlcmd", keyWords{"-P"}, false, 0},
	{"login", keyWords{"-p"}, false, 0},
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
	flagged := false
	for i := at; ; {
		for isBlank(byteAt(t, i)) {
			i++
		}
		v := readValue(t, i, ctx, false)
		if v.start == v.end || v.end-at > maxArguments {
			return 0, 0, false
		}
		word := t[v.start:v.end]
		switch {
		case commandBefore(t, v.end) != nil:
			return 0, 0, false
		case flagged:
			if v, ok = c.password(t, v); ok && v.start >= lo && wanted(t, v, wantAny, false, true) {
				return v.start, v.end, true
			}
		case c.glued != 0 && len(word) > 2 && word[0] == '-' && word[1] == c.glued:
			if v.start += 2; v.start >= lo && wanted(t, v, wantAny, false, true) {
				return v.start, v.end, true
			}
		}
		flagged = c.takes(word)
		if i = v.end; v.quoted {
			i = behindQuote(t, i)
		}
		if !isBlank(byteAt(t, i)) {
			return 0, 0, false
		}
	}
}

// takes reports whether a password is the value of the flag.
func (c *command) takes(flag []byte) bool {
	for _, f := range c.flags {
		if string(flag) == f {
			return true
		}
	}
	return false
}

// password returns what of a flag's value is the password.
func (c *command) password(t []byte, v value) (value, bool) {
	if !c.pair {
		return v, true
	}
	for i := v.start; i < v.end; i++ {
		if t[i] == ':' {
			return value{i + 1, v.end, v.quoted}, true
		}
	}
	return v, false
}
