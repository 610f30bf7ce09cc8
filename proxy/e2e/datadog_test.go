package e2e

import (
	"strings"
	"testing"
)

// datadogClients are Datadog's own client of its API, plain and gzipped. The backend takes members that are text only.
func datadogClients() []client {
	make1 := func(name, coding string) client {
		return client{
			name:    name,
			ship:    func(t *testing.T, base string, lines []line) { shipDatadog(t, base, lines, coding) },
			message: "_msg",
			trace:   "trace_id",
			want: func(i int) row {
				return row{
					"service": service, "status": level, "hostname": "web-1", "ddsource": "go", "env": "prod", "version": version,
					"trace_id": traceID(i), "span_id": spanID(i), "http.request.method": method, "duration_ms": "183.25",
				}
			},
		}
	}
	return []client{make1("datadog", "identity"), make1("datadog-gzip", "gzip")}
}

// shipDatadog sends all lines as one array, with planted values in tags, in members of the application's own, and in the name of one.
func shipDatadog(t *testing.T, base string, lines []line, coding string) {
	t.Helper()
	var in strings.Builder
	for i, l := range lines {
		in.WriteString(mustJSON(map[string]any{
			"message": l.text, "service": service, "hostname": "web-1", "ddsource": "go", "status": level,
			"ddtags":   "env:prod,version:" + version + ",owner:" + plantedEmail + ",customer:" + plantedName,
			"trace_id": traceID(i), "span_id": spanID(i), "http.request.method": method, "duration_ms": "183.25",
			"payload": payload(), "user_id": plantedUserID, "seen." + plantedEmail: "true",
		}) + "\n")
	}
	run(t, in.String(), command(t, datadogCommand), "-url", base+"/insert/datadog", "-key", plantedAPIKey, "-coding", coding)
}
