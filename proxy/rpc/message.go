package rpc

import (
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// message is one message as it is on the wire, decompressed.
type message struct {
	data   []byte
	buffer mem.Buffer // that data is in; nil: its own
}

func (m *message) free() {
	if m.buffer != nil {
		m.buffer.Free()
	}
}

// raw leaves messages as they are, and encodes those of the health service.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	switch v := v.(type) {
	case *message:
		return mem.BufferSlice{mem.SliceBuffer(v.data)}, nil
	case proto.Message:
		data, err := proto.Marshal(v)
		return mem.BufferSlice{mem.SliceBuffer(data)}, err
	}
	return nil, errForeign
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	switch v := v.(type) {
	case *message:
		v.buffer = data.MaterializeToBuffer(mem.DefaultBufferPool())
		v.data = v.buffer.ReadOnlyData()
		return nil
	case proto.Message:
		return proto.Unmarshal(data.Materialize(), v)
	}
	return errForeign
}

var errForeign = errors.New("neither bytes nor a message")

// zstdCompressor keeps decoders and encoders from one message to the next. How much a message decodes to is bounded by who reads it.
type zstdCompressor struct{ decoders, encoders sync.Pool }

// maxWindow bounds the memory of one decoder; RFC 8878 recommends that decoders take 8 MiB at least.
const maxWindow = 8 << 20

func newZstd() encoding.Compressor { return &zstdCompressor{} }

func (*zstdCompressor) Name() string { return "zstd" }

func (c *zstdCompressor) Compress(w io.Writer) (io.WriteCloser, error) {
	if e, ok := c.encoders.Get().(*zstdEncoder); ok {
		e.Reset(w)
		return e, nil
	}
	e, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	return &zstdEncoder{e, &c.encoders}, nil
}

func (c *zstdCompressor) Decompress(r io.Reader) (io.Reader, error) {
	if d, ok := c.decoders.Get().(*zstdDecoder); ok {
		return d, d.Reset(r)
	}
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return &zstdDecoder{d, &c.decoders}, nil
}

type zstdEncoder struct {
	*zstd.Encoder
	pool *sync.Pool
}

func (e *zstdEncoder) Close() error {
	err := e.Encoder.Close()
	e.pool.Put(e)
	return err
}

type zstdDecoder struct {
	*zstd.Decoder
	pool *sync.Pool
}

// Close gives the decoder back; gRPC calls it when the message is read.
func (d *zstdDecoder) Close() error {
	err := d.Reset(nil)
	d.pool.Put(d)
	return err
}
