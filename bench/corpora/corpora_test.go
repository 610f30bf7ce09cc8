package corpora_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/klauspost/compress/snappy"

	"winnow/bench/corpora"
)

func TestTextsAreWhatTheySay(t *testing.T) {
	const size = 256 << 10
	wantBytes := map[string][2]int{ // a record, on average
		"app": {340, 420}, "app-clean": {340, 420}, "access": {150, 260}, "system": {60, 160}, "plain": {140, 220},
	}
	for _, c := range corpora.Texts(1, size) {
		if len(c.Data) < size || len(c.Data) > size+2000 {
			t.Errorf("%s: %d bytes, asked for %d", c.Name, len(c.Data), size)
		}
		if n := bytes.Count(c.Data, []byte("\n")); n != c.Records {
			t.Errorf("%s: %d lines, says %d records", c.Name, n, c.Records)
		}
		if mean := len(c.Data) / c.Records; mean < wantBytes[c.Name][0] || mean > wantBytes[c.Name][1] {
			t.Errorf("%s: %d bytes a record, want %v", c.Name, mean, wantBytes[c.Name])
		}
		if got := c.Planted.Leaks(c.Data); len(got) != len(c.Planted) {
			t.Errorf("%s: %d of %d planted values are in the text", c.Name, len(got), len(c.Planted))
		}
	}
}

func TestOneRecordInFiveIsDirty(t *testing.T) {
	c := corpora.App(2, 1<<20)
	dirty := 0
	for line := range bytes.Lines(c.Data) {
		if len(c.Planted.Leaks(line)) > 0 {
			dirty++
		}
	}
	if share := float64(dirty) / float64(c.Records); share < 0.18 || share > 0.22 {
		t.Errorf("%.1f %% of records are dirty, want about 20", 100*share)
	}
	if clean := corpora.AppClean(2, 1<<20); len(clean.Planted) != 0 || len(c.Planted.Leaks(clean.Data)) != 0 {
		t.Errorf("app-clean holds planted values")
	}
}

func TestJSONTextsAreJSON(t *testing.T) {
	for _, c := range corpora.Texts(3, 64<<10) {
		if !c.JSON {
			continue
		}
		for line := range bytes.Lines(c.Data) {
			if !json.Valid(line) {
				t.Fatalf("%s: not JSON: %s", c.Name, line)
			}
		}
	}
}

func TestBodiesAreWhatTheySay(t *testing.T) {
	for _, size := range []int{corpora.SmallBody, corpora.LargeBody} {
		for _, b := range corpora.Bodies(4, size) {
			if len(b.Plain) < size || len(b.Plain) > size+size/4+600 {
				t.Errorf("%s: %d bytes, asked for %d", b.Name, len(b.Plain), size)
			}
			if b.Records < size/700 || b.Records > size/100 {
				t.Errorf("%s: %d records in %d bytes", b.Name, b.Records, size)
			}
			if got := b.Planted.Leaks(b.Plain); len(got) != len(b.Planted) {
				t.Errorf("%s: %d of %d planted values are in the body", b.Name, len(got), len(b.Planted))
			}
			if bytes.HasPrefix(b.Plain, []byte(`{"streams"`)) || bytes.HasPrefix(b.Plain, []byte(`{"resourceLogs"`)) {
				if !json.Valid(b.Plain) {
					t.Errorf("%s: not JSON", b.Name)
				}
			}
		}
	}
}

func TestLokiProtoIsSnappy(t *testing.T) {
	b := corpora.LokiProto(5, corpora.LargeBody)
	plain, err := snappy.Decode(nil, b.Data)
	if err != nil || !bytes.Equal(plain, b.Plain) {
		t.Errorf("the body is not a snappy block of Plain: %v", err)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	for i, c := range corpora.Texts(6, 32<<10) {
		again := corpora.Texts(6, 32<<10)[i]
		if !bytes.Equal(c.Data, again.Data) || !slices.Equal(c.Planted, again.Planted) {
			t.Errorf("%s: the same seed gave other bytes", c.Name)
		}
		if other := corpora.Texts(7, 32<<10)[i]; bytes.Equal(c.Data, other.Data) {
			t.Errorf("%s: another seed gave the same bytes", c.Name)
		}
	}
	for i, b := range corpora.Bodies(6, corpora.SmallBody) {
		if !bytes.Equal(b.Data, corpora.Bodies(6, corpora.SmallBody)[i].Data) {
			t.Errorf("%s: the same seed gave other bytes", b.Name)
		}
	}
}

func TestAdversarialInputsHaveTheSizeAskedFor(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range corpora.Adversarial(10_000) {
		if len(c.Data) != 10_000 || seen[c.Name] {
			t.Errorf("%s: %d bytes, or a name twice", c.Name, len(c.Data))
		}
		seen[c.Name] = true
	}
	if len(seen) < 25 {
		t.Errorf("%d adversarial inputs, want 25", len(seen))
	}
}
