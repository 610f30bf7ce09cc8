package measure_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"winnow/bench/measure"
)

// spin uses CPU for a while that grows with n.
func spin(n int) func() {
	var sum uint64
	return func() {
		for i := range n {
			sum = sum*31 + uint64(i)
		}
	}
}

func TestRatioFollowsTheWork(t *testing.T) {
	results := measure.Interleaved(5, 10*time.Millisecond, []measure.Case{
		{Name: "base", Bytes: 1000, Records: 10, Run: spin(20_000)},
		{Name: "slow", Bytes: 1000, Records: 10, Run: spin(200_000), Against: map[string]string{"base": "base", "none": "no such case"}},
	})
	ratio, ok := results[1].Ratio["base"]
	if !ok || ratio < 0.03 || ratio > 0.3 {
		t.Errorf("ten times the work came out as a ratio of %.3f", ratio)
	}
	if _, ok := results[1].Ratio["none"]; ok {
		t.Error("a ratio to a case that was not run")
	}
	if results[0].MBPerSMedian > results[0].MBPerS {
		t.Errorf("median %f above best %f", results[0].MBPerSMedian, results[0].MBPerS)
	}
}

func TestAllocationsAreCounted(t *testing.T) {
	var keep []byte
	r := measure.Interleaved(2, time.Millisecond, []measure.Case{
		{Name: "allocates", Bytes: 1, Records: 1, Run: func() { keep = make([]byte, 100) }},
	})[0]
	if *r.AllocsPerRecord < 1 || *r.AllocsPerRecord > 1.5 {
		t.Errorf("one allocation a record counted as %.3f (%d)", *r.AllocsPerRecord, len(keep))
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 0.99: 5, 1: 5} {
		if got := measure.Quantile(values, q); got != want {
			t.Errorf("quantile %.2f is %v, want %v", q, got, want)
		}
	}
	if values[0] != 5 {
		t.Error("the values were put in another order")
	}
}

func TestTableShowsMissingRatios(t *testing.T) {
	var b bytes.Buffer
	err := measure.Table(&b, []measure.Result{{Name: "a", Ratio: map[string]float64{"x": 2}}, {Name: "b"}}, "x")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 3 || !strings.HasSuffix(lines[1], "2") || !strings.HasSuffix(lines[2], "-") {
		t.Errorf("unexpected table:\n%s", b.String())
	}
}
