package proxy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
)

const channel = "11111111-2222-3333-4444-AAAAAAAAAAAA"

// splunk answers as one with acknowledgements does.
func splunk(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "/ack") {
		io.WriteString(w, `{"acks":{"0":true,"7":false}}`)
		return
	}
	io.WriteString(w, `{"text":"Success","code":0,"ackId":7}`)
}

func keyed(key string) string {
	hash := sha256.Sum256([]byte(key))
	return "tenants: [{id: acme, keys: ['sha256:" + hex.EncodeToString(hash[:]) + "']}]\n"
}

// goingOn is what goes on of a request, and what stays: with the upstream's credentials as configured, something by which what arrives begins, and
// something that it has and lacks. The body is the login of an address.
type goingOn struct {
	name, credentials, path string
	headers                 []string
	want, has, lacks        string
}

// prove sends the request on to a backend that replies as that of the protocol, and holds its answer against what the client hears.
func (g *goingOn) prove(t *testing.T, reply http.HandlerFunc, routes, body, hears string) {
	t.Helper()
	b := newBackend(t)
	b.reply = reply
	r := start(t, nil, "upstreams: [{id: logs, url: '"+b.URL+"', credentials: "+g.credentials+"}]\n"+scrubMode+routes)
	if status, answer := r.post(t, g.path, body, g.headers...); status/100 != 2 || answer != hears {
		t.Fatal(status, answer)
	}
	got := b.all()[0]
	if !strings.HasPrefix(got, g.want) || !strings.Contains(got, g.has) || g.lacks != "" && strings.Contains(got, g.lacks) ||
		!strings.Contains(got, "login of [email]") {
		t.Error(got)
	}
}

// What goes on of a request to Splunk, and what stays.
func TestSplunkForward(t *testing.T) {
	const event = `{"event":"login of alice@example.com"}`
	for _, tt := range []goingOn{
		{"event", "none", "/services/collector/event/1.0?token=s3cr3t&channel=" + channel, []string{"Authorization", "Splunk s3cr3t"},
			"POST /services/collector/event/1.0\n", "X-Splunk-Request-Channel:[" + channel + "]", "s3cr3t"},
		{"below a prefix", "none", "/insert/splunk/services/collector?auto_extract_timestamp=true&x=Canary", nil,
			"POST /insert/splunk/services/collector?auto_extract_timestamp=true\n", "", "Canary"},
		{"raw, its metadata", "none", "/services/collector/raw?sourcetype=a%20b&host=alice%40example.com", []string{"X-Splunk-Request-Channel", channel},
			"POST /services/collector/raw?host=%5Bemail%5D&sourcetype=a+b\n", channel, ""},
		{"credentials", "client", "/services/collector?token=s3cr3t", []string{"Authorization", "Splunk s3cr3t", "Cookie", "Canary"},
			"POST /services/collector?token=s3cr3t\n", "Authorization:[Splunk s3cr3t]", "Canary"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.prove(t, splunk, "", event, `{"text":"Success","code":0,"ackId":7}`)
		})
	}
}

