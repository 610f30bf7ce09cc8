package proxy_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/proxy/geo"
)

// Clients of these tests: German, American, Swiss, and one of whom the database knows nothing.
const german, american, swiss, nobody = "192.0.2.7", "198.51.100.7", "203.0.113.7", "203.0.113.200"

// countryFile makes a database of countries that was built then.
func countryFile(t *testing.T, built time.Time) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "country.mmdb")
	list := "3221225984,3221226239,DE\n3325256704,3325256959,US\n3405803776,3405803903,CH\n"
	if _, err := geo.Import([]geo.Input{{Name: "list", Reader: strings.NewReader(list)}}, geo.FormatTorGeoIP, file, built, nil); err != nil {
		t.Fatal(err)
	}
	return file
}

// regions is a configuration of which all that is in Europe goes to /eu of the backend, and all else to /all; Swiss data has nowhere to go.
func regions(b *backend, database, otherwise, delivery string) string {
	return "geo: {" + database + "}\ntrusted_proxies: [127.0.0.0/8]\n" + `upstreams:
  - {id: all, url: '` + b.URL + `/all'}
  - {id: eu, url: '` + b.URL + `/eu'}
routes:
  - {path: /ingest, protocol: json, delivery: ` + delivery + `}
  - {path: /v1/logs, protocol: otlp}
residency:
  by: country
  regions:
    - {id: eea, countries: [EEA], upstream: eu}
    - {id: ch, countries: [CH]}
  otherwise: ` + otherwise + `
policy: {classes: [telemetry, text, usage, device, network, location, identity]}
`
}

const resident = `{"level":"info","message":"hello","user_id":"u-17","client":{"ip":"192.0.2.9"}}` + "\n"

// MOVE-1: what is of a region goes to its upstream, what is known to be of none where the route leads, and what cannot be told or has nowhere
// to go is refused, or goes without anything personal. It never goes elsewhere as it is.
func TestMOVE1ByCountry(t *testing.T) {
	fresh := "country: '" + countryFile(t, time.Now()) + "'"
	stale := "max_age: 1d, country: '" + countryFile(t, time.Now().Add(-48*time.Hour)) + "'"
	for _, tt := range []struct {
		name, database, otherwise, client string
		status                            int
		to, outcome                       string
		personal                          bool
	}{
		{"in the region", fresh, "refuse", german, 204, "/eu/ingest", `outcome="kept",region="eea"`, true},
		{"in no region", fresh, "refuse", american, 204, "/all/ingest", `outcome="default",region="none"`, true},
		{"no upstream there", fresh, "refuse", swiss, 403, "", `outcome="refused",region="ch"`, false},
		{"no upstream there", fresh, "strip", swiss, 204, "/all/ingest", `outcome="stripped",region="ch"`, false},
		{"unknown country", fresh, "refuse", nobody, 403, "", `outcome="refused",region="unknown"`, false},
		{"unknown country", fresh, "strip", nobody, 204, "/all/ingest", `outcome="stripped",region="unknown"`, false},
		{"private address", fresh, "refuse", "10.0.0.7", 403, "", `outcome="refused",region="unknown"`, false},
		{"no database", "", "refuse", german, 503, "", `outcome="refused",region="unknown"`, false},
		{"no database", "", "strip", german, 204, "/all/ingest", `outcome="stripped",region="unknown"`, false},
		{"stale database", stale, "refuse", german, 503, "", `outcome="refused",region="unknown"`, false},
		{"stale database", stale, "strip", german, 204, "/all/ingest", `outcome="stripped",region="unknown"`, false},
		{"database not too old", strings.Replace(stale, "1d", "3d", 1), "refuse", german, 204, "/eu/ingest", `outcome="kept",region="eea"`, true},
	} {
		t.Run(tt.name+" "+tt.otherwise, func(t *testing.T) {
			b := newBackend(t)
			r := start(t, nil, regions(b, tt.database, tt.otherwise, "sync"))
			status, answer := r.post(t, "/ingest", resident, "X-Forwarded-For", tt.client, "User-Agent", "curl/8.5.0", "Content-Type", "application/x-ndjson")
			if status != tt.status || strings.Contains(answer, tt.client) {
				t.Errorf("%d %s, want %d", status, answer, tt.status)
			}
			if metrics := r.get(t, "/metrics"); !strings.Contains(metrics, "winnow_residency_total{"+tt.outcome+"} 1") {
				t.Errorf("%s is not counted", tt.outcome)
			}
			got := strings.Join(b.all(), "\n")
			if (got == "") != (tt.to == "") || !strings.HasPrefix(got, "POST "+tt.to) && tt.to != "" {
				t.Fatalf("want to %q: %s", tt.to, got)
			}
			if got == "" {
				return
			}
			if !strings.Contains(got, `"message":"hello"`) || !strings.Contains(got, `"http.route":"/ingest"`) {
				t.Errorf("what is not personal does not leave: %s", got)
			}
			_, body, _ := strings.Cut(got, "]\n")
			for _, personal := range []string{"id_e", "192.0.2.", "198.51.", "user_agent", "user_id", "geo.country"} {
				if tt.personal != strings.Contains(body, personal) && (!tt.personal || personal == "user_agent") {
					t.Errorf("%s leaves: %v: %s", personal, !tt.personal, body)
				}
			}
		})
	}
}

