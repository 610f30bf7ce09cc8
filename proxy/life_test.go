package proxy_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter/mmdbtype"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/admin"
	"winnow/proxy/geo/geotest"
)

// change replaces text in the configuration file.
func (r *running) change(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("%q is not in the file:\n%s", from, text)
	}
	r.write(t, strings.Replace(string(text), from, to, 1))
}

// keptPolicy proves that a configuration was not taken: the metrics say so, and the first record to a backend still leaves as it did.
func (r *running) keptPolicy(t *testing.T, b *backend) {
	t.Helper()
	if !strings.Contains(r.get(t, "/metrics"), "winnow_config_last_reload_successful 0") {
		t.Error("the failure does not show in the metrics")
	}
	r.post(t, "/ingest", login)
	if got := b.all(); len(got) != 1 || !strings.Contains(got[0], "[email]") {
		t.Errorf("the old policy is not in force: %q", got)
	}
}

// A file that changes is read; a bad one leaves the old policy, says where it is wrong, and shows.
func TestReloadOnChange(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, scrubMode)
	r.change(t, "mode: scrub", "mode: scrabble")
	r.log.await(t, "configuration not taken")
	if !strings.Contains(r.log.String(), "winnow.yaml:7:16: ") {
		t.Errorf("the mistake has no place:\n%s", r.log)
	}
	r.keptPolicy(t, b)
	r.change(t, "mode: scrabble", "mode: scrub, rules: [{id: gone, fields: [message], action: drop}]")
	r.log.await(t, "configuration reloaded")
	r.post(t, "/ingest", login)
	if got := b.all(); len(got) != 2 || strings.Contains(got[1], "message") {
		t.Errorf("the new policy is not in force: %q", got)
	}
	if !strings.Contains(r.get(t, "/metrics"), "winnow_config_last_reload_successful 1") {
		t.Error("the success does not show in the metrics")
	}
}

func TestReloadBySignalAndAdmin(t *testing.T) {
	r := start(t, newBackend(t), scrubMode)
	r.reload <- syscall.SIGHUP
	r.log.await(t, "configuration reloaded")
	token, err := admin.ReadLocal(r.Config.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	var now admin.PolicyInfo
	if err := admin.NewClient(r.admin, token, nil).Post(t.Context(), "/api/v1/policy/reload", nil, &now); err != nil || now.Mode != "scrub" {
		t.Errorf("%+v, %v", now, err)
	}
}

// What is read at start only is named, and an upstream that stays keeps its file while another setting of it changes.
func TestReloadKeepsWhatStays(t *testing.T) {
	r := start(t, nil, "upstreams: [{id: file, type: file}]\n")
	r.post(t, "/ingest", login)
	r.change(t, "listen: 127.0.0.1:0", "listen: 127.0.0.1:9")
	r.change(t, "type: file}", "type: file, keep_age: 48h}")
	r.reload <- syscall.SIGHUP
	r.log.await(t, "configuration reloaded")
	if !strings.Contains(r.log.String(), `"key":"listen"`) {
		t.Error("the changed address is not spoken of")
	}
	if status, body := r.post(t, "/ingest", login); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if names, err := filepath.Glob(filepath.Join(r.Config.DataDir, "*.ndjson")); err != nil || len(names) != 1 {
		t.Errorf("%q, %v", names, err)
	}
}

func TestHealth(t *testing.T) {
	r := start(t, newBackend(t), "")
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if got := r.get(t, path); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	metrics := r.get(t, "/metrics")
	for _, name := range []string{"winnow_build_info{", "winnow_policy_info{", `winnow_upstream_up{upstream="logs"} 1`, "winnow_inflight_limit_bytes 2.68435456e+08"} {
		if !strings.Contains(metrics, name) {
			t.Errorf("%s is missing", name)
		}
	}
}

// At the end a request in flight is finished, while readyz says no and nobody new is let in.
func TestDrain(t *testing.T) {
	b := newBackend(t)
	entered, release := make(chan struct{}), make(chan struct{})
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		w.WriteHeader(204)
	}
	r := start(t, b, scrubMode)
	answered := make(chan int, 1)
	go func() {
		resp, err := http.Post(r.url+"/ingest", "application/json", strings.NewReader(login))
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-entered
	r.stop()
	r.log.await(t, "draining")
	if got := r.get(t, "/readyz"); got != "draining\n" {
		t.Errorf("readyz: %q", got)
	}
	close(release)
	if status := <-answered; status != 204 {
		t.Errorf("the request in flight: %d", status)
	}
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", r.Listen); err == nil {
		c.Close()
		t.Error("still listening")
	}
}

