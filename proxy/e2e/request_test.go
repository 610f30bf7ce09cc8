package e2e

import (
	"strings"
	"testing"
)

const oneRecord = `{"time":"2026-03-14T09:26:53.123456789Z","level":"info","_msg":"order 88213 shipped","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}` + "\n"

// TestFactsOfTheRequest sends one record as a browser would, through a proxy that winnow trusts: the named facts of the header arrive
// beside the record's own fields, in the form that holds no person, and nothing else of the header does.
func TestFactsOfTheRequest(t *testing.T) {
	needTool(t, "curl")
	t.Parallel()
	s := newStand(t, strict)
	curl(t, s.url+"/insert/jsonline?_time_field=time", []string{
		"Content-Type: application/x-ndjson",
		"X-Forwarded-For: " + plantedIPv4,
		"User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.7390.54 Safari/537.36",
		"Accept-Language: de-CH, de;q=0.9, en;q=0.5",
		"Referer: https://shop.example.com/orders/88213?token=" + plantedAPIKey + "#" + plantedUserID,
		"Cookie: sessionid=" + plantedSession,
		"Authorization: Bearer " + plantedBearer,
		"X-User: " + plantedEmail,
	}, []byte(oneRecord))
	rows := s.rows(t, 1)
	for k, want := range (row{
		"_time":              "2026-03-14T09:26:53.123456789Z",
		"_msg":               "order 88213 shipped",
		"level":              "info",
		"trace_id":           traceID(0x4736),
		"client.address":     "203.0.113.0",
		"user_agent.name":    "Chrome",
		"user_agent.version": "141",
		"user_agent.os.name": "Windows",
		"browser.language":   "de-CH",
	}) {
		if rows[0][k] != want {
			t.Errorf("%s = %q, want %q", k, rows[0][k], want)
		}
	}
	if got := rows[0]["http.request.referrer"]; !strings.HasPrefix(got, "https://shop.example.com/orders") || strings.Contains(got, "88213") {
		t.Errorf("http.request.referrer = %q, want its origin and path without the identifier", got)
	}
	s.checkClean(t, strict, rows)
}

// TestQueryHoldsNothingPlanted ships with a query that the backend would take fields from.
func TestQueryHoldsNothingPlanted(t *testing.T) {
	needTool(t, "curl")
	t.Parallel()
	for _, m := range []mode{direct, strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			s := newStand(t, m)
			path := "/insert/jsonline?_time_field=time&extra_fields=owner=" + plantedEmail
			curl(t, s.url+path, []string{"Content-Type: application/x-ndjson"}, []byte(oneRecord))
			rows := s.rows(t, 1)
			if m != direct {
				s.checkClean(t, m, rows)
			} else if rows[0]["owner"] != plantedEmail {
				t.Errorf("owner = %q without winnow, want %q", rows[0]["owner"], plantedEmail)
			}
		})
	}
}
