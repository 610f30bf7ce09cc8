package ingest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A small body that is refused for want of room is read and thrown away: the connection stays, and what comes next on it is a request of its own.
func TestBusyKeepsConnection(t *testing.T) {
	s := open(t, nil)
	if !s.budget.Acquire("other", 94<<10, true) {
		t.Fatal("no room to take")
	}
	hidden := "POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nhidden"
	request := fmt.Sprintf("POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(hidden), hidden)
	r := s.say(t, request+strings.Replace(request, "Host: x", "Host: x\r\nConnection: close", 1))
	answers, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(answers, []byte("HTTP/1.1 429")); n != 2 {
		t.Errorf("%d of 2 refusals on one connection:\n%s", n, answers)
	}
	s.budget.Release("other", 94<<10)
	if got := s.handler.handled(); len(got) != 0 {
		t.Errorf("handled %q", got)
	}
}

func BenchmarkRefusal(b *testing.B) {
	s := open(b, nil)
	if !s.budget.Acquire("other", 94<<10, true) {
		b.Fatal("no room to take")
	}
	defer s.budget.Release("other", 94<<10)
	body := make([]byte, 16<<10)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		answer, err := http.Post("http://"+s.addr+"/ingest", "application/x-ndjson", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusTooManyRequests {
			b.Fatal(answer.StatusCode, err)
		}
		if err := answer.Body.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