// A request that will not end is given up.
func TestDrainTimeout(t *testing.T) {
	b := newBackend(t)
	entered, release := make(chan struct{}), make(chan struct{})
	b.reply = func(http.ResponseWriter, *http.Request) { close(entered); <-release }
	t.Cleanup(func() { close(release) })
	r := start(t, b, "limits: {drain_timeout: 20ms}\n"+scrubMode)
	go func() {
		if resp, err := http.Post(r.url+"/ingest", "application/json", strings.NewReader(login)); err == nil {
			resp.Body.Close()
		}
	}()
	<-entered
	if err := r.end(); err != nil || !strings.Contains(r.log.String(), "given up") {
		t.Errorf("%v\n%s", err, r.log)
	}
}

// run starts with a configuration that cannot work, and returns what Run says.
func run(t *testing.T, c *config.Config) error {
	t.Helper()
	return proxy.Run(t.Context(), proxy.Options{
		Load: func() (*config.Config, error) { return c, nil },
		Log:  slog.New(slog.DiscardHandler),
		Ready: func(proxy.Info) {
			t.Error("it is ready")
		},
	})
}

// quick is a default that needs no port and keeps its data in the test's folder, which the default upstream and the spool take their own from.
func quick(t *testing.T) *config.Config {
	t.Helper()
	c, err := config.Parse("winnow.yaml", []byte("listen: 127.0.0.1:0\nadmin: {listen: \"off\"}\ndata_dir: "+t.TempDir()+"\n"), config.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMasterSecret(t *testing.T) {
	c := quick(t)
	name := filepath.Join(c.DataDir, "master.secret")
	once := func() (made string) {
		ctx, cancel := context.WithCancel(t.Context())
		err := proxy.Run(ctx, proxy.Options{
			Load: func() (*config.Config, error) { return c, nil }, Log: slog.New(slog.DiscardHandler),
			Ready: func(i proxy.Info) { made = i.NewSecret; cancel() },
		})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	if made := once(); made != name {
		t.Errorf("made %q", made)
	}
	first, err := os.ReadFile(name)
	if info, e := os.Stat(name); err != nil || e != nil || info.Mode().Perm() != 0o600 || len(first) != 65 {
		t.Fatalf("%d bytes, %v, %v", len(first), err, e)
	}
	if made := once(); made != "" {
		t.Error("made again")
	}
	if again, err := os.ReadFile(name); err != nil || string(again) != string(first) {
		t.Error("changed")
	}
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(t, c); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by all: %v", err)
	}
	for _, content := range []string{"", "0123\n", strings.Repeat("z", 64)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Chmod(name, 0o600)
		if err := run(t, c); err == nil || content != "" && strings.Contains(err.Error(), strings.TrimSpace(content)) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestCannotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, spoil := range map[string]func(*config.Config){
		"address taken":       func(c *config.Config) { c.Listen = taken.Addr().String() },
		"admin address taken": func(c *config.Config) { c.Admin.Listen = taken.Addr().String() },
		"no geo database":     func(c *config.Config) { c.Geo.Country = filepath.Join(c.DataDir, "none.mmdb") },
		"no authorities": func(c *config.Config) {
			c.Upstreams = []config.Upstream{{ID: "main", Type: config.UpstreamHTTP, URL: "https://example.com", CAFile: "none.pem"}}
		},
		"two in one folder": func(c *config.Config) {
			c.Upstreams = append(c.Upstreams, c.Upstreams[0])
			c.Upstreams[1].ID = "other"
		},
	} {
		c := quick(t)
		spoil(c)
		if err := run(t, c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// country writes a database that puts 192.0.2.0/24 in a country.
func country(t *testing.T, name, code string) {
	t.Helper()
	place := mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(code)}}
	content := geotest.Database(t, "GeoLite2-Country", time.Now(), 6, "192.0.2.0/24", place)
	if err := os.WriteFile(name+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}

// A geo database that is replaced is used from then on.
func TestGeoReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "country.mmdb")
	country(t, file, "CH")
	b := newBackend(t)
	r := start(t, b, "trusted_proxies: [127.0.0.0/8]\ngeo: {country: '"+file+"'}\n"+scrubMode)
	send := func() string {
		r.post(t, "/ingest", login, "X-Forwarded-For", "192.0.2.77")
		all := b.all()
		return all[len(all)-1]
	}
	if got := send(); !strings.Contains(got, `"CH"`) || strings.Contains(got, "192.0.2.77") {
		t.Errorf("%s", got)
	}
	before := strings.Count(r.log.String(), "geo database in force")
	country(t, file, "DE")
	for deadline := time.After(10 * time.Second); strings.Count(r.log.String(), "geo database in force") == before; {
		select {
		case <-r.log.seen:
		case <-deadline:
			t.Fatal("not reloaded")
		}
	}
	if got := send(); !strings.Contains(got, `"DE"`) {
		t.Errorf("%s", got)
	}
	if !strings.Contains(r.get(t, "/metrics"), `winnow_geo_database_timestamp_seconds{database="country"}`) {
		t.Error("the age of the database does not show")
	}
}
