package detect

import "bytes"

// Values of columns in SQL: insert into users (name, password) values ('ada', 'hunter22'), ('bob', 'hunter23'), or values (?, ?) with params ['ada', 'hunter22'].
//
// Accepted: a list of columns in brackets, in quotes or not, the word values, and rows of values; what stands at the place of a column whose name is
// that of a secret, of a number that words name, of a telephone or social security number; without quotes only where a program says that it prints what it has
// sent. Where each value is a placeholder, the list of as many values that follows is read in their stead. Not looked at: the rows behind maxInsertBytes,
// columns behind the 64th, expressions. Source: ISO/IEC 9075-2 section 14.11.

const (
	maxColumns     = 64
	maxColumnBytes = 2048
	maxInsertBytes = 16 << 10
)

// anchorValues reports whether the word values ends at i, with a bracket behind it.
func anchorValues(t []byte, i int) bool {
	switch byteAt(t, i) {
	case ' ', '\t', '(', '\\':
	default:
		return false
	}
	return endsFold(t[:i], "values") && byteAt(t, i-len("values")-1) < 0x80 && !isAlnum(byteAt(t, i-len("values")-1)) && byteAt(t, skipBreaks(t, i)) == '('
}

// insert is a statement as it is read.
type insert struct {
	o   *Options
	t   []byte
	ctx Context
	// columns are offsets of the names, [2]int each.
	columns [maxColumns][2]int
	count   int
	// open says that values stand without quotes, and held how many of them are placeholders.
	open  bool
	held  int
	b     *numberText
	found []Finding
}

// appendInsert appends what the columns before the word values, which ends at at, name behind it, and returns where it has stopped to look.
func appendInsert(dst []Finding, o *Options, t []byte, at int, ctx Context, b *numberText) (found []Finding, end int) {
	s := insert{o: o, t: t[:min(len(t), at+maxInsertBytes)], ctx: ctx, b: b, found: dst}
	if !s.readColumns(at - len("values")) {
		return dst, at
	}
	end = s.rows(at)
	if s.held == s.count {
		end = s.params(end)
	}
	return s.found, end
}

// readColumns reads the list of columns that ends before i, and reports whether one of them is worth looking for.
func (s *insert) readColumns(i int) (some bool) {
	t := s.t
	for i > 0 && (isBlank(t[i-1]) || t[i-1] == '\n' || t[i-1] == '\r') {
		i--
	}
	if n := escapeBefore(t, i); n == 2 {
		i -= n
	}
	if byteAt(t, i-1) != ')' {
		return false
	}
	end := i - 1
	for i = end; i > 0 && t[i-1] != '('; i-- {
		if end-i >= maxColumnBytes || t[i-1] == ')' || t[i-1] == ';' {
			return false
		}
	}
	if i == 0 {
		return false
	}
	s.open = printed(t, i-1)
	for i < end && s.count < maxColumns {
		for i < end && !isKeyByte(t[i]) {
			if t[i] == '\\' && isLetter(byteAt(t, i+1)) {
				i++
			}
			i++
		}
		stop := min(keyStop(t, i), end)
		s.columns[s.count] = [2]int{i, stop}
		some = some || s.sensitive(t[i:stop])
		s.count++
		for i = stop; i < end && t[i] != ','; {
			i++
		}
	}
	return some
}

// printed reports whether the statement whose columns open at i stands behind a sign that a program prints what it has sent, as Laravel does: (SQL: insert into …
func printed(t []byte, i int) bool {
	before := t[max(0, i-maxTableBytes):i]
	n := bytes.LastIndex(before, []byte("SQL: "))
	return n >= 0 && (hasFold(before, n, "sql: insert") || hasFold(before, n, "sql: replace")) && !bytes.ContainsAny(before[n:], "(\n")
}

// maxTableBytes bounds what stands before a statement's columns.
const maxTableBytes = 128

// sensitive reports whether a column's name says what its values are.
func (s *insert) sensitive(name []byte) bool {
	return secretKind(name) != wantNothing || namesNumber(name) || phoneWords.inName(name) || ssnWords.inName(name)
}

// rows reads the rows at i and returns where they end.
func (s *insert) rows(i int) int {
	limit := len(s.t)
	for {
		if i = skipBreaks(s.t, i); i >= limit || s.t[i] != '(' {
			return min(i, limit)
		}
		for column := 0; ; column++ {
			i = s.value(skipBreaks(s.t, i+1), column)
			if i >= limit {
				return limit
			}
			if s.t[i] != ',' {
				break
			}
		}
		if s.t[i] != ')' {
			return i
		}
		if i = skipBreaks(s.t, i+1); byteAt(s.t, i) != ',' {
			return min(i, limit)
		}
		i++
	}
}

