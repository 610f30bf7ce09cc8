package spool

import (
	"context"
	"time"

	"winnow/proxy/pause"
)

// A client that did not hear the answer may send its batch to another node. So nodes that share a lane tell each other the ids of what they have stored,
// frame by frame: ids of 16 bytes, one after the other. This is not kept: what a node stored in the moment before it died, or while another was
// starting or out of reach, is not known there, and is stored once more if it is sent again.

// tell tells other nodes what was stored.
func (w *writer) tell(group []*append1) {
	if !w.shared {
		return
	}
	w.ids = w.ids[:0]
	for _, a := range group {
		w.ids = append(w.ids, a.batch.ID[:]...)
	}
	_ = w.lane.Tell(w.ids) // it is told, or is not
}

// hear remembers what other nodes have stored, until ctx is done.
func (w *writer) hear(ctx context.Context) {
	for ctx.Err() == nil {
		_ = w.lane.Hear(ctx, w.heard) // of a connection that is gone: on the next one
		pause.For(ctx, time.Second)
	}
}

// heard remembers the ids that a node told. Those that are known are this node's own, as a rule.
func (w *writer) heard(ids []byte) {
	a := &append1{done: make(chan struct{})}
	close(a.done)
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(ids) >= len(ID{}) {
		id := ID(ids)
		if _, known := w.recent.find(id); !known {
			w.recent.add(id, a)
		}
		ids = ids[len(id):]
	}
}
