package subjects

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Speech is the language of a backend.
type Speech string

// The languages.
const (
	SpeaksLoki          Speech = "loki"
	SpeaksElasticsearch Speech = "elasticsearch"
	SpeaksClickHouse    Speech = "clickhouse"
	SpeaksVictoriaLogs  Speech = "victorialogs"
	SpeaksOther         Speech = "other" // it is told what to look for
)

// Backend is an upstream that holds records.
type Backend struct {
	Upstream string
	Speaks   Speech
	// URL of it; empty: it is not called.
	URL string
	// Index of elasticsearch; empty: all.
	Index string
	// Headers that it wants.
	Headers map[string]string
	// Client calls it.
	Client *http.Client
	// Fields in which pseudonyms stand beside the text.
	Fields []string
}

// Prepared is a query that erases, ready to run.
type Prepared struct {
	Upstream string `json:"upstream"`
	Speaks   Speech `json:"speaks"`
	// Method, URL and Body of a call, or a statement in Body alone.
	Method string `json:"method,omitempty"`
	URL    string `json:"url,omitempty"`
	Body   string `json:"body"`
	// Called tells that it was run, and Status what was answered: 0 if nothing was.
	Called bool `json:"called,omitempty"`
	Status int  `json:"status,omitempty"`
	// Note says what must be seen to by hand.
	Note string `json:"note,omitempty"`
}

// perQuery bounds how many tokens one query names: Loki bounds its length, Elasticsearch its clauses.
const (
	perQuery     = 50
	perLokiQuery = 10
)

// queries prepares what erases tokens in all backends, and runs what can be run if call says so.
func (d *Desk) queries(ctx context.Context, list []Tokens, call bool) (prepared []Prepared) {
	tokens := flat(list)
	for i := range d.Backends {
		b := &d.Backends[i]
		most := perQuery
		if b.Speaks == SpeaksLoki {
			most = perLokiQuery
		}
		for part := range slices.Chunk(tokens, most) {
			prepared = append(prepared, b.prepare(part)...)
		}
	}
	for i := range prepared {
		k := slices.IndexFunc(d.Backends, func(b Backend) bool { return b.Upstream == prepared[i].Upstream && b.Speaks == prepared[i].Speaks })
		if p := &prepared[i]; call && p.Method != "" && d.Backends[k].Client != nil {
			p.Called, p.Status = true, d.Backends[k].run(ctx, p)
		}
	}
	return prepared
}

// prepare makes a query that erases what holds one of the tokens. Tokens are letters, digits and _, and need no escapes in any language.
func (b *Backend) prepare(tokens []string) []Prepared {
	p := Prepared{Upstream: b.Upstream, Speaks: b.Speaks}
	switch b.Speaks {
	case SpeaksLoki:
		line, metadata := b.logQL(tokens)
		all := []Prepared{b.lokiDelete(line)}
		if metadata != "" {
			all = append(all, b.lokiDelete(metadata))
		}
		return all
	case SpeaksElasticsearch:
		index := b.Index
		if index == "" {
			index = "*"
		}
		p.Method, p.URL = http.MethodPost, b.URL+"/"+url.PathEscape(index)+"/_delete_by_query?conflicts=proceed"
		p.Body = queryString(tokens)
	case SpeaksClickHouse:
		p.Body = sql(tokens)
		p.Note = "prints a statement for each table of the database: run those that it prints; system.mutations tells when they are done"
	case SpeaksVictoriaLogs:
		filter := b.logsQL(tokens)
		p.Method, p.URL, p.Body = http.MethodPost, b.URL+"/delete/run_task?filter="+url.QueryEscape(filter), filter
		p.Note = "needs a VictoriaLogs that can delete, with -delete.enable; /delete/active_tasks tells when it is done. Fields with text of your own have " +
			"to be added. An older one forgets by its retention only: destroy the keys of the epochs in place of it"
	default:
		p.Body = strings.Join(tokens, "\n")
		p.Note = "erase what holds one of these"
	}
	return []Prepared{p}
}

