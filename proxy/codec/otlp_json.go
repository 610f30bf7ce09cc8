package codec

import (
	"bytes"
	"encoding/base64"
	"errors"
	"unicode/utf8"

	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// logs walks an ExportLogsServiceRequest in JSON (lowerCamelCase names, hexadecimal ids). Members that the messages do not define are
// removed.
type logs struct {
	run     *scrub.Run
	b       *Batch
	at      place
	records int
	pair
	stay    int         // attributes that stay in the list at hand
	members int         // that stay in the record at hand
	done    bool        // metadata is attached to the record at hand
	depth   int         // of values within values
	of      otlpMessage // at hand; nil in logs, whose messages have places of their own
	each    *otlpPart   // of which the array at hand holds several
	series  bool        // attributes make series
}

// pair is the attribute at hand.
type pair struct {
	parent  scrub.Field // above the attributes at hand
	target  scrub.Field // that the value at hand is
	key     []byte      // of the value at hand; nil for a record's body
	quiet   bool        // the key may stay as it is
	names   int         // keys that the attribute has
	keys    int         // values that stay in it
	unnamed bool        // it has a name that must not leave
}

// place is which message a walk is in.
type place uint8

const (
	inRequest place = iota
	inResourceLogs
	inResourceLog
	inResource
	inScopeLogs
	inScopeLog
	inScope
	inRecords
	inRecord
	inAttributes
	inAttribute
	inValue
	inArray
	inArrayValues
	inKVList
	inMessage
	inParts
)

// Member implements scrub.Visitor.
func (l *logs) Member(key []byte, at int) (end int, stays bool, err error) {
	name := string(key)
	switch l.at {
	case inRequest:
		if name == "resourceLogs" {
			return l.list(at, inResourceLogs)
		}
	case inResourceLogs:
		return l.whole(at, inResourceLog, []string{"scopeLogs", "logRecords"})
	case inResourceLog:
		return l.resourceLog(name, at)
	case inResource:
		switch name {
		case "attributes":
			return l.attributes(at, l.run.Within(scrub.Resource))
		case "droppedAttributesCount":
			return l.number(at)
		}
	case inScopeLogs:
		return l.whole(at, inScopeLog, []string{"logRecords"})
	case inScopeLog:
		return l.scopeLog(name, at)
	case inScope:
		return l.scope(name, at)
	case inRecords:
		return l.record(at)
	case inMessage:
		return l.part(key, at)
	case inParts:
		return l.single(l.each, at)
	case inRecord:
		if l.of != nil {
			end, stays, err = l.part(key, at)
		} else {
			end, stays, err = l.logRecord(name, at)
		}
		if stays {
			l.members++
		}
		return end, stays, err
	case inAttributes:
		if end, stays, err = l.attribute(at); stays {
			l.stay++
		}
		return end, stays, err
	case inAttribute:
		return l.keyValue(name, at)
	case inValue:
		return l.one(name, at)
	case inArray:
		if name == "values" {
			return l.list(at, inArrayValues)
		}
	case inArrayValues:
		return l.value(at)
	case inKVList:
		if name == "values" {
			return l.attributes(at, l.parent)
		}
	}
	return l.skip(at)
}

func (l *logs) skip(at int) (end int, stays bool, err error) {
	end, err = l.run.Skip(at)
	return end, false, err
}

// list walks an array. For null there is none (ProtoJSON), as for a member left out.
func (l *logs) list(at int, p place) (end int, stays bool, err error) {
	if l.run.In()[at] == 'n' {
		return l.skip(at)
	}
	before := l.at
	l.at = p
	end, err = l.run.Array(at, l)
	l.at = before
	return end, true, err
}

// object walks an object, if there is one.
func (l *logs) object(at int, p place) (end int, stays bool, err error) {
	if l.run.In()[at] == 'n' {
		return l.skip(at)
	}
	before := l.at
	l.at = p
	end, err = l.run.Object(at, l)
	l.at = before
	return end, true, err
}

// whole scrubs what a resource or a scope shares with its records, which path leads to. One that drops its record drops them all.
func (l *logs) whole(at int, p place, path []string) (end int, stays bool, err error) {
	was, records := l.b.books(l.run), l.records
	if end, stays, err = l.object(at, p); err == nil {
		return end, stays, nil
	}
	end, n, err := l.b.dropShared(l.run, was, at, err, path)
	l.records = records + n
	return end, false, err
}

// number keeps a whole number, as JSON has it or in a string.
func (l *logs) number(at int) (end int, stays bool, err error) {
	end, err = l.run.Skip(at)
	return end, err == nil && isDigits(l.run.In()[at:end]), err
}

// hex keeps an identifier of n bytes in hexadecimal, or an empty one.
func (l *logs) hex(at, n int) (end int, stays bool, err error) {
	if end, err = l.run.Skip(at); err != nil {
		return end, false, err
	}
	value := l.run.In()[at:end]
	if value[0] != '"' || len(value) != 2 && len(value) != 2*n+2 {
		return end, false, nil
	}
	bad := uint8(0)
	for _, c := range value[1 : len(value)-1] {
		bad |= notHex[c] // nobody can tell beforehand which are digits
	}
	return end, bad == 0, nil
}

// notHex is 0 for hexadecimal digits.
var notHex = func() (t [256]uint8) {
	for c := range t {
		if bytes.IndexByte([]byte("0123456789abcdefABCDEF"), byte(c)) < 0 {
			t[c] = 1
		}
	}
	return t
}()

// text scrubs a string that is field name of a scope; anything else there goes.
func (l *logs) text(at int, s scrub.Scope, name string) (end int, stays bool, err error) {
	if l.run.In()[at] != '"' {
		return l.skip(at)
	}
	return l.run.Value(at, l.run.At(s, []byte(name)), nil)
}

func (l *logs) resourceLog(name string, at int) (end int, stays bool, err error) {
	switch name {
	case "resource":
		return l.object(at, inResource)
	case "scopeLogs":
		return l.list(at, inScopeLogs)
	case "schemaUrl":
		return l.text(at, scrub.Resource, "schema_url")
	}
	return l.skip(at)
}

func (l *logs) scopeLog(name string, at int) (end int, stays bool, err error) {
	switch name {
	case "scope":
		return l.object(at, inScope)
	case "logRecords":
		return l.list(at, inRecords)
	case "schemaUrl":
		return l.text(at, scrub.OTLPScope, "schema_url")
	}
	return l.skip(at)
}

func (l *logs) scope(name string, at int) (end int, stays bool, err error) {
	switch name {
	case "name", "version":
		return l.text(at, scrub.OTLPScope, name)
	case "attributes":
		return l.attributes(at, l.run.Within(scrub.OTLPScope))
	case "droppedAttributesCount":
		return l.number(at)
	}
	return l.skip(at)
}

// record scrubs one LogRecord and attaches the metadata.
func (l *logs) record(at int) (end int, stays bool, err error) {
	l.records++
	l.run.Begin()
	m := l.run.Mark()
	l.members, l.done, l.depth = 0, false, 0
	end, stays, err = l.object(at, inRecord)
	fate, reason := scrub.Kept, ""
	switch {
	case errors.Is(err, scrub.ErrDropRecord):
		fate = scrub.Dropped
	case err != nil:
		fate, reason = scrub.Withheld, reasonOf(err)
	case !stays:
		fate, reason = scrub.Withheld, "object expected"
	case l.run.TooLong(end - at):
		fate, reason = scrub.Withheld, tooLong
	}
	if fate != scrub.Kept {
		l.run.Rollback(m)
		if end, err = l.run.Skip(at); err != nil {
			return end, false, err // where the next record begins is not known
		}
	} else if !l.done {
		l.attach(end - 1)
	}
	l.run.End(fate)
	return end, l.b.note(l.records, fate, reason), nil
}

// appendKeyValue appends a fact of the request as a KeyValue.
func appendKeyValue(dst []byte, f meta.Field) []byte {
	kind := `","value":{"stringValue":"`
	if f.Number {
		kind = `","value":{"intValue":"`
	}
	dst = append(append(append(dst, `,{"key":"`...), f.Name...), kind...)
	return append(unwrap.AppendJSON(dst, f.Value), `"}}`...)
}

// attach gives a record without attributes, which ends at i, those of the metadata that it has not brought itself.
func (l *logs) attach(i int) {
	head := `,"attributes":[`
	if l.members == 0 {
		head = head[1:]
	}
	slot := l.run.Slot()
	l.run.Insert(i, true)
	if _, some := l.run.Edited(slot); !some {
		l.run.Vacate(slot)
		return
	}
	l.run.Fill(slot, i, i, []byte(head))
	l.run.Replace(i, i, []byte("]"))
}

func (l *logs) logRecord(name string, at int) (end int, stays bool, err error) {
	switch name {
	case "timeUnixNano", "observedTimeUnixNano", "droppedAttributesCount", "flags":
		return l.number(at)
	case "severityNumber":
		if end, stays, err = l.number(at); err == nil && !stays {
			stays = isSeverity(l.run.In()[at:end])
		}
		return end, stays, err
	case "traceId":
		return l.hex(at, 16)
	case "spanId":
		return l.hex(at, 8)
	case "severityText":
		return l.text(at, scrub.Root, "severity_text")
	case "eventName":
		return l.text(at, scrub.Root, "event_name")
	case "body":
		l.parent, l.target, l.key = l.run.Within(scrub.Root), l.run.Message(), nil
		return l.value(at)
	case "attributes":
		return l.attributes(at, l.run.Within(scrub.Root))
	}
	return l.skip(at)
}

// isSeverity tells whether a JSON value is the name of a severity: SEVERITY_NUMBER_WARN2.
func isSeverity(value []byte) bool {
	name, ok := bytes.CutPrefix(value, []byte(`"SEVERITY_NUMBER_`))
	if !ok {
		return false
	}
	name = bytes.TrimSuffix(name, []byte{'"'})
	if n := len(name) - 1; n > 0 && '2' <= name[n] && name[n] <= '4' {
		name = name[:n]
	}
	switch string(name) {
	case "UNSPECIFIED", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL":
		return true
	}
	return false
}

// attributes scrubs an array of KeyValue whose paths lie below parent.
func (l *logs) attributes(at int, parent scrub.Field) (end int, stays bool, err error) {
	if l.run.In()[at] == 'n' {
		return l.skip(at)
	}
	before, stay := l.parent, l.stay
	l.parent, l.stay = parent, 0
	end, stays, err = l.list(at, inAttributes)
	if err == nil && l.at == inRecord && !l.done {
		l.done = true
		l.run.Insert(end-1, l.stay == 0)
	}
	l.parent, l.stay = before, stay
	return end, stays, err
}

// attribute scrubs one KeyValue. Its key may stand behind its value, so it is looked for first; one with two keys is nobody's and goes.
func (l *logs) attribute(at int) (end int, stays bool, err error) {
	in := l.run.In()
	key := firstKey(in[at:])
	if key == nil {
		if end, err = l.run.Skip(at); err != nil || in[at] != '{' {
			return end, false, err
		}
		var n int
		if key, n = keyOf(in, at); n != 1 {
			return end, false, nil
		}
	}
	before := l.pair
	l.pair = pair{key: key}
	l.target, l.quiet = l.run.Member(before.parent, key)
	if end = l.plainAttribute(at); end > 0 {
		l.pair = before
		return end, true, nil
	}
	l.parent = l.target
	end, _, err = l.object(at, inAttribute)
	stays = l.keys > 0 && l.names == 1 && !l.unnamed
	l.pair = before
	return end, stays, err
}

// firstKey is the key of a KeyValue that begins with it, as nearly all do, spelled without escapes or white space; else nil.
func firstKey(keyValue []byte) []byte {
	const opening = `{"key":"`
	if !bytes.HasPrefix(keyValue, []byte(opening)) {
		return nil
	}
	end := record.Quiet(keyValue, len(opening))
	if end >= len(keyValue) || keyValue[end] != '"' {
		return nil
	}
	return keyValue[len(opening):end]
}

// keyOf returns the key of the KeyValue at i, and how many it has.
func keyOf(in []byte, i int) (key []byte, n int) {
	_ = eachMember(in, i, func(name, value []byte) error {
		if string(name) == "key" && value[0] == '"' {
			key, n = plainString(value), n+1
		}
		return nil
	})
	return key, n
}

// plainString is the text of a JSON string: of value itself where it has no escapes.
func plainString(value []byte) []byte {
	if value = value[1 : len(value)-1]; bytes.IndexByte(value, '\\') >= 0 {
		return unwrap.JSONString(nil, value)
	}
	return value
}

// keyValue scrubs the members of a KeyValue; keys counts the values that stay.
func (l *logs) keyValue(name string, at int) (end int, stays bool, err error) {
	switch name {
	case "key":
		if l.names++; l.names == 1 && l.quiet {
			end, err = l.run.Skip(at)
			return end, true, err
		}
		if end, stays, err = l.run.KeyName(at); !stays {
			l.unnamed = true
		}
		return end, stays, err
	case "value":
		if end, stays, err = l.value(at); stays {
			l.keys++
		}
		return end, stays, err
	}
	return l.skip(at)
}

// value scrubs an AnyValue that is field l.target.
func (l *logs) value(at int) (end int, stays bool, err error) {
	if end = l.plainValue(at); end > 0 {
		return end, true, nil
	}
	if l.depth++; l.depth > maxValues {
		return at, false, &scrub.Fault{Offset: at, Reason: "nested too deep"}
	}
	keys := l.keys
	l.keys = 0
	end, _, err = l.object(at, inValue)
	l.depth--
	stays = err == nil && (l.keys > 0 || isEmpty(l.run.In()[at:end]))
	l.keys = keys
	return end, stays, err
}

func isEmpty(object []byte) bool {
	return len(object) >= 2 && record.SkipSpace(object, 1) == len(object)-1
}

// one scrubs what an AnyValue holds; keys counts what stays.
func (l *logs) one(name string, at int) (end int, stays bool, err error) {
	switch name {
	case "stringValue", "boolValue", "intValue", "doubleValue":
		if !fits(name, l.run.In()[at]) {
			return l.skip(at)
		}
		slot := l.run.Slot()
		if end, stays, err = l.run.Value(at, l.target, l.key); err == nil && stays && name != "stringValue" {
			stays = l.mend(name, slot, at, end)
		}
	case "arrayValue":
		end, stays, err = l.object(at, inArray)
	case "kvlistValue":
		descends := true
		if l.key != nil { // else a record's body, whose members are the record's own
			descends, err = l.run.Descends(l.target)
		}
		if err != nil || !descends {
			end, _, skipErr := l.skip(at)
			return end, false, errors.Join(err, skipErr)
		}
		end, stays, err = l.object(at, inKVList)
	case "bytesValue":
		end, stays, err = l.bytes(at)
	default:
		return l.skip(at)
	}
	if stays {
		l.keys++
	}
	return end, stays, err
}

// fits tells whether a JSON value that begins with c can be of that kind.
func fits(kind string, c byte) bool {
	switch kind {
	case "stringValue":
		return c == '"'
	case "boolValue":
		return c == 't' || c == 'f'
	}
	return c == '"' || c == '-' || c-'0' < 10
}

// mend renames the member whose value at in[at:end] was scrubbed, if that made it text. It tells whether the value is one of the kind
// that its name says then.
func (l *logs) mend(name string, slot, at, end int) bool {
	in := l.run.In()
	out, edited := l.run.Edited(slot)
	switch {
	case !edited:
		return in[at] != '"' || name == "intValue" && isWhole(in[at+1:end-1])
	case in[at] != '"' && out[0] != '"': // a number still
		return name == "doubleValue" || isWhole(out)
	}
	quoted := `"` + name + `"`
	before := bytes.TrimRight(in[max(0, at-64):at], " \t\r\n:")
	if !bytes.HasSuffix(before, []byte(quoted)) {
		return false // too far away, or spelled with escapes
	}
	i := max(0, at-64) + len(before) - len(quoted)
	l.run.Fill(slot, i, i+len(quoted), []byte(`"stringValue"`))
	return true
}

func isWhole(text []byte) bool { return isDigits(bytes.TrimPrefix(text, []byte("-"))) }

// bytes scrubs bytes in base64: text by what is found in it, and nothing else stays, for nobody can judge it.
func (l *logs) bytes(at int) (end int, stays bool, err error) {
	if end, err = l.run.Skip(at); err != nil {
		return end, false, err
	}
	in := l.run.In()
	if in[at] != '"' {
		return end, false, nil
	}
	text, ok := decodeBase64(unquote(in[at:end]))
	if !ok {
		return end, false, nil
	}
	out, changed, stays, err := l.run.Scalar(text, l.target, l.key)
	if err == nil && stays && changed {
		l.run.Replace(at+1, end-1, base64.StdEncoding.AppendEncode(nil, out))
	}
	return end, stays, err
}

// decodeBase64 decodes what must be text.
func decodeBase64(s string) (text []byte, ok bool) {
	text, err := base64.StdEncoding.DecodeString(s)
	return text, err == nil && utf8.Valid(text)
}
