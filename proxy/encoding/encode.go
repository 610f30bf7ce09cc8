package encoding

import (
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/molecule-man/go-brrr"
)

// Levels are the quick ones: compressing costs many times what scrubbing does.
const (
	deflateLevel = flate.BestSpeed
	brotliLevel  = 2
)

// encode applies one coding.
func encode(dst, src []byte, c coding) ([]byte, error) {
	switch c {
	case snappyBlock:
		dst = reserve(dst, s2.MaxEncodedLen(len(src)))
		return dst[:len(dst)+len(s2.EncodeSnappy(dst[len(dst):cap(dst)], src))], nil
	case zstandard:
		return zstdEncoder().EncodeAll(src, dst), nil
	case snappyFrames, framedSnappy:
		if c = snappyFrames; len(src) == 0 {
			return append(dst, snappyMagic...), nil
		}
	}
	w := writers[c].Get().(*writer)
	defer writers[c].Put(w)
	w.out = dst
	w.to.Reset(w)
	_, err := w.to.Write(src)
	if err == nil {
		err = w.to.Close()
	}
	dst, w.out = w.out, nil
	return dst, err
}

// zstdEncoder is shared: EncodeAll keeps its own pool.
var zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
	return must(zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20)))
})

// writer is one pooled encoder, and what it writes to.
type writer struct {
	to interface {
		io.WriteCloser
		Reset(io.Writer)
	}
	out []byte
}

func (w *writer) Write(p []byte) (int, error) {
	w.out = append(w.out, p...)
	return len(p), nil
}

var writers = [codings]sync.Pool{
	gzipped:      {New: func() any { w, err := gzip.NewWriterLevel(nil, deflateLevel); return &writer{to: must(w, err)} }},
	zlibbed:      {New: func() any { w, err := zlib.NewWriterLevel(nil, deflateLevel); return &writer{to: must(w, err)} }},
	deflated:     {New: func() any { w, err := flate.NewWriter(nil, deflateLevel); return &writer{to: must(w, err)} }},
	snappyFrames: {New: func() any { return &writer{to: s2.NewWriter(nil, s2.WriterSnappyCompat(), s2.WriterConcurrency(1))} }},
	brotli:       {New: func() any { w, err := brrr.NewWriter(nil, brotliLevel); return &writer{to: must(w, err)} }},
}

// must is for constructors that fail on bad constants only.
func must[T any](v T, err error) T {
	if err != nil {
		panic("encoding: " + err.Error())
	}
	return v
}