func (b *Backend) lokiDelete(query string) Prepared {
	return Prepared{
		Upstream: b.Upstream, Speaks: b.Speaks, Method: http.MethodPost, Body: query,
		URL:  b.URL + "/loki/api/v1/delete?start=1&query=" + url.QueryEscape(query),
		Note: "the compactor must have deletion on; choose another selector if streams have no service_name; it can be cancelled for a day",
	}
}

// names are the names of fields as backends have them, where they are attributes beside the text: without the part that tells where a protocol
// has them. A selector of several fields names none.
func (b *Backend) names() (list []string) {
	for _, field := range b.Fields {
		for _, place := range []string{"labels.", "resource.", "metadata.", "tags."} {
			field = strings.TrimPrefix(field, place)
		}
		if !strings.ContainsAny(field, "*\"") && !slices.Contains(list, field) {
			list = append(list, field)
		}
	}
	return list
}

// logQL is Loki's, for what is in the line, and for what is in labels and structured metadata, where names have letters, digits and _ only.
func (b *Backend) logQL(tokens []string) (line, metadata string) {
	list := strings.Join(tokens, "|")
	var in []string
	for _, name := range b.names() {
		name = strings.Map(labelSign, name)
		if part := name + "=~`" + list + "`"; !slices.Contains(in, part) {
			in = append(in, part)
		}
	}
	line = "{service_name=~`.+`} |~ `" + list + "`"
	if len(in) > 0 {
		metadata = "{service_name=~`.+`} | " + strings.Join(in, " or ")
	}
	return line, metadata
}

// labelSign is what Loki makes of a sign in the name of a label.
func labelSign(r rune) rune {
	if r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
		return r
	}
	return '_'
}

func queryString(tokens []string) string {
	quoted := make([]string, len(tokens))
	for i, t := range tokens {
		quoted[i] = `"` + t + `"`
	}
	body, err := json.Marshal(map[string]any{"query": map[string]any{"query_string": map[string]any{
		"query": strings.Join(quoted, " OR "), "fields": []string{"*"}, "lenient": true,
	}}})
	if err != nil {
		panic("subjects: a query does not marshal: " + err.Error()) // it is strings
	}
	return string(body)
}

// sql makes the statements that erase, one for each table: which tables hold logs, and in which columns, only the backend knows. Nothing in it is
// newer than ClickHouse 18.16, of 2018.
func sql(tokens []string) string {
	return `SELECT concat('ALTER TABLE ', database, '.', table, ' DELETE WHERE match(concat(',` +
		` arrayStringConcat(groupArray(concat('ifNull(toString("', name, '"), \'\')')), ', \' \', '), ', \'\'), \'` + strings.Join(tokens, "|") + `\')')` + "\n" +
		"FROM system.columns WHERE database = currentDatabase() AND (type LIKE '%String%' OR type LIKE '%JSON%')\n" +
		"AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')\n" +
		"GROUP BY database, table FORMAT TSVRaw"
}

func (b *Backend) logsQL(tokens []string) string {
	list := strings.Join(tokens, "|")
	filter := `_msg:~"` + list + `"`
	for _, name := range b.names() {
		filter += fmt.Sprintf(" or %q:~%q", name, list)
	}
	return filter
}

// run runs a query, and returns the status of the answer, 0 if there was none.
func (b *Backend) run(ctx context.Context, p *Prepared) (status int) {
	body := p.Body
	if b.Speaks != SpeaksElasticsearch {
		body = ""
	}
	r, err := http.NewRequestWithContext(ctx, p.Method, p.URL, bytes.NewReader([]byte(body)))
	if err != nil {
		return 0
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range b.Headers {
		r.Header.Set(name, value)
	}
	answer, err := b.Client.Do(r)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	answer.Body.Close()
	return answer.StatusCode
}
