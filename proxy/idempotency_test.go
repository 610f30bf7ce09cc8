package proxy_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"strings"
	"testing"
)

// stored fails unless so many batches were stored and so many told to be known already.
func (r *running) stored(t *testing.T, what string, acked, repeated int) {
	t.Helper()
	metrics := r.get(t, "/metrics")
	for fate, n := range map[string]int{"acked": acked, "repeated": repeated} {
		if want := fmt.Sprintf("winnow_spool_batches_total{fate=%q,lane=\"logs\"} %d\n", fate, n); !strings.Contains(metrics, want) {
			t.Errorf("%s: %s is missing", what, strings.TrimSpace(want))
		}
	}
}

// What a client sends again is stored once as far as its route can tell it, and two equal requests that are both meant are two: by key unless they have
// one, by content never, and with idempotency off always.
func TestWhatIsSentAgain(t *testing.T) {
	const one, other = `{"message":"login of alice@example.com"}`, `{"message":"login of bob@example.com"}`
	key := func(k string) []string { return []string{"Idempotency-Key", k} }
	type request struct {
		path, body string
		headers    []string
	}
	for _, c := range []struct {
		name, how       string
		requests        []request
		acked, repeated int
	}{
		{"equal, no key", "key", []request{{"/a", one, nil}, {"/a", one, nil}}, 2, 0},
		{"same key", "key", []request{{"/a", one, key("k")}, {"/a", one, key("k")}}, 1, 1},
		{"same key, another route", "key", []request{{"/a", one, key("k")}, {"/b", one, key("k")}}, 2, 0},
		{"equal, another key", "key", []request{{"/a", one, key("k")}, {"/a", one, key("l")}}, 2, 0},
		{"equal", "content", []request{{"/a", one, nil}, {"/a", one, nil}, {"/a", one, nil}}, 1, 2},
		{"not equal once scrubbed", "content", []request{{"/a", one, nil}, {"/a", other, nil}}, 2, 0},
		{"equal, another query", "content", []request{{"/a", one, nil}, {"/a?host=b", one, nil}}, 2, 0},
		{"equal, another route", "content", []request{{"/a", one, nil}, {"/b", one, nil}}, 2, 0},
		{"equal, another encoding", "content", []request{{"/a", one, nil}, {"/a", gzipped(t, one), []string{"Content-Encoding", "gzip"}}}, 1, 1},
		{"equal, another key", "content", []request{{"/a", one, key("k")}, {"/a", one, key("l")}}, 2, 0},
		{"same key", "off", []request{{"/a", one, key("k")}, {"/a", one, key("k")}}, 2, 0},
	} {
		t.Run(c.how+", "+c.name, func(t *testing.T) {
			b, _, _ := newSwitched(t)
			r := start(t, b, strings.ReplaceAll(`routes:
  - {path: /a, protocol: json, delivery: spool, idempotency: HOW}
  - {path: /b, protocol: json, delivery: spool, idempotency: HOW}
policy: {mode: scrub}
`, "HOW", c.how))
			for i, q := range c.requests {
				if status, body := r.post(t, q.path, q.body, q.headers...); status != 200 || !strings.Contains(body, `"accepted":1`) {
					t.Fatalf("request %d: %d %s", i, status, body)
				}
			}
			r.stored(t, "all taken", c.acked, c.repeated)
		})
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A client that hangs up before it hears the answer, and sends its batch again, has it stored once: also after winnow was started anew.
func TestLostAnswerIsStoredOnce(t *testing.T) {
	b, _, _ := newSwitched(t)
	r := start(t, b, "master_secret: "+strings.Repeat("m", 32)+`
routes:
  - {path: /a, protocol: json, delivery: spool, idempotency: content}
policy: {mode: scrub}
`)
	c, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", len(login), login)
	r.awaits(t, `winnow_spool_batches_total{fate="acked",lane="logs"}`, 1)
	c.Close()
	if status, body := r.post(t, "/a", login); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	r.stored(t, "sent again", 1, 1)
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r = r.again(t)
	if status, body := r.post(t, "/a", login); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	r.stored(t, "sent again to the next process", 0, 1)
}

// A message of Fluent's that comes again with its chunk, on another connection, is acknowledged again and stored once; one without a chunk is new.
func TestFluentChunkIsStoredOnce(t *testing.T) {
	b, _, _ := newSwitched(t)
	r := listening(t, b, "policy: {mode: scrub}\n", "{address: 'tcp://127.0.0.1:0', protocol: fluent, delivery: spool}")
	const message, ack = "\xa3app\x01\x81\xa7message\xb1alice@example.com", "\x81\xa3ack\xa4id-"
	for _, chunk := range []string{"1", "1", "2"} {
		if got := ask(t, r.Sockets[0], "\x94"+message+"\x81\xa5chunk\xa4id-"+chunk, len(ack)+1); got != ack+chunk {
			t.Errorf("answer %q", got)
		}
	}
	r.stored(t, "one of three came again", 2, 1)
	say(t, "tcp", r.Sockets[0], nil, "\x93"+message)
	r.awaits(t, `winnow_spool_batches_total{fate="acked",lane="logs"}`, 3)
	say(t, "tcp", r.Sockets[0], nil, "\x93"+message)
	r.awaits(t, `winnow_spool_batches_total{fate="acked",lane="logs"}`, 4)
	r.stored(t, "none has a chunk", 4, 1)
}
