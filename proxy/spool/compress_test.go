package spool_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"winnow/proxy/spool"
)

var compressions = map[string]spool.Compression{"snappy": spool.Snappy, "zstd": spool.Zstd, "none": spool.None}

// What was stored under one compression is delivered as it was under any other, and so is a body that its protocol compresses.
func TestCompressionCanChange(t *testing.T) {
	for before, how := range compressions {
		t.Run(before, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, embedded(t, dir), func(o *spool.Options) { o.Compression = how })
			q, err := s.Queue(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			noise := rand.New(rand.NewPCG(1, 2))
			var bodies [][]byte
			for n := range 40 {
				e := entry(n)
				e.Request.Fixed = n%2 == 0
				if e.Request.Fixed {
					e.Body = make([]byte, 5000)
					for i := range e.Body {
						e.Body[i] = byte(noise.Uint32())
					}
				}
				e.Body = e.Body[:len(e.Body)*n/40]
				bodies = append(bodies, e.Body)
				if err := q.Append(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
			closeSpool(t, s)
			for after, other := range compressions {
				if other == how {
					continue
				}
				s = open(t, embedded(t, dir), func(o *spool.Options) { o.Compression = other })
				if q, err = s.Queue(t.Context(), "main"); err != nil {
					t.Fatal(err)
				}
				if r, err := q.Verify(t.Context()); err != nil || !r.Sound() || r.Batches != int64(len(bodies)) {
					t.Errorf("under %s: %+v, %v", after, r, err)
				}
				closeSpool(t, s)
			}
			s = open(t, embedded(t, dir))
			defer closeSpool(t, s)
			a := newArrivals()
			q = start(t, s, func(_ context.Context, e *spool.Entry) spool.Outcome {
				if want := bodies[number(e)]; !bytes.Equal(e.Body, want) {
					t.Errorf("body %d has %d bytes, had %d", number(e), len(e.Body), len(want))
				}
				return a.add(e)
			})
			eventually(t, "all arrive", func() bool { return q.Ledger().Delivered.Batches.Load() == int64(len(bodies)) })
			a.once(t, len(bodies))
		})
	}
}

// Text takes less room under zstd than under snappy, and less under that than as it is.
func TestCompressionCompresses(t *testing.T) {
	var text bytes.Buffer
	noise := rand.New(rand.NewPCG(1, 2))
	for text.Len() < 64<<10 {
		fmt.Fprintf(&text, `{"level":"info","path":"/v1/items/%d","status":%d,"took_ms":%d}`+"\n", noise.IntN(1000), 200+noise.IntN(4), noise.IntN(500))
	}
	sizes := map[string]uint64{}
	for name, how := range compressions {
		s := open(t, embedded(t, t.TempDir()), func(o *spool.Options) { o.Compression = how })
		q, err := s.Queue(t.Context(), "main")
		if err != nil {
			t.Fatal(err)
		}
		e := entry(1)
		e.Body = text.Bytes()
		if err := q.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		waiting, _, err := q.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes[name] = waiting.Bytes
		closeSpool(t, s)
	}
	if sizes["zstd"] >= sizes["snappy"] || sizes["snappy"] >= sizes["none"] {
		t.Errorf("sizes %v", sizes)
	}
	t.Log(sizes)
}
