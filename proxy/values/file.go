package values

import (
	"encoding/binary"
	"hash/crc32"
)

// A value's file, numbers little-endian:
//
//	"winnow value 1\n"   15 bytes
//	revision             8 bytes
//	value                the rest but 4
//	CRC-32C              4 bytes, over all before
const (
	magic = "winnow value 1\n"
	head  = len(magic) + 8
	tail  = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func pack(value []byte, revision uint64) []byte {
	text := append(make([]byte, 0, head+len(value)+tail), magic...)
	text = append(binary.LittleEndian.AppendUint64(text, revision), value...)
	return binary.LittleEndian.AppendUint32(text, crc32.Checksum(text, castagnoli))
}

// unpack returns a part of text.
func unpack(text []byte) (value []byte, revision uint64, ok bool) {
	if len(text) < head+tail || string(text[:len(magic)]) != magic {
		return nil, 0, false
	}
	body := text[:len(text)-tail]
	if binary.LittleEndian.Uint32(text[len(body):]) != crc32.Checksum(body, castagnoli) {
		return nil, 0, false
	}
	return body[head:], binary.LittleEndian.Uint64(text[len(magic):]), true
}
