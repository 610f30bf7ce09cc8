package detect

// Values of columns in SQL: insert into users (name, password) values ('ada', 'hunter22'), ('bob', 'hunter23').
//
// Accepted: a list of columns in brackets, in quotes or not, the word values, and rows of values; what stands at the place of a column whose name is
// that of a secret, of a number that words name, of a telephone or social security number. Not looked at: the rows behind maxInsertBytes, columns behind the
// 64th, expressions. Source: ISO/IEC 9075-2 section 14.11.

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
	b       *numberText
	found   []Finding
}

// appendInsert appends what the columns before the word values, which ends at at, name behind it, and returns where it has stopped to look.
func appendInsert(dst []Finding, o *Options, t []byte, at int, ctx Context, b *numberText) (found []Finding, end int) {
	s := insert{o: o, t: t[:min(len(t), at+maxInsertBytes)], ctx: ctx, b: b, found: dst}
	if !s.readColumns(at - len("values")) {
		return dst, at
	}
	end = s.rows(at)
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
		return expressionEnd(t, i)
	}
	if column < s.count && v.start < v.end {
		s.judge(v, t[s.columns[column][0]:s.columns[column][1]])
	}
	return i
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
	if kind != wantNothing && s.o.On[Secret] && (v.quoted || kind == wantCode && isDigit(b[0])) && wanted(s.t, v, kind, false, true) {
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
