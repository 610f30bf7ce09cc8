package upstream_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/upstream"
)

// A backend that speaks another protocol gets records on its own path, with nothing of the client's request, and the client hears of it in
// its own protocol.
func TestDeliverRecords(t *testing.T) {
	for format, want := range map[config.Format][3]string{
		config.FormatNDJSON:        {"/insert/jsonline", "application/x-ndjson", `{"msg":"nothing to find"}`},
		config.FormatLoki:          {"/loki/api/v1/push", "application/json", `","nothing to find"]]}]}`},
		config.FormatElasticsearch: {"/logs-winnow-default/_bulk", "application/x-ndjson", `{"create":{}}` + "\n" + `{"@timestamp":"`},
		config.FormatOTLP:          {"/v1/logs", "application/x-protobuf", "nothing to find"},
		config.FormatSplunk:        {"/services/collector/event", "application/json", `,"event":{"msg":"nothing to find"}}`},
	} {
		t.Run(string(format), func(t *testing.T) {
			b := newBackend(t, func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"took":1,"errors":false}`)) })
			if format == config.FormatOTLP {
				b.reply = ok
			}
			d := deliveryOf(t, `{"msg":"nothing to find"}`+"\n")
			d.Path, d.Query, d.Headers = "/ingest", []byte("debug=1"), [][2]string{{"X-Channel", "theirs"}}
			answer, err := open(t, newClock(), config.Upstream{URL: b.URL, Format: format}, nil).Deliver(d)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Status != http.StatusOK || !strings.Contains(string(answer.Body), `"accepted":1`) {
				t.Errorf("answer %d %s", answer.Status, answer.Body)
			}
			if got := b.last.Method + b.last.URL.Path; got != "POST"+want[0] || b.last.Header.Get("Content-Type") != want[1] {
				t.Errorf("%s as %q", got, b.last.Header.Get("Content-Type"))
			}
			if b.last.Header.Get("X-Channel") != "" || strings.Contains(b.last.URL.RawQuery, "debug") {
				t.Error("something of the client's request went along")
			}
			if !strings.Contains(string(b.body), want[2]) {
				t.Errorf("body %q", b.body)
			}
		})
	}
}

// What the backend says of records decides what the client hears.
func TestRecordsAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		why    codec.Refusal // 0: taken
		reject int
	}{
		{200, `{"errors":false,"items":[{"create":{"status":201}}]}`, 0, 0},
		{200, `{"errors":true,"items":[{"create":{"status":400}}]}`, 0, 1},
		{200, `{"errors":true,"items":[{"create":{"status":429}}]}`, codec.Busy, 0},
		{429, ``, codec.Busy, 0},
		{413, ``, codec.TooLarge, 0},
		{400, `{"error":"no such index"}`, codec.Malformed, 0},
		{401, ``, codec.UpstreamDown, 0},
		{500, ``, codec.UpstreamDown, 0},
		{302, ``, codec.UpstreamDown, 0},
	} {
		b := newBackend(t, func(w http.ResponseWriter) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		})
		d := deliveryOf(t, `{"msg":"nothing to find"}`+"\n")
		_, err := open(t, newClock(), config.Upstream{URL: b.URL, Format: config.FormatElasticsearch}, nil).Deliver(d)
		var e *upstream.Error
		if errors.As(err, &e) && e.Why != c.why || (err != nil) != (c.why != 0) || d.Batch.Withheld != c.reject {
			t.Errorf("%d %s: %v, %d rejected", c.status, c.body, err, d.Batch.Withheld)
		}
	}
}

// A backend that has no room for some records of a bulk request gets those alone once more: what it took does not arrive twice.
func TestRecordsSentAgain(t *testing.T) {
	answers := []string{
		`{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429}},{"create":{"status":400}},{"create":{"status":503}}]}`,
		`{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400}}]}`,
	}
	var seen []string
	var b *backend
	b = newBackend(t, func(w http.ResponseWriter) {
		seen = append(seen, string(b.body))
		_, _ = w.Write([]byte(answers[len(seen)-1]))
	})
	d := deliveryOf(t, `{"msg":"one"}`+"\n"+`{"msg":"two"}`+"\n"+`{"msg":"three"}`+"\n"+`{"msg":"four"}`+"\n")
	if _, err := open(t, newClock(), config.Upstream{URL: b.URL, Format: config.FormatElasticsearch}, nil).Deliver(d); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || d.Batch.Withheld != 2 {
		t.Fatalf("%d requests, %d records refused", len(seen), d.Batch.Withheld)
	}
	for word, want := range map[string]bool{"one": false, "two": true, "three": false, "four": true} {
		if strings.Contains(seen[1], word) != want {
			t.Errorf("sent again: %s", seen[1])
		}
	}
}

// A backend that stays full is asked a few times, within the time-out, and the client told to come back.
func TestRecordsStayBusy(t *testing.T) {
	for timeout, most := range map[time.Duration]int{50 * time.Millisecond: 1, 10 * time.Second: 4} {
		requests := 0
		b := newBackend(t, func(w http.ResponseWriter) {
			requests++
			_, _ = w.Write([]byte(`{"errors":true,"items":[{"create":{"status":429}}]}`))
		})
		d := deliveryOf(t, `{"msg":"one"}`+"\n")
		_, err := open(t, newClock(), config.Upstream{URL: b.URL, Format: config.FormatElasticsearch, Timeout: config.Duration(timeout)}, nil).Deliver(d)
		var e *upstream.Error
		if !errors.As(err, &e) || e.Why != codec.Busy || requests != most || d.Batch.Withheld != 0 {
			t.Errorf("time-out %v: %v after %d requests, %d records refused", timeout, err, requests, d.Batch.Withheld)
		}
	}
}
