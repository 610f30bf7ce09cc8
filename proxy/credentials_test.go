package proxy_test

import (
	"strings"
	"testing"
)

// Clients' credentials stay here by default; an upstream that asks for them gets what the protocol knows as such, and nothing else.
func TestCredentials(t *testing.T) {
	headers := []string{"Authorization", "Basic czNjcjN0OnMzY3IzdA==", "Cookie", "s3cr3t", "X-Canary", "s3cr3t"}
	for _, tt := range []struct {
		credentials string
		want        string
	}{
		{"none", ""},
		{"client", "Authorization:[Basic czNjcjN0OnMzY3IzdA==]"},
	} {
		t.Run(tt.credentials, func(t *testing.T) {
			b := newBackend(t)
			r := start(t, nil, "upstreams: [{id: logs, url: '"+b.URL+"', credentials: "+tt.credentials+"}]\n"+scrubMode)
			if status, answer := r.post(t, "/ingest?token=s3cr3t", login, headers...); status != 204 {
				t.Fatal(status, answer)
			}
			got := b.all()[0]
			if had := strings.Contains(got, "Authorization"); had != (tt.want != "") || !strings.Contains(got, tt.want) || strings.Contains(got, "s3cr3t") {
				t.Error(got)
			}
		})
	}
}
