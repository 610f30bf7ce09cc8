package spool

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"iter"
)

// A frame is one message of a lane. Numbers are big endian.
//
//	offset  bytes  what
//	     0      4  magic "wnwf"
//	     4      1  version, 1; magic and version stand here in every version
//	     5      3  zero
//	     8      8  writer: chosen at random by each process for each lane
//	    16      8  sequence: 1 for the writer's first frame, then one more each; a hole is a loss
//	    24      8  batches that the writer's earlier frames hold
//	    32      8  records that the writer's earlier frames hold
//	    40      4  batches in this frame
//	    44      4  CRC-32C of bytes 0 to 43
//	    48         the batches, one after the other:
//	     0     16  id
//	    16      8  key: which data key it is sealed under
//	    24      4  records
//	    28      4  length of the sealed bytes
//	    32      4  CRC-32C of bytes 0 to 31 and of the sealed bytes
//	    36         sealed bytes
//
// A frame is read whole or in part: a batch whose checksum is wrong is damaged by itself, as long as its length still leads to the next. A
// torn tail ends in a batch that is longer than what is there. CRC-32C is Castagnoli's polynomial (RFC 3720, appendix B.4).
const (
	frameMagic   = "wnwf"
	frameVersion = 1
	frameHead    = 48
	batchHead    = 36
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Header of a frame.
type Header struct {
	// Writer and Sequence number the frames of one process on one lane.
	Writer, Sequence uint64
	// BatchesBefore and RecordsBefore are in the writer's earlier frames.
	BatchesBefore, RecordsBefore uint64
	// Batches in this frame.
	Batches uint32
}

// sealed is one batch of a frame.
type sealed struct {
	ID      ID
	Key     uint64
	Records uint32
	Bytes   []byte
	// Damaged says that its checksum is wrong.
	Damaged bool
}

var (
	errFrame = errors.New("a frame cannot be read")
	errNewer = errors.New("a frame is of a later version")
	errTorn  = errors.New("a frame ends early")
)

// appendHeader appends the head of a frame; batches follow.
func appendHeader(dst []byte, h Header) []byte {
	start := len(dst)
	dst = append(append(dst, frameMagic...), frameVersion, 0, 0, 0)
	for _, n := range [...]uint64{h.Writer, h.Sequence, h.BatchesBefore, h.RecordsBefore} {
		dst = binary.BigEndian.AppendUint64(dst, n)
	}
	dst = binary.BigEndian.AppendUint32(dst, h.Batches)
	return binary.BigEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// appendBatch appends one batch of a frame.
func appendBatch(dst []byte, b *sealed) []byte {
	start := len(dst)
	dst = append(dst, b.ID[:]...)
	dst = binary.BigEndian.AppendUint64(dst, b.Key)
	dst = binary.BigEndian.AppendUint32(dst, b.Records)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(b.Bytes)))
	sum := crc32.Update(crc32.Checksum(dst[start:], castagnoli), castagnoli, b.Bytes)
	return append(binary.BigEndian.AppendUint32(dst, sum), b.Bytes...)
}

// readHeader reads the head of a frame and returns the batches behind it. The error is errNewer for a frame that a later winnow wrote.
func readHeader(frame []byte) (h Header, batches []byte, err error) {
	if len(frame) > len(frameMagic) && string(frame[:4]) == frameMagic && frame[4] > frameVersion {
		return Header{}, nil, errNewer
	}
	if len(frame) < frameHead || string(frame[:4]) != frameMagic || frame[4] != frameVersion ||
		binary.BigEndian.Uint32(frame[frameHead-4:]) != crc32.Checksum(frame[:frameHead-4], castagnoli) {
		return Header{}, nil, errFrame
	}
	r := reader{in: frame[8:]}
	h = Header{Writer: r.uint64(), Sequence: r.uint64(), BatchesBefore: r.uint64(), RecordsBefore: r.uint64(), Batches: r.uint32()}
	return h, frame[frameHead:], nil
}

// all yields the batches of a frame, which are in rest. Where the frame ends early the last that it yields is empty, with an error.
func (h Header) all(rest []byte) iter.Seq2[sealed, error] {
	return func(yield func(sealed, error) bool) {
		for range h.Batches {
			b, after, err := readBatch(rest)
			if !yield(b, err) || err != nil {
				return
			}
			rest = after
		}
	}
}

// readFirst reads the first batch of a frame.
func readFirst(frame []byte) (b sealed, err error) {
	_, rest, err := readHeader(frame)
	if err == nil {
		b, _, err = readBatch(rest)
	}
	return b, err
}

// readBatch takes the first batch off rest.
func readBatch(rest []byte) (b sealed, after []byte, err error) {
	r := reader{in: rest}
	id := r.take(uint64(len(b.ID)))
	b.Key, b.Records = r.uint64(), r.uint32()
	n, sum := r.uint32(), r.uint32()
	b.Bytes = r.take(uint64(n))
	if r.bad {
		return sealed{}, nil, errTorn
	}
	b.ID = ID(id)
	b.Damaged = sum != crc32.Update(crc32.Checksum(rest[:batchHead-4], castagnoli), castagnoli, b.Bytes)
	return b, r.in, nil
}
