package proxy_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/proxy"
	"winnow/proxy/audit"
	"winnow/proxy/receipts"
)

// always is all the time there is.
func always(upstream string) receipts.Query {
	return receipts.Query{Upstream: upstream, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}
}

func breach(t *testing.T, r *running, q receipts.Query) *receipts.Report {
	t.Helper()
	report, err := proxy.Breach(r.Config.DataDir, q)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// GUARD-3: what an upstream acknowledged is proved afterwards: records, bytes, what was found in them, and the policy. What it did not
// acknowledge is told apart.
func TestGUARD3WhatLeftIsProved(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, scrubMode)
	for range 3 {
		if status, body := r.post(t, "/ingest", login); status/100 != 2 {
			t.Fatalf("%d %s", status, body)
		}
	}
	b.mu.Lock()
	b.reply = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }
	b.mu.Unlock()
	if status, _ := r.post(t, "/ingest", login); status < 500 {
		t.Fatalf("%d", status)
	}
	var report receipts.Report
	path := fmt.Sprintf("/api/v1/audit/breach?upstream=logs&from=%s&to=%s", stamp(-time.Hour), stamp(time.Hour))
	if err := r.local(t).Get(t.Context(), path, &report); err != nil {
		t.Fatal(err)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	for _, x := range []*receipts.Report{&report, breach(t, r, always("logs"))} {
		if !x.Whole || len(x.Tenants) != 1 || len(x.Policies) != 1 || len(x.Gaps) != 0 {
			t.Fatalf("%+v", x)
		}
		one := x.Tenants[0]
		if one.Tenant != "default" || one.Batches != 3 || one.Records != 3 || one.Bytes < 3*int64(len("[email]")) || one.Unanswered == 0 {
			t.Errorf("%+v", one)
		}
		if got := fmt.Sprint(one.Data); !strings.Contains(got, "{{finding identity replace email} 3}") {
			t.Errorf("data %s", got)
		}
	}
	if again := breach(t, r, always("elsewhere")); len(again.Tenants) != 0 || strings.Join(again.Upstreams, " ") != "logs" {
		t.Errorf("%+v", again)
	}
}

func stamp(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }

// A batch that waited is counted once it is delivered, with what was found in it when it came.
func TestGUARD3ReceiptsOfTheSpool(t *testing.T) {
	r, up, arrived := stopped(t)
	if x := breach(t, r, always("logs")); len(x.Tenants) > 0 && x.Tenants[0].Records != 0 {
		t.Errorf("counted before it left: %+v", x.Tenants)
	}
	up.Store(true)
	r = r.again(t)
	<-arrived
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	x := breach(t, r, always("logs"))
	if len(x.Tenants) != 1 || x.Tenants[0].Records != 1 || !strings.Contains(fmt.Sprint(x.Tenants[0].Data), "{{finding identity replace email} 1}") || !x.Whole {
		t.Errorf("%+v", x)
	}
}

// GUARD-3: receipts that were changed are reported as that, counted to the end, and not continued.
func TestGUARD3ChangedReceiptsShow(t *testing.T) {
	r := start(t, newBackend(t), scrubMode)
	if status, _ := r.post(t, "/ingest", login); status/100 != 2 {
		t.Fatal(status)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(r.Config.DataDir, audit.ReceiptsName)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), `"records":1`, `"records":0`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	x := breach(t, r, always("logs"))
	if x.Whole || x.Damage != "line 2: it was changed: its hash is another" || x.Unproved != 1 || len(x.Tenants) != 1 || x.Lines != 1 {
		t.Errorf("%+v", x)
	}
}
