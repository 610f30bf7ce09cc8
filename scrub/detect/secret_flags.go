package detect

import (
	"bytes"
	"slices"
	"strings"
)

// command says how programs are given a password among their arguments. The flags' case counts.
type command struct {
	// names of the programs, with a blank between.
	names string
	// flags whose value is a password: the next argument, or what follows an equals sign or a colon.
	flags keyWords
	// glued are flags that the password follows without a blank, and bundled ends several flags in one: -sSu.
	glued   keyWords
	bundled byte
	// sign ends a user's name before the password, 0 if there is none.
	sign byte
	// stdin are flags that say that the password is read from the command's input: what is printed for it, or behind "<<<".
	stdin keyWords
}

// commands are known by their names: what -p means depends on who is called.
var commands = [...]command{
	{names: "curl", flags: keyWords{"-u", "--user", "-U", "--proxy-user"}, glued: keyWords{"-u"}, bundled: 'u', sign: ':'},
	{names: "http https xh xhs", flags: keyWords{"-a", "--auth"}, sign: ':'},
	{names: "redis-cli redis-benchmark", flags: keyWords{"-a"}},
	{names: "mysql mysqldump mysqlimport mysqlcheck mysqlshow mysqlsh mysqlslap mysqlbinlog mysqladmin mariadb mariadb-dump 7z 7za 7zz unrar rar", glued: keyWords{"-p", "-hp"}},
	{names: "ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami ldapcompare ldapmodrdn", flags: keyWords{"-w"}},
	{names: "ldappasswd", flags: keyWords{"-w", "-s", "-a"}},
	{names: "sshpass login mongo mongosh mongodump mongorestore mongoimport mongoexport mongostat cqlsh cbq rabbitmqadmin twine rdesktop psexec psexec.exe psexec64 psexec64.exe paexec dsquery dsadd dsmod ncftp ncftpput " +
		"ncftpget cypher-shell couchbase-cli hdbsql evil-winrm crackmapexec netexec nxc useradd usermod unlock-keychain elasticsearch-users jmxterm winrs add-user.sh",
		flags: keyWords{"-p"}, glued: keyWords{"-p"}, stdin: keyWords{"--password-stdin", "--with-token"}},
	{names: "sudo", stdin: keyWords{"-S"}},
	{names: "generic", flags: keyWords{"--from-literal"}, sign: '='},
	{names: "doctl", flags: keyWords{"-t"}},
	{names: "gitlab-runner", flags: keyWords{"-r"}},
	{names: "sqlcmd bcp isql tsql osql mosquitto_pub mosquitto_sub ipmitool zip unzip p4 security", flags: keyWords{"-P"}, glued: keyWords{"-P"}, bundled: 'P'},
	{names: "ssh-keygen", flags: keyWords{"-N", "-P"}},
	{names: "add-generic-password add-internet-password", flags: keyWords{"-w"}},
	{names: "set-key-partition-list openssl", flags: keyWords{"-k", "-hmac"}},
	{names: "snmpwalk snmpget snmpset snmpbulkwalk snmpgetnext snmpbulkget snmptrap snmptable snmpinform snmptranslate", flags: keyWords{"-c", "-A", "-X"}},
	{names: "smbclient smbget rpcclient winexe net", flags: keyWords{"-U", "--user", "-u"}, glued: keyWords{"-U"}, sign: '%'},
	{names: "lftp open", flags: keyWords{"-u"}, sign: ','},
	{names: "pdftotext pdfinfo pdftoppm pdfimages", flags: keyWords{"-upw", "-opw"}},
	{names: "sendemail", flags: keyWords{"-xp"}},
}

// commandNames are the names in commands, and commandsNamed what each of them stands for.
var commandNames, commandsNamed = func() (*wordSet, []*command) {
	var names []string
	var named []*command
	for i := range commands {
		for name := range strings.FieldsSeq(commands[i].names) {
			names, named = append(names, name), append(named, &commands[i])
		}
	}
	return newWordSet(names...), named
}()

// commandEnds says of each last letter of the names, by its low five bits, which letters stand before it.
var commandEnds = func() (ends [32]uint32) {
	for _, name := range commandNames.words {
		ends[name[len(name)-1]&31] |= 1 << (name[len(name)-2] & 31)
	}
	return ends
}()

