package subjects

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const oneToken = "email_e1_abcdefghijklmnopqrstuvwxyz"

// RIGHT-2: what goes to Loki is a request of its API for deletion: POST /loki/api/v1/delete with a query of streams and filters, and with the time from
// which on, in seconds, as parameters; and no body. A selector needs a matcher that no empty value meets, and names of labels are

func TestRIGHT2LokiDelete(t *testing.T) {
	b := Backend{Speaks: SpeaksLoki, URL: "https://loki.example.com", Fields: []string{"user.email", "labels.user_id", "resource.user.id", "@user", "*_email"}}
	var got []string
	for _, p := range b.prepare([]string{oneToken, "user_e1_abcdefghijklmnopqrstuvwxyz"}) {
		u, err := url.Parse(p.URL)
		if err != nil || p.Method != http.MethodPost || u.Path != "/loki/api/v1/delete" {
			t.Fatalf("%s %s, %v", p.Method, p.URL, err)
		}
		q := u.Query()
		if q.Get("start") != "1" || len(q) != 2 {
			t.Errorf("parameters %v", q)
		}
		got = append(got, q.Get("query"))
	}
	const either = "`" + oneToken + "|user_e1_abcdefghijklmnopqrstuvwxyz`"
	want := []string{
		"{service_name=~`.+`} |~ " + either,
		"{service_name=~`.+`} | user_email=~" + either + " or user_id=~" + either + " or _user=~" + either,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	label := regexp.MustCompile(`(\S+)=~`)
	for _, name := range label.FindAllStringSubmatch(strings.Join(got, " "), -1) {
		if !regexp.MustCompile(`^\{?[a-zA-Z_][a-zA-Z0-9_]*$`).MatchString(name[1]) {
			t.Errorf("%q is no name of a label", name[1])
		}
	}
}

// RIGHT-2: what goes to Elasticsearch is a delete by query: POST /<index>/_delete_by_query, which goes on where a document changed meanwhile, with
// a query of Query DSL that looks for each token as a phrase in all fields, and does not mind those of other types. Sources: Elasticsearch
// API, "Delete documents" by query; Query DSL, "Query string query".
func TestRIGHT2ElasticsearchDeleteByQuery(t *testing.T) {
	for index, path := range map[string]string{"": "/*/_delete_by_query", "logs-app-default": "/logs-app-default/_delete_by_query"} {
		b := Backend{Speaks: SpeaksElasticsearch, URL: "https://es.example.com", Index: index}
		all := b.prepare([]string{oneToken, "user_e1_abcdefghijklmnopqrstuvwxyz"})
		if len(all) != 1 {
			t.Fatalf("%d requests", len(all))
		}
		u, err := url.Parse(all[0].URL)
		if err != nil || all[0].Method != http.MethodPost || u.Path != path || u.RawQuery != "conflicts=proceed" {
			t.Errorf("%s %s, %v", all[0].Method, all[0].URL, err)
		}
		var body struct {
			Query map[string]struct {
				Query   string
				Fields  []string
				Lenient bool
			}
		}
		d := json.NewDecoder(strings.NewReader(all[0].Body))
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil {
			t.Fatalf("%v: %s", err, all[0].Body)
		}
		s, ok := body.Query["query_string"]
		if !ok || len(body.Query) != 1 || s.Query != `"`+oneToken+`" OR "user_e1_abcdefghijklmnopqrstuvwxyz"` || !slices.Equal(s.Fields, []string{"*"}) || !s.Lenient {
			t.Errorf("%s", all[0].Body)
		}
	}
}

// Tokens stand in queries as they are, in every language; a field's name that would end a text in one stays out.
func TestTokensNeedNoEscapes(t *testing.T) {
	for _, speaks := range []Speech{SpeaksLoki, SpeaksElasticsearch, SpeaksClickHouse, SpeaksVictoriaLogs, SpeaksOther} {
		b := Backend{Speaks: speaks, Fields: []string{`odd"name`, "user_id"}}
		for _, p := range b.prepare([]string{oneToken}) {
			if !strings.Contains(p.Body, oneToken) || strings.Contains(p.Body, `odd`) {
				t.Errorf("%s: %s", speaks, p.Body)
			}
		}
	}
}
