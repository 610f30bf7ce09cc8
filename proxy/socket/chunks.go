package socket

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/netip"
	"time"
)

// chunks puts the messages of GELF by UDP together. A datagram is a message, plain or compressed (gzip 1f 8b, zlib 78), or a part of one:
//
//	1e 0f   magic
//	8 bytes id of the message, unique for its sender
//	1 byte  number of the chunk, from 0
//	1 byte  how many chunks there are, 1 to 128
//	rest    its part of the message, compressed or not as a whole
//
// Sets of which a part is missing are lost after five seconds, and the oldest when there are too many. Source: GELF via UDP (Graylog).
type chunks struct {
	limit int // bytes of a message, uncompressed
	sets  map[setID]*set
	order []setID // by age; some may be gone
	held  int     // bytes
}

// setID tells sets apart: ids are the sender's own.
type setID struct {
	from netip.AddrPort
	id   [8]byte
}

type set struct {
	parts [][]byte
	left  int // chunks that are missing
	bytes int
	began time.Time
}

const (
	chunkHeader = 12
	maxChunks   = 128
	maxSets     = 1024
	maxHeld     = 16 << 20 // bytes of chunks
	setAge      = 5 * time.Second
)

func newChunks(limit int) *chunks { return &chunks{limit: limit, sets: map[setID]*set{}} }

// add takes a datagram and returns the message that it is or completes, uncompressed; none yet: empty. lost counts messages that
// cannot be put together.
func (c *chunks) add(data []byte, from netip.AddrPort, now time.Time) (message []byte, lost int) {
	lost = c.expire(now)
	if bytes.HasPrefix(data, []byte{0x1e, 0x0f}) {
		whole, ok := c.part(data, from, now)
		if !ok {
			return nil, lost + 1
		}
		data = whole
	}
	if len(data) == 0 {
		return nil, lost
	}
	message, ok := c.inflate(data)
	if !ok {
		return nil, lost + 1
	}
	return message, lost
}

// expire forgets sets that are too old, or one too many.
func (c *chunks) expire(now time.Time) (lost int) {
	for len(c.order) > 0 {
		s, there := c.sets[c.order[0]]
		if there && now.Sub(s.began) < setAge && len(c.sets) < maxSets && c.held < maxHeld {
			break
		}
		if there {
			c.forget(c.order[0])
			lost++
		}
		c.order = c.order[1:]
	}
	return lost
}

func (c *chunks) forget(id setID) {
	c.held -= c.sets[id].bytes
	delete(c.sets, id)
}

// part takes a chunk, and returns the message if it is the last that was missing.
func (c *chunks) part(data []byte, from netip.AddrPort, now time.Time) (whole []byte, ok bool) {
	if len(data) <= chunkHeader {
		return nil, false
	}
	id, number, count := setID{from, [8]byte(data[2:10])}, int(data[10]), int(data[11])
	s := c.sets[id]
	switch {
	case count == 0 || count > maxChunks || number >= count || s != nil && len(s.parts) != count:
		return nil, false
	case s == nil:
		s = &set{parts: make([][]byte, count), left: count, began: now}
		c.sets[id] = s
		c.order = append(c.order, id)
	case s.parts[number] != nil:
		return nil, true // sent twice
	}
	s.parts[number] = bytes.Clone(data[chunkHeader:])
	s.left--
	s.bytes += len(data) - chunkHeader
	c.held += len(data) - chunkHeader
	if s.left > 0 {
		return nil, true
	}
	c.forget(id)
	return bytes.Join(s.parts, nil), true
}

// inflate undoes the compression. A message that would be longer than the limit is not one.
func (c *chunks) inflate(data []byte) (message []byte, ok bool) {
	var r io.Reader
	var err error
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(bytes.NewReader(data))
	case len(data) > 1 && data[0] == 0x78 && (int(data[0])<<8|int(data[1]))%31 == 0:
		r, err = zlib.NewReader(bytes.NewReader(data))
	default:
		return data, true
	}
	if err != nil {
		return nil, false
	}
	message, err = io.ReadAll(io.LimitReader(r, int64(c.limit)+1))
	return message, err == nil && len(message) <= c.limit
}
