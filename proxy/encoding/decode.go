package encoding

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/molecule-man/go-brrr"
)

// grant is what one decoding may hold.
type grant struct {
	budget Budget
	limit  int // of decoded bytes
	base   int // held beside the destination: windows, and the form between two codings
}

func (g *grant) hold(n int) bool { return g.budget == nil || g.budget.Hold(g.base+n) }

// maxWindow bounds what a zstd frame may ask to look back (RFC 9659).
const maxWindow = 8 << 20

// decode undoes one coding. It replaces deflate and snappy by the form it met.
func decode(dst, src []byte, c *coding, g *grant) ([]byte, error) {
	if len(src) == 0 {
		return dst, ErrCorrupt
	}
	hint, kind := 4*len(src), *c
	switch kind {
	case gzipped:
		hint = gzipSize(src) + 1
	case zlibbed, deflated:
		if kind = zlibbed; !wrapped(src) {
			kind = deflated
		}
		*c = kind
	case snappyBlock, snappyFrames:
		if kind = snappyFrames; !bytes.HasPrefix(src, snappyMagic) {
			*c = snappyBlock
			return decodeBlock(dst, src, g)
		}
		*c = kind
	case framedSnappy:
		kind = snappyFrames
	case zstandard:
		var h zstd.Header
		if h.Decode(src) == nil && h.HasFCS {
			if h.FrameContentSize > uint64(g.limit) {
				return dst, ErrTooLarge
			}
			hint = int(h.FrameContentSize) + 1
		}
		g.base += int(min(h.WindowSize, maxWindow))
	case brotli:
		g.base += 2 << windowBits(src[0])
	}
	s := readers[kind].Get().(stream)
	defer readers[kind].Put(s)
	defer s.drop()
	if s.reset(src) != nil {
		return dst, ErrCorrupt
	}
	dst, err := read(dst, s, min(hint, 32*len(src)+512), g)
	if err == nil && s.left() > 0 {
		err = ErrCorrupt
	}
	return dst, err
}

var snappyMagic = []byte("\xff\x06\x00\x00sNaPpY")

// wrapped tells zlib from bare deflate by its two bytes of header (RFC 1950 section 2.2).
func wrapped(src []byte) bool {
	return len(src) >= 2 && src[0]&0x0f == 8 && src[0]>>4 <= 7 && (uint(src[0])<<8|uint(src[1]))%31 == 0
}

// gzipSize is the size, modulo 2^32, that the last member of a gzip body states at its end.
func gzipSize(src []byte) int {
	if len(src) < 4 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(src[len(src)-4:]))
}

// windowBits reads WBITS from a br stream's first byte (RFC 7932 section 9.1).
func windowBits(b byte) uint {
	switch {
	case b&1 == 0:
		return 16
	case b>>1&7 != 0:
		return 17 + uint(b>>1&7)
	case b>>4&7 == 0:
		return 17
	}
	return 8 + uint(b>>4&7)
}

// maxBlockRatio is more than a snappy block can grow: its longest copy makes 64 bytes out of 3.
const maxBlockRatio = 22

// decodeBlock undoes a snappy block, which states its size first.
func decodeBlock(dst, src []byte, g *grant) ([]byte, error) {
	n, err := s2.DecodedLen(src)
	switch {
	case err != nil:
		return dst, ErrCorrupt
	case n > g.limit:
		return dst, ErrTooLarge
	case n > maxBlockRatio*len(src):
		return dst, ErrCorrupt
	case !g.hold(n):
		return dst, ErrNoRoom
	}
	at := len(dst)
	dst = reserve(dst, n)
	if _, err := s2.Decode(dst[at:at+n], src); err != nil {
		return dst, ErrCorrupt
	}
	return dst[:at+n], nil
}

// reserve makes room for n bytes after those there.
func reserve(dst []byte, n int) []byte {
	if cap(dst)-len(dst) >= n {
		return dst
	}
	b := make([]byte, len(dst), len(dst)+n)
	copy(b, dst)
	return b
}

