package format_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"winnow/proxy/codec"
	"winnow/proxy/upstream"
	"winnow/scrub"
)

// deliver hands lines to an upstream as a client's batch.
func deliver(t *testing.T, p *scrub.Policy, to upstream.Upstream, lines []byte) {
	t.Helper()
	run := p.Begin(scrub.Request{})
	defer run.Close()
	b, err := codec.JSON{}.Scrub(run, &codec.Request{Method: "POST", ContentType: "application/x-ndjson", Body: lines, MaxDecoded: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Deliver(&upstream.Delivery{Codec: codec.JSON{}, Batch: &b}); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
}

func throughFile(t *testing.T, p *scrub.Policy, lines []byte) (text string) {
	t.Helper()
	dir := t.TempDir()
	f, err := upstream.NewFile(upstream.FileOptions{Dir: dir, RotateBytes: 1 << 20, RotateAge: time.Hour, KeepAge: time.Hour, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, p, f, lines)
	names, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(data)
	}
	return text
}

// object is a store of one.
type object []byte

func (o *object) Put(_ context.Context, _ string, body []byte) error {
	*o = append(*o, body...)
	return nil
}

func throughBucket(t *testing.T, p *scrub.Policy, lines []byte) string {
	t.Helper()
	var stored object
	a, err := upstream.NewArchive(upstream.ArchiveOptions{
		Store: &stored, ObjectBytes: 1, FlushInterval: time.Second, Timeout: time.Minute, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, p, a, lines)
	r, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	plain, err := r.DecodeAll(stored, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}
