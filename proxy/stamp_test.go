package proxy_test

import (
	"strings"
	"testing"

	"winnow/scrub/scrubtest"
)

// stampUnder is the stamp of records that a tenant ships on the first route under settings.
func stampUnder(t *testing.T, settings, tenant string) string {
	t.Helper()
	return scrubtest.Policy(t, settings).Variant(0, tenant).Policy.Digest()[:12]
}

// CHANGE-1: every record says under which policy it was scrubbed, in its protocol's own place for facts; what a client says of that itself is not
// believed, and goes.
func TestCHANGE1RecordsAreStamped(t *testing.T) {
	want := stampUnder(t, "", "default")
	for _, tt := range []struct{ name, path, media, body, stamped string }{
		{"json", "/insert/jsonline", "application/json", `{"level":"info","winnow.policy":"forged"}`, `"winnow.policy":"` + want + `"`},
		{"json, nested and as a label", "/insert/jsonline", "application/json", `{"level":"info","winnow":{"policy":"forged"},"winnow_policy":"forged"}`, `"winnow.policy":"` + want + `"`},
		{"loki", "/loki/api/v1/push", "application/json", `{"streams":[{"stream":{"app":"shop"},"values":[["1773480413589793000","up",{"winnow_policy":"forged"}]]}]}`, `"winnow_policy":"` + want + `"`},
		{"elasticsearch", "/_bulk", "application/x-ndjson", "{\"index\":{}}\n{\"level\":\"info\",\"winnow.policy\":\"forged\"}\n", `"winnow.policy":"` + want + `"`},
		{"otlp", "/v1/logs", "application/json", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"up"},"attributes":[{"key":"winnow.policy","value":{"stringValue":"forged"}}]}]}]}]}`,
			`{"key":"winnow.policy","value":{"stringValue":"` + want + `"}}`},
		{"splunk", "/services/collector/event", "application/json", `{"event":"up","fields":{"winnow.policy":"forged"}}`, `"winnow.policy":"` + want + `"`},
		{"gelf", "/gelf", "application/json", `{"version":"1.1","host":"web-1","short_message":"up","_winnow.policy":"forged"}`, `"_winnow.policy":"` + want + `"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBackend(t)
			r := start(t, b, "")
			if status, answer := r.post(t, tt.path, tt.body, "Content-Type", tt.media); status/100 != 2 {
				t.Fatalf("%d %s", status, answer)
			}
			all := strings.Join(b.all(), "\n")
			if strings.Count(all, tt.stamped) != 1 || strings.Contains(all, "forged") {
				t.Errorf("want %s once: %s", tt.stamped, all)
			}
		})
	}
}

// CHANGE-1: a tenant of whom more is withheld has the stamp of its own variant.
func TestCHANGE1StampsOfVariants(t *testing.T) {
	const settings = "tenants: [{id: default, policy: {drop: [level]}}]\n"
	want := stampUnder(t, settings, "default")
	_, got := shipped(t, settings, `{"level":"info","message":"up"}`)
	if got["winnow.policy"] != want || want == stampUnder(t, "", "default") {
		t.Errorf("stamp %v, want %s", got["winnow.policy"], want)
	}
}
