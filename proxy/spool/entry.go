package spool

import (
	"encoding/binary"
	"errors"
	"time"
)

// ID of an entry: 128 bits.
type ID [16]byte

// An entry, before it is sealed, is fields one after the other. A text is its length as a uvarint and its bytes:
//
//	version    1 byte, 2; 1 has no way
//	received   8 bytes, nanoseconds since 1970, big endian
//	records    uvarint
//	flags      1 byte: 1 fixed, 2 text, 4 and 8 the signal, 16 there is a tally
//	purpose, policy, protocol, method, path, content type, accept, org id, coding, query, way: texts
//	headers    uvarint of how many, then name and value of each as texts
//	tally      text, where the flag says so
//	body       the rest
const entryVersion = 2

const (
	flagFixed = 1 << iota
	flagText
)

const (
	signalShift = 2
	flagTally   = 1 << 4
)

var errEntry = errors.New("an entry cannot be read")

// appendEntry appends e as it is sealed. ID and tenant stand outside.
func appendEntry(dst []byte, e *Entry) []byte {
	dst = append(dst, entryVersion)
	dst = binary.BigEndian.AppendUint64(dst, uint64(e.Received.UnixNano()))
	dst = binary.AppendUvarint(dst, uint64(e.Records))
	var flags byte
	if e.Request.Fixed {
		flags |= flagFixed
	}
	if e.Request.Text {
		flags |= flagText
	}
	if len(e.Tally) > 0 {
		flags |= flagTally
	}
	dst = append(dst, flags|e.Request.Signal<<signalShift)
	r := &e.Request
	for _, s := range [...]string{e.Purpose, e.Policy, r.Protocol, r.Method, r.Path, r.ContentType, r.Accept, r.OrgID, r.Coding, string(r.Query), r.Way} {
		dst = appendText(dst, s)
	}
	dst = binary.AppendUvarint(dst, uint64(len(r.Headers)))
	for _, h := range r.Headers {
		dst = appendText(appendText(dst, h[0]), h[1])
	}
	if len(e.Tally) > 0 {
		dst = append(binary.AppendUvarint(dst, uint64(len(e.Tally))), e.Tally...)
	}
	return append(dst, e.Body...)
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// readEntry reads what appendEntry wrote. The body is part of in.
func readEntry(in []byte) (e Entry, err error) {
	r := reader{in: in}
	version := r.byte()
	if version == 0 || version > entryVersion {
		return Entry{}, errEntry
	}
	e.Received = time.Unix(0, int64(r.uint64())).UTC()
	e.Records = int(r.uvarint())
	flags := r.byte()
	q := &e.Request
	q.Fixed, q.Text, q.Signal = flags&flagFixed != 0, flags&flagText != 0, flags>>signalShift&3
	for _, s := range [...]*string{&e.Purpose, &e.Policy, &q.Protocol, &q.Method, &q.Path, &q.ContentType, &q.Accept, &q.OrgID, &q.Coding} {
		*s = string(r.text())
	}
	q.Query = r.text()
	if version > 1 {
		q.Way = string(r.text())
	}
	n := r.uvarint()
	if n > uint64(len(r.in)) {
		return Entry{}, errEntry
	}
	for range n {
		q.Headers = append(q.Headers, [2]string{string(r.text()), string(r.text())})
	}
	if flags&flagTally != 0 {
		e.Tally = r.text()
	}
	if r.bad {
		return Entry{}, errEntry
	}
	e.Body = r.in
	return e, nil
}

// reader takes fields off the front of in. Once one is missing, all that follow are empty and bad is set.
type reader struct {
	in  []byte
	bad bool
}

func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.in)) {
		r.bad = true
		return nil
	}
	b := r.in[:n:n]
	r.in = r.in[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.in)
	if n <= 0 || r.bad {
		r.bad = true
		return 0
	}
	r.in = r.in[n:]
	return v
}

func (r *reader) text() []byte { return r.take(r.uvarint()) }
