package command

import "bytes"

// keyLines takes private keys out that stand over several lines, where no single line shows that its base64 is part of one.
//
// The line with BEGIN opens a key, the line with END closes it. Between them a run of base64 goes if it is as long as lines of keys are,
// or stands where BEGIN stood, behind the same byte: so lines with a time before them, indented lines and Docker's JSON lines are
// covered, and other lines in between stay. A key whose end never comes ends after strangers lines that have no such run.
//
// Sources: RFC 7468 (64 characters a line), RFC 4716 (72), RFC 9580 section 6 (76).
type keyLines struct {
	open   bool
	column int  // of BEGIN
	before byte // in front of BEGIN, 0 at the beginning of a line
	idle   int  // lines since the last one of the key

	out []byte
}

const (
	keyLabel       = "PRIVATE KEY"
	keyPlaceholder = "[private-key]"
	keyRun         = 40 // shortest run of base64 that is taken for a key's wherever it stands
	strangers      = 8
	longestLabel   = 48
)

// scrub returns lines without the inside of keys: lines itself where there is none, else memory of its own that is valid until the next
// call. found counts the lines changed.
func (k *keyLines) scrub(lines []byte) (out []byte, found int) {
	if !k.open && !bytes.Contains(lines, []byte(keyLabel)) {
		return lines, 0
	}
	k.out = k.out[:0]
	for line := range bytes.Lines(lines) {
		n := len(k.out)
		k.line(line)
		if !bytes.Equal(k.out[n:], line) {
			found++
		}
	}
	return k.out, found
}

// line appends one line.
func (k *keyLines) line(line []byte) {
	begin := boundary(line, "BEGIN ")
	end := boundary(line, "END ")
	switch {
	case begin > end:
		k.open, k.column, k.before, k.idle = true, begin, 0, 0
		if begin > 0 {
			k.before = line[begin-1]
		}
		k.out = append(k.out, line...) // a detector finds this line, and what stands behind BEGIN on it
	case begin >= 0:
		k.open = false
		k.out = append(k.out, line...) // a detector finds the whole
	case end >= 0 && k.open:
		k.open = false
		stop := end + bytes.Index(line[end:], []byte(keyLabel)) + len(keyLabel)
		for stop < len(line) && line[stop] == '-' {
			stop++
		}
		k.inside(line[:end])
		k.out = append(append(k.out, keyPlaceholder...), line[stop:]...)
	case k.open:
		k.idle++
		k.inside(line)
		k.open = k.idle < strangers
	default:
		k.out = append(k.out, line...)
	}
}

// boundary finds the first boundary of a private key that begins with word: where its dashes begin, -1 if there is none.
func boundary(line []byte, word string) int {
	for from := 0; ; {
		n := bytes.Index(line[from:], []byte(keyLabel))
		if n < 0 {
			return -1
		}
		label := from + n
		at := bytes.LastIndex(line[from:label], []byte(word))
		from = label + len(keyLabel)
		if at < 0 {
			continue
		}
		at += from - len(keyLabel) - n
		if start := dashes(line, at); start < at && label-at <= longestLabel {
			return start
		}
	}
}

// dashes returns where the dashes begin that end before at, but for a space; at if there are none.
func dashes(line []byte, at int) int {
	i := at
	if i > 0 && line[i-1] == ' ' {
		i--
	}
	start := i
	for start > 0 && line[start-1] == '-' {
		start--
	}
	if start == i {
		return at
	}
	return start
}

// inside appends a line, or the part of one, from within a key.
func (k *keyLines) inside(line []byte) {
	for i := 0; i < len(line); {
		n := base64Run(line[i:])
		if n == 0 {
			n = min(escapeLen(line[i:]), len(line)-i)
			k.out = append(k.out, line[i:i+n]...)
			i += n
			continue
		}
		if n >= keyRun || k.stands(line, i, n) {
			k.out = append(k.out, keyPlaceholder...)
			k.idle = 0
		} else {
			k.out = append(k.out, line[i:i+n]...)
		}
		i += n
	}
}

// stands tells whether the run of n bytes at i stands where the key does, and fills the line from there.
func (k *keyLines) stands(line []byte, i, n int) bool {
	if i != k.column || i > 0 && line[i-1] != k.before {
		return false
	}
	if i+n == len(line) {
		return true
	}
	switch line[i+n] {
	case '\n', '\r', '\\', '"':
		return true
	}
	return false
}

// base64Run is the length of the run of base64 at the start of b; a slash may be escaped as JSON allows.
func base64Run(b []byte) (n int) {
	for n < len(b) {
		c := b[n]
		switch {
		case c-'A' < 26, c-'a' < 26, c-'0' < 10, c == '+', c == '/', c == '=':
		case c == '\\' && n+1 < len(b) && b[n+1] == '/':
		default:
			return n
		}
		n++
	}
	return n
}

// escapeLen is the length of the escape at the start of b, 1 for any other byte: what follows a backslash is no base64.
func escapeLen(b []byte) int {
	switch {
	case b[0] != '\\' || len(b) == 1:
		return 1
	case b[1] == 'u':
		return 6
	}
	return 2
}
