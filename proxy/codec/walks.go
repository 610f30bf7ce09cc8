package codec

import (
	"sync"

	"winnow/scrub"
)

// Walks over bodies of OTLP and of Loki's protobuf, for the next body to use: a small one would cost a dozen allocations else. One that did not come to its end is not used
// again.
var (
	protobufWalks = sync.Pool{New: func() any { return new(walkOfProtobuf) }}
	jsonWalks     = sync.Pool{New: func() any { return new(walkOfJSON) }}
)

type walkOfProtobuf struct {
	protobuf
	batch Batch
}

// protobufWalk begins a walk over in, which makes b.
func protobufWalk(run *scrub.Run, in []byte, b Batch) *walkOfProtobuf {
	w := protobufWalks.Get().(*walkOfProtobuf)
	w.batch = b
	w.run, w.b, w.in = run, &w.batch, in
	return w
}

// over ends the walk and returns its batch.
func (w *walkOfProtobuf) over() Batch {
	b := w.batch
	*w = walkOfProtobuf{protobuf: protobuf{labelling: w.labelling[:0]}}
	protobufWalks.Put(w)
	return b
}

type walkOfJSON struct {
	logs
	batch Batch
}

// jsonWalk begins a walk over the body that run has, which makes b.
func jsonWalk(run *scrub.Run, b Batch) *walkOfJSON {
	w := jsonWalks.Get().(*walkOfJSON)
	w.batch = b
	w.run, w.b = run, &w.batch
	return w
}

// over ends the walk and returns its batch.
func (w *walkOfJSON) over() Batch {
	b := w.batch
	*w = walkOfJSON{}
	jsonWalks.Put(w)
	return b
}

// The orders of scrub.Sorter.
const (
	orderGELF uint32 = iota + 1
	orderDatadog
)
