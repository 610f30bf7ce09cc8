package e2e

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getsentry/sentry-go"
)

// shipSentry captures an error for each line with Sentry's SDK for Go, with all that an application adds to one, and an attachment.
func shipSentry(t *testing.T, base string) {
	t.Helper()
	client, err := sentry.NewClient(sentry.ClientOptions{
		Dsn: strings.Replace(base, "http://", "http://"+plantedAPIKey+"@", 1) + "/42", Release: version, Environment: service, ServerName: "web-1",
		DataCollection: &sentry.DataCollection{}, AttachStacktrace: true, Transport: sentry.NewHTTPSyncTransport(),
	})
	if err != nil {
		t.Fatal(err)
	}
	hub := sentry.NewHub(client, sentry.NewScope())
	scope := hub.Scope()
	scope.SetUser(sentry.User{ID: plantedUserID, Email: plantedEmail, IPAddress: plantedIPv4, Name: plantedName})
	scope.SetContext("order", sentry.Context{"customer": plantedName, "note": payload()})
	scope.SetTag("customer", plantedName)
	scope.AddBreadcrumb(&sentry.Breadcrumb{
		Category: "http", Message: "asked for " + plantedEmail, Data: map[string]any{"url": "https://shop.example.com/orders?who=" + plantedUserID, "body": plantedName},
	}, 10)
	scope.AddAttachment(&sentry.Attachment{Filename: plantedName + ".txt", Payload: []byte(plantedEmail + "\n{}\n")})
	for _, l := range lines() {
		if id := hub.CaptureException(errors.New(l.text)); id == nil {
			t.Fatal("the SDK captured nothing")
		}
	}
	if !client.Flush(patience) {
		t.Fatal("the SDK did not get rid of its events")
	}
}

// TestSentry: Sentry's SDK for Go ships errors to winnow, which hands them as records to the backend: what the service has to say arrives.
func TestSentry(t *testing.T) {
	for _, m := range []mode{strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			s := &stand{extra: "    format: ndjson\n    path: /insert/jsonline?_time_field=timestamp&_msg_field=level\n"}
			s.startBackend(t)
			s.startWinnow(t, m)
			shipSentry(t, s.url)
			rows := s.rows(t, len(lines()))
			for _, r := range rows {
				if r["_msg"] != "error" || r["platform"] != "go" || r["release"] != version || r["environment"] != service || r["server_name"] != "web-1" {
					t.Errorf("one record, whole:\n%s", r)
				}
			}
			checkEvents(t, s.query(t, "query"))
			s.checkClean(t, m, rows)
		})
	}
}

// TestSentryEnvelopes ships the same to a backend that is none: there is no Sentry to be had. It answers as Sentry does and writes down what
// comes: without winnow all that is planted, with winnow envelopes without it.
func TestSentryEnvelopes(t *testing.T) {
	for _, m := range []mode{direct, strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err != nil || r.URL.Path != "/api/42/envelope/" {
					http.NotFound(w, r)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"id":"9ec79c33ec9942ab8353589fcb2e04dc"}`)
			}))
			t.Cleanup(server.Close)
			s := &stand{backend: server.URL}
			if m == direct {
				s.wire = newWire(t, s.backend)
				s.url = s.wire.url
			} else {
				s.startWinnow(t, m)
			}
			shipSentry(t, s.url)
			seen := s.wire.seen.String()
			checkEvents(t, seen)
			kinds := found(seen, planted(m))
			if m == direct {
				if missing := lacking(planted(m), kinds); len(missing) > 0 {
					t.Errorf("the SDK should have sent also %v", missing)
				}
				return
			}
			if len(kinds) > 0 {
				t.Errorf("the envelopes hold planted values: %v", kinds)
			}
			if kinds := found(s.winnow.out.String()+get(t, s.admin+"/metrics"), planted(m)); len(kinds) > 0 {
				t.Errorf("winnow's log or metrics hold planted values: %v", kinds)
			}
		})
	}
}

// checkEvents demands the harmless words of every line, and a stack.
func checkEvents(t *testing.T, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, `\u0026`, "&")
	for i, l := range lines() {
		for _, words := range l.keep {
			if !strings.Contains(text, words) {
				t.Errorf("line %d: %q has not arrived", i, words)
			}
		}
	}
	if !strings.Contains(text, "shipSentry") || !strings.Contains(text, "lineno") {
		t.Error("no stack has arrived")
	}
}

// TestSentryNode ships errors and logs with Sentry's SDK for Node.js to winnow, which hands them as records to the backend.
func TestSentryNode(t *testing.T) {
	needTool(t, "node")
	needNode(t, "node")
	var in []map[string]any
	for i, l := range lines() {
		in = append(in, map[string]any{"text": l.text, "attributes": map[string]any{"service.name": service, "trace": traceID(i), "email": plantedEmail, "payload": mustJSON(payload())}})
	}
	user := mustJSON(map[string]any{"id": plantedUserID, "email": plantedEmail, "ip_address": plantedIPv4, "username": plantedName, "note": payload()})
	for _, m := range []mode{strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			s := &stand{extra: "    format: ndjson\n    path: /insert/jsonline?_time_field=observed_timestamp&_msg_field=body\n"}
			s.startBackend(t)
			s.startWinnow(t, m)
			run(t, mustJSON(in), "node", "node/sentry.js", strings.Replace(s.url, "http://", "http://"+plantedAPIKey+"@", 1)+"/42", user)
			rows := s.rows(t, 2*len(lines()))
			logs := 0
			for _, r := range rows {
				switch {
				case r["platform"] == "node" && r["release"] == "1.9.2" && r["environment"] == "shop":
				case r["level"] == "error" && r["service.name"] == service:
					logs++
				default:
					t.Errorf("one record, whole:\n%s", r)
				}
			}
			if logs != len(lines()) {
				t.Errorf("%d logs, want %d", logs, len(lines()))
			}
			text := strings.ReplaceAll(s.query(t, "query"), `\u0026`, "&")
			for i, l := range lines() {
				for _, words := range l.keep {
					if !strings.Contains(text, words) {
						t.Errorf("line %d: %q has not arrived", i, words)
					}
				}
			}
			s.checkClean(t, m, rows)
		})
	}
}
