package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// lokiClients are Grafana's Go client, which pushes protobuf in snappy. (Its JSON is of Loki's first form, which the backend refuses.)
func lokiClients() []client {
	return []client{{name: "loki-protobuf", ship: shipLoki, want: lokiWant, message: "_msg", trace: "trace_id"}}
}

// lokiWant leaves the time out: the client stamps the entries itself.
func lokiWant(i int) row {
	return row{
		"app":                       service,
		"level":                     level,
		"env":                       "prod",
		"http.request.method":       method,
		"http.response.status_code": fmt.Sprint(status),
		"duration_ms":               fmt.Sprint(millis),
		"trace_id":                  traceID(i),
		"span_id":                   spanID(i),
	}
}

// shipLoki pushes the lines with planted values in labels and structured metadata too.
func shipLoki(t *testing.T, base string, lines []line) {
	t.Helper()
	var in strings.Builder
	for i, l := range lines {
		in.WriteString(mustJSON(map[string]any{
			"labels": map[string]string{
				"app": service, "level": level, "env": "prod",
				"owner": plantedEmail, "customer": plantedName, "client_ip": plantedIPv4,
			},
			"line": l.text,
			"metadata": map[string]string{
				"trace_id": traceID(i), "span_id": spanID(i),
				"http.request.method": method, "http.response.status_code": fmt.Sprint(status), "duration_ms": fmt.Sprint(millis),
				"user_id": plantedUserID, "payload": payload(), "seen." + plantedEmail: "true",
			},
		}) + "\n")
	}
	run(t, in.String(), command(t, lokiCommand), "-url", base+"/insert/loki/api/v1/push", "-tenant", "0")
}
