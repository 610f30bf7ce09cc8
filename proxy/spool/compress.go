package spool

import (
	"bytes"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// Compression of entries before they are sealed.
type Compression uint8

// The compressions. An entry tells by its first bytes which it has, so that all can be read whatever is set: a frame of zstd begins with its magic
// number (RFC 8878, section 3.1.1), an entry as it is with its version, 1; a snappy block begins with its length decoded, which is above 1, and then
// with a literal, which the magic number is not.
const (
	Snappy Compression = iota
	Zstd
	None
)

// zstdMagic begins a frame of zstd.
var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// packer compresses entries and undoes it. It is safe for concurrent use.
type packer struct {
	how     Compression
	encoder *zstd.Encoder // nil unless how is Zstd
	decoder *zstd.Decoder
}

// maxUnpacked bounds one entry.
const maxUnpacked = 1 << 30

func newPacker(how Compression) (p *packer, err error) {
	p = &packer{how: how}
	if how == Zstd {
		if p.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20)); err != nil {
			return nil, err
		}
	}
	p.decoder, err = zstd.NewReader(nil, zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxUnpacked))
	return p, err
}

// pack returns an entry as it is sealed. One whose protocol compresses its body is kept as it is.
func (p *packer) pack(entry []byte, fixed bool) []byte {
	switch {
	case fixed || p.how == None:
		return entry
	case p.how == Zstd:
		return p.encoder.EncodeAll(entry, make([]byte, 0, len(entry)/2))
	}
	return s2.EncodeSnappy(nil, entry)
}

// unpack undoes pack, of any compression.
func (p *packer) unpack(block []byte) (entry []byte, err error) {
	switch {
	case len(block) > 0 && block[0] == entryVersion:
		return block, nil
	case bytes.HasPrefix(block, zstdMagic):
		entry, err = p.decoder.DecodeAll(block, nil)
	default:
		entry, err = s2.Decode(nil, block)
	}
	if err != nil {
		return nil, errSealed
	}
	return entry, nil
}