// MOVE-1: with delivery spool each region has a lane of its own, and what is refused is not kept either.
func TestMOVE1Spooled(t *testing.T) {
	b, up, arrived := newSwitched(t)
	r := start(t, nil, regions(b, "country: '"+countryFile(t, time.Now())+"'", "refuse", "spool"))
	for client, want := range map[string]int{german: 200, american: 200, nobody: 403} {
		if status, answer := r.post(t, "/ingest", resident, "X-Forwarded-For", client); status != want {
			t.Fatalf("%s: %d %s", client, status, answer)
		}
	}
	metrics := r.get(t, "/metrics")
	for _, lane := range []string{"all", "eu"} {
		if !strings.Contains(metrics, `winnow_spool_batches_total{fate="acked",lane="`+lane+`"} 1`) {
			t.Errorf("lane %s has not one batch", lane)
		}
	}
	up.Store(true)
	<-arrived
	<-arrived
	for _, got := range b.all() {
		if strings.Contains(got, `"geo.country.iso_code":"DE"`) != strings.HasPrefix(got, "POST /eu/") {
			t.Errorf("to the wrong region: %s", got)
		}
	}
}

// MOVE-1: by tenant, whoever the client is.
func TestMOVE1ByTenant(t *testing.T) {
	b := newBackend(t)
	r := start(t, nil, `upstreams:
  - {id: all, url: '`+b.URL+`/all'}
  - {id: eu, url: '`+b.URL+`/eu'}
tenants: [{id: default}, {id: shop}, {id: bank}]
routes:
  - {path: /default, protocol: json, upstream_path: /in}
  - {path: /shop, protocol: json, upstream_path: /in, tenant: shop}
  - {path: /bank, protocol: json, upstream_path: /in, tenant: bank}
residency: {by: tenant, regions: [{id: eu, tenants: [shop], upstream: eu}, {id: ch, tenants: [bank]}]}
`)
	for path, want := range map[string]int{"/default": 204, "/shop": 204, "/bank": 403} {
		if status, answer := r.post(t, path, resident); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, answer, want)
		}
	}
	var to []string
	for _, got := range b.all() {
		line, _, _ := strings.Cut(got, "\n")
		to = append(to, line)
	}
	if got := strings.Join(to, " "); len(to) != 2 || !strings.Contains(got, "POST /eu/in") || !strings.Contains(got, "POST /all/in") {
		t.Errorf("went to %s", got)
	}
}

// MOVE-1: a database that a new one replaces counts from then on, without a restart.
func TestMOVE1OldDatabaseIsReplaced(t *testing.T) {
	file := countryFile(t, time.Now().Add(-48*time.Hour))
	b := newBackend(t)
	r := start(t, nil, regions(b, "max_age: 1d, country: '"+file+"'", "refuse", "sync"))
	if status, _ := r.post(t, "/ingest", resident, "X-Forwarded-For", german); status != 503 {
		t.Fatalf("with an old database: %d", status)
	}
	r.log.await(t, "counts as missing")
	list := []geo.Input{{Name: "list", Reader: strings.NewReader("3221225984,3221226239,DE\n")}}
	if _, err := geo.Import(list, geo.FormatTorGeoIP, file, time.Now(), nil); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		status, _ := r.post(t, "/ingest", resident, "X-Forwarded-For", german)
		if status == 204 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("with a new database: %d", status)
		}
	}
	if got := b.all()[0]; !strings.HasPrefix(got, "POST /eu/") {
		t.Errorf("sent to %.60s", got)
	}
}
