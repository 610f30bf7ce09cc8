package codec

import (
	"bytes"

	"winnow/scrub/unwrap"
)

// AppendLines implements Codec: an object an event. Its event is "message", or, if it is an object, lies open in the line, as do its
// fields; host, source, sourcetype, index and time (seconds since 1970) stand beside them where the event has no such member itself.
func (Splunk) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	if b.text {
		return withShared(dst, appendTextLines(nil, b.Bytes()), b.shared), nil
	}
	err := eachObject(b.Bytes(), func(event []byte) (err error) {
		dst, err = appendEvent(dst, event, b.shared)
		return err
	})
	return dst, err
}

// appendEvent appends one event as a line.
func appendEvent(dst, envelope, shared []byte) ([]byte, error) {
	var event, fields []byte
	beside := newMembers(nil)
	err := eachMember(envelope, 0, func(key, value []byte) error {
		switch string(key) {
		case "event":
			event = value
		case "fields":
			fields = value
		default:
			beside.add(key, value)
		}
		return nil
	})
	if err != nil {
		return dst, errUnreadable
	}
	line := newMembers(dst)
	for _, part := range [][]byte{event, fields, beside.object(), shared} {
		if len(part) > 0 && part[0] != '{' {
			line.add([]byte("message"), part)
			continue
		}
		if len(part) > 0 && line.addAll(part) != nil {
			return dst, errUnreadable
		}
	}
	return append(line.object(), '\n'), nil
}

// members writes an object of members with distinct names: the first of a name stays.
type members struct {
	out   []byte
	names []string
}

func newMembers(dst []byte) *members { return &members{out: append(dst, '{')} }

// add appends a member. value is JSON.
func (m *members) add(name, value []byte) {
	for _, n := range m.names {
		if n == string(name) {
			return
		}
	}
	m.out = append(unwrap.AppendJSON(append(comma(m.out, len(m.names) > 0), '"'), name), `":`...)
	m.out = appendFlat(m.out, value)
	m.names = append(m.names, string(name))
}

// addAll appends all members of an object.
func (m *members) addAll(object []byte) error {
	return eachMember(object, 0, func(key, value []byte) error {
		m.add(key, value)
		return nil
	})
}

// object is all of it. Nothing can be added afterwards.
func (m *members) object() []byte { return append(m.out, '}') }

// appendShared appends a member whose value is text to an object that all records share.
func appendShared(object []byte, name string, text []byte) []byte {
	if len(object) == 0 {
		object = append(object, '{')
	} else {
		object[len(object)-1] = ','
	}
	object = append(append(append(object, '"'), name...), `":"`...)
	return append(unwrap.AppendJSON(object, text), `"}`...)
}

// withShared appends lines, each with the members that all share and that it has not itself.
func withShared(dst, lines, shared []byte) []byte {
	if len(shared) == 0 {
		return append(dst, lines...)
	}
	for line := range bytes.Lines(lines) {
		m := newMembers(dst)
		if m.addAll(line) != nil || m.addAll(shared) != nil {
			dst = append(dst, line...)
			continue
		}
		dst = append(m.object(), '\n')
	}
	return dst
}