// value reads the value at i and returns the offset of what ends it: a comma, a bracket, or what belongs to no row.
func (s *insert) value(i, column int) int {
	t := s.t
	if isLetter(byteAt(t, i)) && byteAt(t, i+1) == '\'' {
		i++ // N'…', E'…'
	}
	v := readValue(t, i, s.ctx, false)
	if v.quoted {
		i = skipBreaks(t, behindQuote(t, v.end))
	} else {
		for v.end = i; v.end < len(t) && (isAlnum(t[v.end]) || t[v.end] == '-' || t[v.end] == '.' || t[v.end] == '+'); {
			v.end++
		}
		i = skipBreaks(t, v.end)
	}
	if c := byteAt(t, i); c != ',' && c != ')' {
		if v.start == v.end && holds.has(c) {
			s.held++
		}
		if i = expressionEnd(t, i); !s.open || v.quoted || byteAt(t, i) != ',' && byteAt(t, i) != ')' {
			return i
		}
		v.end = i
	}
	if column < s.count && v.start < v.end {
		s.judge(v, t[s.columns[column][0]:s.columns[column][1]])
	}
	return i
}

// holds are what placeholders begin with: ?, $1, %s, :name, @p1.
var holds = setOf("?$%:@")

// maxParamsGap bounds what stands between a statement and the list of its values.
const maxParamsGap = 64

// params reads the list of values behind a statement at i whose own values are placeholders, and returns where it ends: with params ["ada", "hunter22"],
// [parameters: ('ada', 'hunter22')]. What it finds counts if there are as many values as columns.
func (s *insert) params(i int) int {
	t, found := s.t, len(s.found)
	open := i
	for limit := min(len(t), i+maxParamsGap); ; open++ {
		if open >= limit {
			return i
		}
		if c := t[open]; (c == '(' || c == '[') && t[open-1] != '[' && opensList(t, open+1) {
			break
		}
	}
	closing := byte(')')
	if t[open] == '[' {
		closing = ']'
	}
	for j, column := open, 0; ; {
		j = skipBreaks(t, j+1)
		v := readValue(t, j, s.ctx, false)
		if v.quoted {
			j = behindQuote(t, v.end)
		}
		if j = paramEnd(t, j, closing); j >= len(t) || column >= s.count {
			break
		}
		if v.quoted && v.start < v.end {
			s.judge(v, t[s.columns[column][0]:s.columns[column][1]])
		}
		column++
		if t[j] == closing {
			if column == s.count {
				return j
			}
			break
		}
	}
	s.found = s.found[:found]
	return i
}

// opensList reports whether a list's first value is at i: in quotes, a number, or none.
func opensList(t []byte, i int) bool {
	i = skipBreaks(t, i)
	_, quote, _ := openValue(t, i)
	return quote != 0 || isDigit(byteAt(t, i)) || hasFold(t, i, "none,") || hasFold(t, i, "null,")
}

// paramEnd returns the offset of the comma that ends the value at i, or of what closes the list; the text's length where there is none.
func paramEnd(t []byte, i int, closing byte) int {
	depth := 0
	for j := min(i, len(t)); j < min(i+maxExpressionBytes, len(t)); j++ {
		switch c := t[j]; {
		case depth == 0 && (c == ',' || c == closing):
			return j
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '\n', c == ';':
			return len(t)
		}
	}
	return len(t)
}

// maxExpressionBytes bounds what is passed over of an expression.
const maxExpressionBytes = 512

// expressionEnd returns the offset of the comma or bracket that ends the expression that goes on at i; i where there is none, or other rows begin before.
func expressionEnd(t []byte, i int) int {
	depth := 0
	for j, c := range t[min(i, len(t)):min(i+maxExpressionBytes, len(t))] {
		if !partsExpression[c] {
			continue
		}
		switch j += i; c {
		case '(':
			depth++
		case ')', ',':
			if depth == 0 {
				return j
			}
			if c == ')' {
				depth--
			}
		case '\n', ';', '{', '}':
			return i
		case 'v', 'V':
			if anchorValues(t, j+len("values")) {
				return i
			}
		}
	}
	return i
}

// partsExpression says which bytes expressionEnd looks at.
var partsExpression = func() (parts [0x100]bool) {
	for _, c := range []byte("(),\n;{}vV") {
		parts[c] = true
	}
	return parts
}()

// judge appends what is in the value of a column.
func (s *insert) judge(v value, name []byte) {
	kind := secretKind(name)
	if kind == wantQuery {
		kind = wantNothing
	}
	b := s.t[v.start:v.end]
	if kind != wantNothing && s.o.On[Secret] && (v.quoted || s.open || kind == wantCode && isDigit(b[0])) && wanted(s.t, v, kind) {
		s.found = append(s.found, Finding{v.start, v.end, Secret})
	}
	ctx := Context{Key: name}
	f, ok := matchNamedKey(s.o, b, 0, ctx, s.b)
	for ; ok; f, ok = matchNamedKey(s.o, b, f.End, ctx, s.b) {
		s.found = append(s.found, Finding{v.start + f.Start, v.start + f.End, f.Detector})
	}
	s.match(v, ctx, SSN, matchSSN)
	s.match(v, ctx, Phone, matchPhone)
}

func (s *insert) match(v value, ctx Context, id ID, m matcher) {
	if !s.o.On[id] {
		return
	}
	if start, end, ok := m(s.o, s.t[v.start:v.end], 0, 0, ctx); ok {
		s.found = append(s.found, Finding{v.start + start, v.start + end, id})
	}
}
