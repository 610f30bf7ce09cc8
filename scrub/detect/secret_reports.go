package detect

import "bytes"

// Pairs in what programs report that are written as a secret behind its key, and are none.

// reported reports whether the value behind the key t[keyStart:keyStop], separator and value at sep and v, belongs to what a program reports: the outcome of
// a test, a member that is copied to one of the same name, a package and what it was built for, the folder it works in, a number under a name of its own, what is to stand behind a flag, what PAM is
// asked for, a secret's name at Amazon.
func reported(t []byte, keyStart, keyStop, sep int, v value) bool {
	b := t[v.start:v.end]
	switch {
	case workingFolder(t[keyStart:keyStop], b):
		return true
	case v.quoted:
		return false
	case copied(t[keyStart:keyStop], b):
		return true
	case isBlank(byteAt(t, sep)):
		return usage(t[keyStart:keyStop], b)
	case byteAt(t, sep) != ':':
		return false
	case v.start == sep+1:
		return architectures.has(b) || byteAt(t, keyStart-1) == '(' && byteAt(t, v.end) == ')' && authKinds.has(b) || inARN(t, keyStart)
	}
	return outcome(t, keyStart, keyStop, v) || isLabel(b) && isBlank(byteAt(t, v.end)) && bytes.IndexByte(t[keyStart:keyStop], '_') > 0
}

// copied reports whether b is a member that is called like the key or the member that key is, or a variable that is called like the latter:
// connect(password=cfg.password), t.apiKey=e.apiKey, self.token = token.
func copied(key, b []byte) bool {
	dot := bytes.LastIndexByte(key, '.')
	name := key[dot+1:]
	i := len(b) - len(name)
	if i < 0 || !bytes.EqualFold(b[i:], name) {
		return false
	}
	for _, c := range b[:i] {
		if !isLetter(c) && !isMemberSign(c) {
			return false
		}
	}
	return i == 0 && dot > 0 || i > 1 && b[i-1] == '.'
}

// isMemberSign reports whether c may stand among the letters of an expression that ends with a member: !e.token, d||e.token.
func isMemberSign(c byte) bool {
	return c == '.' || c == '_' || c == '$' || c == '*' || c == '&' || c == '!' || c == '|' || c == '?' || c == ':'
}

// workingFolder reports whether the key is the shell's variable for the folder it works in, and b such a folder.
func workingFolder(key, b []byte) bool {
	return len(key) == len("pwd") && hasFold(key, 0, "pwd") && path(b)
}

// usage reports whether b, behind a flag, is a word of a sentence about it or what its value is called: --password requires a value, --db-password PASSWORD.
func usage(flag, b []byte) bool {
	return usageWords.has(b) || isVariable(b) && len(b) <= len(flag) && bytes.EqualFold(flag[len(flag)-len(b):], b)
}

// usageWords go on behind a flag in help and errors.
var usageWords = newWordSet("requires", "required", "require", "needs", "must", "cannot", "can't", "could", "should", "would", "will", "flag", "flags", "option", "options",
	"argument", "arguments", "parameter", "parameters", "value", "with", "without", "from", "when", "then", "instead", "work", "works", "isn't", "doesn't", "wasn't",
	"have", "also", "only", "given", "specified", "were", "that", "this", "into", "used", "both", "either", "because", "unless", "before", "after", "supplied", "provided")

// isLabel reports whether b is a name of letters and its colon, as behind a module's name: rlm_passwd: nfields: 3.
func isLabel(b []byte) bool {
	n := len(b) - 1
	if b[n] != ':' {
		return false
	}
	for _, c := range b[:n] {
		if !isLower(c) && c != '_' {
			return false
		}
	}
	return true
}

// architectures are those that packages of Debian, Red Hat and Alpine, and images of containers are built for.
var architectures = newWordSet("amd64", "arm64", "armhf", "armel", "i386", "i486", "i586", "i686", "x86_64", "aarch64", "armv7", "armv7l", "armv7hl", "mipsel",
	"mips64el", "ppc64el", "ppc64le", "riscv64", "s390x", "loong64", "loongarch64", "noarch", "native")

// authKinds are what PAM's modules are asked for, behind the name of a service: pam_unix(gdm-password:session).
var authKinds = newWordSet("auth", "account", "session", "setcred", "chauthtok")

// inARN reports whether the key at i is the kind of a resource that Amazon names: arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf.
func inARN(t []byte, i int) bool {
	if byteAt(t, i-1) != ':' || !isDigit(byteAt(t, i-2)) {
		return false
	}
	before := t[max(0, i-maxARNBytes):i]
	start := bytes.LastIndex(before, []byte("arn:aws"))
	return start >= 0 && !bytes.ContainsAny(before[start:], " \t\r\n\x00")
}

// maxARNBytes bounds what stands before the kind of a resource in its name.
const maxARNBytes = 80

// outcome reports whether a line begins with the key, a test's outcome, and a test's name is behind it, as go test and automake write them: --- PASS: TestScan
// (0.00s), PASS: tests/scan.sh.
func outcome(t []byte, keyStart, keyStop int, v value) bool {
	if string(t[keyStart:keyStop]) != "PASS" && string(t[keyStart:keyStop]) != "XPASS" {
		return false
	}
	if endsFold(t[:keyStart], "--- ") {
		return true
	}
	c := byteAt(t, keyStart-1)
	return (c == 0 || c == '\n' || isQuote(c) || escapeBefore(t, keyStart) == 2) && testName(t[v.start:v.end])
}

// testName reports whether b is what a test is called by: a source file or script, or a name with "test" for a word.
func testName(b []byte) bool {
	if dot := bytes.LastIndexByte(b, '.'); dot > 0 && scripts.has(b[dot+1:]) {
		return true
	}
	for i := range b {
		if !hasFold(b, i, "test") || i > 0 && isAlnum(b[i-1]) {
			continue
		}
		stop := i + len("test")
		if hasFold(b, stop, "s") {
			stop++
		}
		if stop == len(b) && i > 0 || stop < len(b) && (!isAlnum(b[stop]) || isUpper(b[stop])) {
			return true
		}
	}
	return false
}

// scripts are the endings of files that tests are in.
var scripts = newWordSet("sh", "py", "pl", "t", "c", "cc", "cpp", "go", "exp", "js", "ts", "rb", "test", "exe", "log", "bats", "lua", "tcl", "html")