// Every answer that a client of Splunk can get, in Splunk's words.
func TestSplunkAnswers(t *testing.T) {
	b := newBackend(t)
	b.reply = splunk
	r := start(t, b, keyed("k")+"limits: {max_body_bytes: 1KiB, max_record_bytes: 1KiB}\n"+
		"policy: {rules: [{id: gone, fields: [probe], action: drop_record}]}\n")
	const collector = "/services/collector"
	for _, tt := range []struct {
		name, method, path, body string
		key, channel             string
		status                   int
		want                     string
	}{
		{"success", "POST", collector, `{"event":"a"}{"event":"b"}`, "Splunk k", "", 200, `{"text":"Success","code":0,"ackId":7}`},
		{"key in the query", "POST", collector + "?token=k", `{"event":"a"}`, "", "", 200, `{"text":"Success","code":0,"ackId":7}`},
		{"key as password", "POST", collector, `{"event":"a"}`, "Basic eDpr", "", 200, `{"text":"Success","code":0,"ackId":7}`},
		{"dropped by policy", "POST", collector, `{"event":{"probe":1}}`, "Splunk k", "", 200, `{"text":"Success","code":0}`},
		{"dropped, with a channel", "POST", collector, `{"event":{"probe":1}}`, "Splunk k", channel, 200, `{"text":"Success","code":0,"ackId":4503599627370496}`},
		{"no key", "POST", collector, `{"event":"a"}`, "", "", 401, `{"text":"Token is required","code":2}`},
		{"wrong key", "POST", collector, `{"event":"a"}`, "Splunk x", "", 403, `{"text":"Invalid token","code":4}`},
		{"wrong key in the query", "POST", collector + "?token=x", `{"event":"a"}`, "", "", 403, `{"text":"Invalid token","code":4}`},
		{"no data", "POST", collector, "", "Splunk k", "", 400, `{"text":"No data","code":5}`},
		{"a bad event among others", "POST", collector, `{"event":"a"}{"host":"b"}{"event":"c"}`, "Splunk k", "", 400,
			`{"text":"Event field is required","code":12,"invalid-event-number":1}`},
		{"not JSON", "POST", collector, `alice@example.com`, "Splunk k", "", 400, `{"text":"Invalid data format","code":6,"invalid-event-number":0}`},
		{"broken array", "POST", collector, `[{"event":"a"}`, "Splunk k", "", 400,
			`{"text":"Invalid data format","code":6,"detail":"object or array without end"}`},
		{"too large", "POST", collector, `{"event":"` + strings.Repeat("x", 2000) + `"}`, "Splunk k", "", 413,
			`{"text":"Request entity too large","code":27,"detail":"body is larger than the limit"}`},
		{"raw without a channel", "POST", collector + "/raw", "a", "Splunk k", "", 200, `{"text":"Success","code":0,"ackId":7}`},
		{"a channel that is none", "POST", collector + "/raw", "a", "Splunk k", "alice@example.com", 400, `{"text":"Invalid data channel","code":11}`},
		{"acknowledged", "POST", collector + "/ack", `{"acks":[0,7,4503599627370496]}`, "Splunk k", channel, 200,
			`{"acks":{"0":true,"7":false,"4503599627370496":true}}`},
		{"acknowledged here only", "POST", collector + "/ack", `{"acks":[4503599627370496,4503599627370499]}`, "Splunk k", channel, 200,
			`{"acks":{"4503599627370496":true,"4503599627370499":false}}`},
		{"acks without a channel", "POST", collector + "/ack", `{"acks":[0]}`, "Splunk k", "", 400, `{"text":"Data channel is missing","code":10}`},
		{"acks that are none", "POST", collector + "/ack", `{"acks":["alice@example.com"]}`, "Splunk k", channel, 400, `{"text":"Invalid data format","code":6}`},
		{"health", "GET", collector + "/health/1.0", "", "", "", 200, `{"text":"HEC is healthy","code":17}`},
		{"is there a collector", "OPTIONS", collector + "/event/1.0", "", "", "", 200, ""},
		{"no such call", "GET", collector + "/mint", "", "Splunk k", "", 404,
			`{"text":"The requested URL was not found on this server.","code":404,"detail":"no such endpoint"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, answer := r.do(t, tt.method, tt.path, tt.body, "Authorization", tt.key, "X-Splunk-Request-Channel", tt.channel)
			if status != tt.status || answer != tt.want {
				t.Errorf("%d %s\nwant %d %s", status, answer, tt.status, tt.want)
			}
		})
	}
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		io.WriteString(w, `{"text":"Incorrect index","code":7,"invalid-event-number":1}`)
	}
	const three = `{"event":"a"}{"event":{"probe":1}}{"event":"b"}`
	if status, answer := r.post(t, collector, three, "Authorization", "Splunk k"); status != 400 ||
		answer != `{"text":"Incorrect index","code":7,"invalid-event-number":2}` {
		t.Errorf("an event's number is not the client's: %d %s", status, answer)
	}
	b.CloseClientConnections()
	b.Close()
	const busy = `{"text":"Server is busy","code":9,"detail":"the upstream cannot be reached"}`
	if status, answer := r.post(t, collector, three, "Authorization", "Splunk k"); status != 503 || answer != busy {
		t.Errorf("with the backend gone: %d %s", status, answer)
	}
}

// Where the upstream speaks no HEC, winnow acknowledges what has arrived, and nothing else.
func TestSplunkAcksIntoFile(t *testing.T) {
	r := start(t, nil, "")
	for i, want := range []string{"4503599627370496", "4503599627370497"} {
		if status, answer := r.post(t, "/services/collector", `{"event":"a"}`, "X-Splunk-Request-Channel", channel); status != 200 ||
			answer != `{"text":"Success","code":0,"ackId":`+want+`}` {
			t.Fatal(i, status, answer)
		}
	}
	status, answer := r.post(t, "/services/collector/ack?channel="+channel, `{"acks":[4503599627370497,4503599627370498,0]}`)
	if status != 200 || answer != `{"acks":{"4503599627370497":true,"4503599627370498":false,"0":false}}` {
		t.Errorf("%d %s", status, answer)
	}
}
