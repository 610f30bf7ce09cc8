package codec

import (
	"bytes"

	"winnow/scrub/record"
)

// Most values in JSON are spelled in one way, as their libraries do, and stay as they are. What is not is for the walk proper.

// plainAttribute passes over the KeyValue at i, whose key is at hand, if it is spelled as firstKey has it, and key and value stay as they are. It
// returns where it ends, else 0.
func (l *logs) plainAttribute(i int) (end int) {
	const opening, between = `{"key":"`, `","value":`
	in := l.run.In()
	behind := i + len(opening) + len(l.key)
	if !l.quiet || behind > len(in) || !bytes.HasPrefix(in[i:], []byte(opening)) || !bytes.HasPrefix(in[behind:], []byte(between)) ||
		!bytes.Equal(in[i+len(opening):behind], l.key) {
		return 0
	}
	if end = l.plainValue(behind + len(between)); end == 0 || end >= len(in) || in[end] != '}' {
		return 0
	}
	return end + 1
}

// plainValue does the same for the AnyValue at i, a text without escapes or a number that is field l.target.
func (l *logs) plainValue(i int) (end int) {
	in := l.run.In()
	var start int
	quoted, whole := true, false
	switch value := in[i:]; {
	case bytes.HasPrefix(value, []byte(`{"stringValue":"`)):
		start = i + len(`{"stringValue":"`)
	case bytes.HasPrefix(value, []byte(`{"intValue":"`)):
		start, whole = i+len(`{"intValue":"`), true
	case bytes.HasPrefix(value, []byte(`{"intValue":`)):
		start, quoted = i+len(`{"intValue":`), false
	case bytes.HasPrefix(value, []byte(`{"doubleValue":`)):
		start, quoted = i+len(`{"doubleValue":`), false
	default:
		return 0
	}
	if quoted {
		if end = record.Quiet(in, start); whole && !isWhole(in[start:end]) {
			return 0
		}
	} else if next, fault := record.Number(in, start); fault == nil {
		end = next
	}
	behind := end
	if quoted {
		behind++
	}
	if end == 0 || behind >= len(in) || quoted && in[end] != '"' || in[behind] != '}' || !l.run.Passes(start, l.target, l.key) {
		return 0
	}
	return behind + 1
}
