package codec

import (
	"bytes"
	"strings"
)

// statement is what a request to ClickHouse says is to be done:
//
//	INSERT INTO [TABLE] [database.]table [(column, …)] [SETTINGS name = value, …] FORMAT JSONEachRow
//
// or one of the questions that clients ask about the backend. Names are words, or plain text in quotes.
type statement struct {
	text     string // as it came, without what is behind it
	question bool
	inQuery  bool   // it came as the parameter query, else at the head of the body
	data     int    // where rows begin in the body
	unknown  string // what it says about columns that the table does not have
}

// maxStatement bounds a statement in bytes.
const maxStatement = 16 << 10

const (
	onlyInserts = "only INSERT … FORMAT JSONEachRow passes, and a few questions such as SELECT version()"
	oddInsert   = "the INSERT statement cannot be read: INSERT INTO [database.]table [(columns)] [SETTINGS …] FORMAT JSONEachRow expected"
	otherFormat = "unknown format: rows are taken as JSONEachRow (or JSONLines, NDJSON) only"
)

// statementOf reads the statement of a request. A request without one asks whether the backend is there.
func statementOf(req *Request) (st statement, why Refusal, detail string) {
	for name, value := range parameters(req.Query) {
		if name == "query" && strings.TrimSpace(value) != "" {
			if st.text != "" {
				return st, Malformed, "the query holds two statements"
			}
			st.text, st.inQuery = value, true
		}
	}
	if !st.inQuery {
		head := req.Body[:min(len(req.Body), maxStatement+1)]
		if rows := bytes.IndexAny(head, "{["); rows >= 0 { // neither is in a statement
			head = head[:rows]
		}
		st.text = string(head)
	}
	if strings.TrimSpace(st.text) == "" {
		return statement{question: true}, 0, ""
	}
	r := sql{text: st.text}
	if !r.word("INSERT") {
		return st.asked(len(req.Body))
	}
	if !r.insert(&st) {
		return st, Malformed, oddInsert
	}
	format, ok := r.format()
	switch {
	case !ok:
		return st, Malformed, oddInsert
	case !isRowFormat(format):
		return st, UnsupportedEncoding, otherFormat
	case st.inQuery && strings.Trim(r.text[r.i:], " \t\r\n;") != "":
		return st, Malformed, "rows belong into the body, not into the query"
	case !st.inQuery:
		st.data = r.i
	}
	st.text = r.text[:r.i]
	return st, 0, ""
}

func isRowFormat(name string) bool {
	switch strings.ToLower(name) {
	case "jsoneachrow", "jsonlines", "ndjson", "jsonl":
		return true
	}
	return false
}

// questions are the statements that ask about the backend and tell nothing of its data, in lower case, one space between words.
var questions = []string{
	"select 1", "select version()", "select timezone()", "select currentdatabase()", "select 'ping'",
	"select displayname(), version(), revision(), timezone()", // clickhouse-go
}

// asked tells whether a statement that is no INSERT is a question, whatever format it wants its answer in, with nothing else in the body.
func (st statement) asked(body int) (_ statement, why Refusal, detail string) {
	if body > 0 && st.inQuery || !st.inQuery && body != len(st.text) {
		return st, Forbidden, onlyInserts
	}
	plain := strings.Join(strings.Fields(strings.ToLower(strings.TrimRight(st.text, "; \t\r\n"))), " ")
	if at := strings.LastIndex(plain, " format "); at >= 0 && isWord(plain[at+len(" format "):]) {
		plain = plain[:at]
	}
	for _, q := range questions {
		if plain == q {
			st.question = true
			return st, 0, ""
		}
	}
	return st, Forbidden, onlyInserts
}

// sql reads a statement token by token.
type sql struct {
	text string
	i    int
}

func (r *sql) space() {
	for r.i < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.i]) >= 0 {
		r.i++
	}
}

// peek is the word that stands next, empty if it is none.
func (r *sql) peek() string {
	r.space()
	end := r.i
	for end < len(r.text) && isWordByte(r.text[end]) {
		end++
	}
	return r.text[r.i:end]
}

// word takes a keyword, in any letter case.
func (r *sql) word(w string) bool {
	next := r.peek()
	if !strings.EqualFold(next, w) {
		return false
	}
	r.i += len(next)
	return true
}

// sign takes a punctuation mark.
func (r *sql) sign(c byte) bool {
	if r.space(); r.i < len(r.text) && r.text[r.i] == c {
		r.i++
		return true
	}
	return false
}

// name takes an identifier: a word, or plain text in backticks or double quotes.
func (r *sql) name() bool {
	if w := r.peek(); w != "" {
		r.i += len(w)
		return w[0] > '9'
	}
	if r.i == len(r.text) || r.text[r.i] != '`' && r.text[r.i] != '"' {
		return false
	}
	_, ok := r.quoted(r.text[r.i])
	return ok
}

// quoted takes plain text in quotes. Quotes and backslashes in it are not plain.
func (r *sql) quoted(quote byte) (text string, ok bool) {
	end := strings.IndexByte(r.text[r.i+1:], quote)
	if end < 0 {
		return "", false
	}
	text = r.text[r.i+1:][:end]
	r.i += end + 2
	return text, isIdentifier(text)
}

// insert takes the statement up to its format.
func (r *sql) insert(st *statement) bool {
	if !r.word("INTO") {
		return false
	}
	start := r.i
	if r.word("TABLE") && (strings.EqualFold(r.peek(), "FORMAT") || r.sign('.')) { // a table of that name
		r.i = start
	}
	if !r.name() || r.sign('.') && !r.name() {
		return false
	}
	if r.sign('(') && !r.columns() {
		return false
	}
	return !r.word("SETTINGS") || r.settings(st)
}

// columns takes the list behind its bracket: names, or a star and the names that it does not stand for.
func (r *sql) columns() bool {
	if r.sign('*') {
		if r.word("EXCEPT") {
			return r.sign('(') && r.columns() && r.sign(')')
		}
		return r.sign(')')
	}
	for r.name() {
		if r.sign(')') {
			return true
		}
		if !r.sign(',') {
			return false
		}
	}
	return false
}

// settings takes a list of those that may go on.
func (r *sql) settings(st *statement) bool {
	for {
		name := r.peek()
		r.i += len(name)
		if !isClickHouseSetting(name) || !r.sign('=') {
			return false
		}
		value := r.peek()
		switch {
		case value != "":
			r.i += len(value)
		case r.i < len(r.text) && r.text[r.i] == '\'':
			var ok bool
			if value, ok = r.quoted('\''); !ok {
				return false
			}
		default:
			return false
		}
		if name == skipUnknown {
			st.unknown = value
		}
		if !r.sign(',') {
			return true
		}
	}
}

// format takes the clause that ends the statement, and the white space behind it.
func (r *sql) format() (name string, ok bool) {
	if !r.word("FORMAT") {
		return "", false
	}
	name = r.peek()
	r.i += len(name)
	return name, name != "" && (r.i == len(r.text) || bytes.IndexByte([]byte(" \t\r\n;{["), r.text[r.i]) >= 0)
}