// read appends all that s has to dst, asking the budget before it holds more. It reads one byte beyond the limit to know of it.
func read(dst []byte, s io.Reader, hint int, g *grant) ([]byte, error) {
	start, granted := len(dst), 0
	for idle := 0; idle < 100; idle++ {
		if have := len(dst) - start; have == granted {
			if have > g.limit {
				return dst, ErrTooLarge
			}
			granted = min(max(2*granted, hint, 512), g.limit+1)
			if !g.hold(granted) {
				return dst, ErrNoRoom
			}
			dst = reserve(dst, granted-have)
		}
		n, err := s.Read(dst[len(dst) : start+granted])
		dst = dst[:len(dst)+n]
		switch {
		case err == io.EOF && len(dst)-start > g.limit:
			return dst, ErrTooLarge
		case err == io.EOF:
			return dst, nil
		case errors.Is(err, zstd.ErrWindowSizeExceeded):
			return dst, ErrTooLarge
		case err != nil:
			return dst, ErrCorrupt
		case n > 0:
			idle = 0
		}
	}
	return dst, ErrCorrupt
}

// stream is one pooled decoder.
type stream interface {
	io.Reader
	reset(src []byte) error
	drop()     // forgets the source
	left() int // bytes of the source that were not read
}

var readers = [codings]sync.Pool{
	gzipped:      {New: func() any { return new(gzipStream) }},
	zlibbed:      {New: func() any { return new(zlibStream) }},
	deflated:     {New: func() any { return new(flateStream) }},
	zstandard:    {New: func() any { return newZstdStream() }},
	snappyFrames: {New: func() any { return &snappyStream{Reader: s2.NewReader(nil, s2.ReaderMaxBlockSize(64<<10))} }},
	brotli:       {New: func() any { return &brotliStream{Reader: brrr.NewReader(nil)} }},
}

// source is the encoded body. Decoders that take bytes one by one leave what they do not need.
type source struct{ in bytes.Reader }

func (s *source) drop()     { s.in.Reset(nil) }
func (s *source) left() int { return s.in.Len() }

// gzipStream goes on with the next member, as RFC 1952 has it; what is no member is an error.
type gzipStream struct {
	source
	gzip.Reader
}

func (s *gzipStream) reset(src []byte) error {
	s.in.Reset(src)
	return s.Reader.Reset(&s.in)
}

type zlibStream struct {
	source
	io.ReadCloser
}

func (s *zlibStream) reset(src []byte) (err error) {
	s.in.Reset(src)
	if s.ReadCloser == nil {
		s.ReadCloser, err = zlib.NewReader(&s.in)
		return err
	}
	return s.ReadCloser.(zlib.Resetter).Reset(&s.in, nil)
}

type flateStream struct {
	source
	io.ReadCloser
}

func (s *flateStream) reset(src []byte) error {
	s.in.Reset(src)
	if s.ReadCloser == nil {
		s.ReadCloser = flate.NewReader(&s.in)
		return nil
	}
	return s.ReadCloser.(flate.Resetter).Reset(&s.in, nil)
}

type zstdStream struct {
	source
	*zstd.Decoder
}

func newZstdStream() *zstdStream {
	return &zstdStream{Decoder: must(
		zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow)))}
}

func (s *zstdStream) reset(src []byte) error {
	s.in.Reset(src)
	return s.Decoder.Reset(&s.in)
}

type snappyStream struct {
	source
	*s2.Reader
}

func (s *snappyStream) reset(src []byte) error { //nolint:unparam // other streams read a header here
	s.in.Reset(src)
	s.Reader.Reset(&s.in)
	return nil
}

// brotliStream hands out the last byte alone: a decoder that ends without asking for it has met its end early, so what follows is not
// of the stream.
type brotliStream struct {
	*brrr.Reader
	src []byte
}

func (s *brotliStream) reset(src []byte) error { //nolint:unparam // other streams read a header here
	s.src = src
	s.Reader.Reset(brotliSource{s})
	return nil
}

func (s *brotliStream) drop()     { s.src = nil }
func (s *brotliStream) left() int { return len(s.src) }

type brotliSource struct{ *brotliStream }

func (s brotliSource) Read(p []byte) (int, error) {
	if len(s.src) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.src[:max(1, len(s.src)-1)])
	s.src = s.src[n:]
	return n, nil
}