// optionLetters are those that follow the first dash of the flags.
var optionLetters = func() (letters byteSet) {
	var all []byte
	for i := range commands {
		for _, flag := range slices.Concat(commands[i].flags, commands[i].glued, commands[i].stdin) {
			all = append(all, flag[1])
		}
		if commands[i].bundled != 0 {
			all = append(all, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"...)
		}
	}
	return setOf(string(all))
}()

// maxArguments bounds how far before a flag its command may stand.
const maxArguments = 256

// commandAt returns the command whose name ends at i, nil if none does.
func commandAt(t []byte, i int) *command {
	if i < 2 || commandEnds[t[i-1]&31]>>(t[i-2]&31)&1 == 0 {
		return nil
	}
	start, end, _ := keyEnding(t, i, false)
	if !commandNames.has(t[start:end]) {
		return nil
	}
	for k, name := range commandNames.words {
		if len(name) == end-start && hasFold(t, start, name) {
			return commandsNamed[k]
		}
	}
	return nil
}

// calledBefore returns the command that the flag at i belongs to, and where its name ends: the nearest before it, from low on. parted says that the search has
// met what ends a command.
func calledBefore(t []byte, i, low int) (c *command, end int, parted bool) {
	for ; i > low; i-- {
		switch t[i-1] {
		case '\n', '|':
			return nil, i, true
		case ';', '&':
			if isBlank(byteAt(t, i)) {
				return nil, i, true
			}
		case ' ', '\t':
			if c = commandAt(t, i-1); c != nil {
				return c, i - 1, false
			}
		}
	}
	return nil, low, false
}

// lastCommand remembers the command before the flag looked at last. The zero lastCommand remembers none.
type lastCommand struct {
	command *command
	end     int // of the command's name
	until   int // what has been looked at
}

// before is calledBefore for flags in ascending order.
func (k *lastCommand) before(t []byte, i int) *command {
	c, end, parted := calledBefore(t, i, max(k.until, i-maxArguments))
	if c != nil || parted {
		k.command, k.end = c, end
	}
	k.until = i
	if k.command == nil || i-k.end > maxArguments {
		return nil
	}
	return k.command
}

// matchOption finds the password that the flag whose dash is at at gives to a command: curl -u ada:hunter22, mysql -phunter22, ldapsearch -w hunter22.
//
// The command stands before it on the same line, at most 256 bytes away, with nothing between that ends one. Not found: flags of commands that are not in
// the list.
func matchOption(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	if !anchorOption(t, at) {
		return 0, 0, false
	}
	c, _, _ := calledBefore(t, at, max(0, at-maxArguments))
	return c.option(t, at, lo, ctx)
}

// option is matchOption for the flags of one command; a nil command has none.
func (c *command) option(t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	if c == nil || !behindBlank(t, at) {
		return 0, 0, false
	}
	if t[at-1] == '-' {
		at--
	}
	v := argumentAt(t, at, ctx)
	word := t[v.start:v.end]
	if c.stdin.hasExactly(word) {
		u, found := c.input(t, at, v.end, lo, ctx)
		return u.start, u.end, found && u.start >= lo && isArgument(t, u)
	}
	u, found := c.gluedTo(t, v, ctx)
	if !found && c.takes(word) && isBlank(byteAt(t, v.end)) {
		u, found = c.password(t, argumentAt(t, skipBlanks(t, v.end), ctx))
	}
	return u.start, u.end, found && u.start >= lo && isArgument(t, u)
}

// behindBlank reports whether a blank stands before the dash at i, or before two.
func behindBlank(t []byte, i int) bool {
	return isBlank(byteAt(t, i-1)) || byteAt(t, i-1) == '-' && isBlank(byteAt(t, i-2))
}

// isArgument reports whether the value of a flag is a password, and no variable of a shell.
func isArgument(t []byte, v value) bool {
	return wanted(t, v, wantAny) && !(t[v.start] == '$' && isName(t[v.start+1:v.end]))
}

// argumentAt is readValue for an argument, in which commas part nothing.
func argumentAt(t []byte, i int, ctx Context) value {
	v := readValue(t, i, ctx, false)
	for !v.quoted && v.end > v.start && byteAt(t, v.end) == ',' && v.end-v.start < maxArguments {
		v.end = bareEnd(t, v.end+1, false)
	}
	return v
}

// input returns what is handed to the command that the flag t[at:end] belongs to: behind "<<<", or in quotes before the pipe. It is no earlier than lo.
func (c *command) input(t []byte, at, end, lo int, ctx Context) (v value, ok bool) {
	line := t[end:min(len(t), end+maxKeyBytes)]
	if n := bytes.IndexAny(line, "\n\r|;\x00"); n >= 0 {
		line = line[:n]
	}
	if n := bytes.Index(line, []byte("<<<")); n >= 0 {
		v = hereString(t, end+n, ctx)
		return v, v.start < v.end
	}
	line = t[max(lo, at-maxKeyBytes):at]
	pipe := bytes.LastIndexByte(line, '|')
	if pipe < 0 || bytes.ContainsAny(line[pipe:], "\n\r;\x00") {
		return v, false
	}
	return pipedInto(t, at-len(line)+pipe+1, lo)
}

// takes reports whether the argument behind the flags in word is a password.
func (c *command) takes(word []byte) bool {
	n := len(word)
	return c.flags.hasExactly(word) || c.bundled != 0 && n > 2 && n < 8 && isName(word[1:]) && word[n-1] == c.bundled
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

// gluedTo returns the password that follows its flag in the argument v at once, in quotes or not, or behind an equals sign or a colon: -phunter22,
// -p'hunter two', --user=ada:hunter22, -p:hunter22.
func (c *command) gluedTo(t []byte, v value, ctx Context) (u value, ok bool) {
	word := t[v.start:v.end]
	i := v.start
	if sign := bytes.IndexAny(word, "=:"); sign > 0 && c.flags.hasExactly(word[:sign]) {
		i += sign + 1
	}
	for k := 0; k < len(c.glued) && i == v.start; k++ {
		if flag := c.glued[k]; bytes.HasPrefix(word, []byte(flag)) && !c.flags.hasExactly(word) {
			i += len(flag)
		}
	}
	if i == v.start {
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

// password returns what of a flag's value is the password: behind the sign that ends a user's name, or before it what a generator made if nothing is behind, as who
// serves an API takes its keys.
func (c *command) password(t []byte, v value) (value, bool) {
	if c.sign == 0 {
		return v, true
	}
	i := bytes.IndexByte(t[v.start:v.end], c.sign)
	if i > 0 && v.start+i+1 == v.end {
		v.end--
		return v, made(t[v.start:v.end])
	}
	return value{v.start + i + 1, v.end, v.quoted}, i >= 0
}
