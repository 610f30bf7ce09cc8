package spool_test

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"sync/atomic"
	"testing"

	"winnow/proxy/spool"
)

// storedFrame is a frame of two batches, which a spool in dir has sealed, and does not have.
func storedFrame(t *testing.T, dir string) []byte {
	t.Helper()
	store := embedded(t, dir)
	s := open(t, store)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	lane, err := store.Lane(t.Context(), "main", 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	const head = 48
	var frame []byte
	for i := range 2 {
		if err := q.Append(t.Context(), entry(i)); err != nil {
			t.Fatal(err)
		}
		err := lane.Read(t.Context(), uint64(i+1), func(_ uint64, f []byte) bool {
			frame = append(frame, f[i*head:]...)
			return false
		})
		if err = errors.Join(err, lane.Remove(t.Context(), uint64(i+1))); err != nil {
			t.Fatal(err)
		}
	}
	binary.BigEndian.PutUint32(frame[40:], 2)
	binary.BigEndian.PutUint32(frame[44:], crc32.Checksum(frame[:44], crc32.MakeTable(crc32.Castagnoli)))
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return frame
}

// A frame that a later winnow wrote is parked whole: it is neither delivered nor dropped, and replaying it says who can.
func TestNewerFrameIsParked(t *testing.T) {
	dir := t.TempDir()
	frame := storedFrame(t, dir)
	frame[4]++ // its version
	store := embedded(t, dir)
	lane, err := store.Lane(t.Context(), "main", 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lane.Append(t.Context(), "", "newer", frame); err != nil {
		t.Fatal(err)
	}
	s := open(t, store)
	defer closeSpool(t, s)
	q := start(t, s, func(context.Context, *spool.Entry) spool.Outcome {
		t.Error("something was delivered")
		return spool.Outcome{}
	})
	eventually(t, "it is parked", func() bool { return q.Ledger().Parked.Batches.Load() == 1 })
	list, err := q.Parked(t.Context(), 0)
	if err != nil || len(list) != 1 || list[0].Reason != spool.ReasonNewer {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := q.Replay(t.Context(), list[0].Number); !errors.Is(err, spool.ErrNewer) {
		t.Errorf("replayed: %v", err)
	}
	if list, err := q.Parked(t.Context(), 0); err != nil || len(list) != 1 {
		t.Errorf("%d are parked then, %v", len(list), err)
	}
}

// What an earlier winnow parked because it could not read the frame, one that can replays batch by batch, and the ledger stays whole.
func TestNewerFrameIsReplayed(t *testing.T) {
	dir := t.TempDir()
	frame := storedFrame(t, dir)
	s := open(t, embedded(t, dir))
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if !q.ParkNewer(t.Context(), frame) {
		t.Fatal("not parked")
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	s = open(t, embedded(t, dir))
	defer closeSpool(t, s)
	var records atomic.Int64
	q = start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
		records.Add(int64(e.Records))
		return spool.Outcome{}
	})
	list, err := q.Parked(t.Context(), 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := q.Replay(t.Context(), list[0].Number); err != nil {
		t.Fatal(err)
	}
	eventually(t, "both are delivered", func() bool { return q.Ledger().Delivered.Batches.Load() == 2 })
	if records.Load() != 6 {
		t.Errorf("%d records were delivered", records.Load())
	}
	if list, err := q.Parked(t.Context(), 0); err != nil || len(list) != 0 {
		t.Errorf("%d are parked then, %v", len(list), err)
	}
}

// A frame that cannot be read is not put back as if it were a batch: that would lose what it is.
func TestUnreadableFrameIsNotReplayed(t *testing.T) {
	dir := t.TempDir()
	store := embedded(t, dir)
	lane, err := store.Lane(t.Context(), "main", 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lane.Append(t.Context(), "", "noise", []byte("no frame")); err != nil {
		t.Fatal(err)
	}
	s := open(t, store)
	defer closeSpool(t, s)
	q := start(t, s, never)
	eventually(t, "it is parked", func() bool { return q.Ledger().Parked.Batches.Load() == 1 })
	if err := q.Replay(t.Context(), 1); !errors.Is(err, spool.ErrUnreadable) {
		t.Errorf("replayed: %v", err)
	}
	if list, err := q.Parked(t.Context(), 0); err != nil || len(list) != 1 || list[0].Reason != spool.ReasonFrame {
		t.Errorf("%+v, %v", list, err)
	}
}
