package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary stand in for the bench when it starts itself as the bare proxy.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == bareFlag {
		exit(serveBare(os.Args[2]))
	}
	os.Exit(m.Run())
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		args, wantErr string
	}{
		{"", ""},
		{"-protocol all -body all -clients 1 -duration 100ms -json", ""},
		{"-protocol json,syslog", `unknown protocol "syslog"`},
		{"-body 1MB", `unknown size of body "1MB"`},
		{"-format loki", ""},
		{"-format xml", `unknown format "xml"`},
		{"-clients 0", "measure nothing"},
		{"-duration 1ms", "measure nothing"},
	} {
		_, err := parse(strings.Fields(c.args))
		if (err == nil) != (c.wantErr == "") || err != nil && !strings.Contains(err.Error(), c.wantErr) {
			t.Errorf("%q: got error %v, want %q", c.args, err, c.wantErr)
		}
	}
}

func TestEveryProtocolHasLoads(t *testing.T) {
	want := map[string]int{"json": 1, "elasticsearch": 1, "loki": 2, "otlp": 4, "splunk": 1, "datadog": 1,
		"clickhouse": 1, "sentry": 1, "browser": 1, "gelf": 1}
	for protocol, n := range want {
		list := loads(protocol, bodySizes["2.4KB"])
		if len(list) != n {
			t.Errorf("%s: %d kinds of body, want %d", protocol, len(list), n)
		}
		for _, l := range list {
			if len(l.bodies) != variants || bytes.Equal(l.bodies[0].Data, l.bodies[1].Data) {
				t.Errorf("%s: %d bodies, or the same twice", l.name, len(l.bodies))
			}
		}
	}
}

// A proxy that scrubs nothing must not get a figure.
func TestVerifyFindsALeak(t *testing.T) {
	backend, bare := pair(t)
	for _, protocol := range protocolWords {
		for _, l := range loads(protocol, bodySizes["113KB"]) {
			err := verify(backend, bare, l)
			if err == nil || !strings.Contains(err.Error(), "winnow leaks") {
				t.Errorf("%s: got error %v, want a leak", l.name, err)
			}
		}
	}
}

func TestCompleteWantsMostOfTheBody(t *testing.T) {
	body := &loads("json", bodySizes["2.4KB"])[0].bodies[0]
	if err := complete(nil, body); err == nil || !strings.Contains(err.Error(), "withheld") {
		t.Errorf("an empty body passed: %v", err)
	}
	if err := complete(bytes.Repeat([]byte("x"), len(body.Plain)), body); err != nil {
		t.Errorf("a whole body without planted values did not pass: %v", err)
	}
}

// The bare proxy measured against itself: every figure is there, and the ratio is near one.
func TestCompare(t *testing.T) {
	_, bare := pair(t)
	o := options{duration: 300 * time.Millisecond, clients: 4}
	list, err := compare(t.Context(), []*subject{{child: bare}, {child: bare}}, loads("json", bodySizes["113KB"])[0], o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if r.CPUSecondsPerGB <= 0 || r.CPUSecondsPerGBMedian < r.CPUSecondsPerGB || r.RequestsPerS <= 0 || r.P99 < r.P50 || r.P50 <= 0 || r.PeakMemory < 1<<20 || r.AllocsPerRecord == nil {
			t.Errorf("a figure is missing: %+v", r)
		}
	}
	if r := list[1].Ratio; r < 0.2 || r > 5 {
		t.Errorf("the bare proxy has a ratio of %.2f to itself", r)
	}
	checkReport(t, list)
}

func checkReport(t *testing.T, list []row) {
	t.Helper()
	var lines, table bytes.Buffer
	for _, r := range []*report{newReport(&lines, true), newReport(&table, false)} {
		if err := r.add(list); err != nil {
			t.Fatal(err)
		}
		if err := r.finish(); err != nil {
			t.Fatal(err)
		}
	}
	var first row
	if err := json.NewDecoder(&lines).Decode(&first); err != nil || first.CPUSecondsPerGB != list[0].CPUSecondsPerGB {
		t.Errorf("JSON did not survive: %v", err)
	}
	if n := strings.Count(table.String(), "\n"); n != 1+len(list) {
		t.Errorf("table has %d lines:\n%s", n, table.String())
	}
}

// pair starts a sink and a bare proxy before it.
func pair(t *testing.T) (*sink, *child) {
	t.Helper()
	backend, err := startSink()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(backend.stop)
	bare, err := startBare(t.Context(), backend.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bare.stop)
	return backend, bare
}
