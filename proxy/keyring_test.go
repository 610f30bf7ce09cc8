package proxy_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/audit"
)

const pseudonyms = "policy: {mode: scrub, preset: none, detectors: {email: {action: pseudonym}}}\n"

var emailToken = regexp.MustCompile(`email_e[0-9]+_[a-z2-7]{26}`)

// One person has one pseudonym, and the key of it is kept wrapped.
func TestPseudonymsUnderKeptKeys(t *testing.T) {
	b := newBackend(t)
	r := start(t, b, "master_secret: a-master-secret-made-up-for-this-test\n"+pseudonyms)
	r.post(t, "/ingest", login)
	r.post(t, "/ingest", login)
	all := b.all()
	tokens := emailToken.FindAllString(strings.Join(all, "\n"), -1)
	if len(tokens) != 2 || tokens[0] != tokens[1] {
		t.Fatalf("%q", all)
	}
	files, err := filepath.Glob(filepath.Join(r.Config.DataDir, "state", "pseudonyms", "key+default+operations+*"))
	if err != nil || len(files) != 1 {
		t.Errorf("%q, %v", files, err)
	}
}

// Without a key nothing leaves, not even what has no need of it: the client is told to try later.
func TestNoKeyNothingLeaves(t *testing.T) {
	for _, lost := range []string{"remove", "damage"} {
		b := newBackend(t)
		r := start(t, b, pseudonyms)
		list := filepath.Join(r.Config.DataDir, "state", "pseudonyms", "epochs")
		err := os.Remove(list)
		if lost == "damage" {
			err = os.WriteFile(list, []byte("torn"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if status, body := r.post(t, "/ingest", login); status != 503 || !strings.Contains(body, "no key for pseudonyms") {
			t.Errorf("%s: %d %s", lost, status, body)
		}
		if got := b.all(); len(got) != 0 {
			t.Errorf("%s: %q left", lost, got)
		}
		if health := r.get(t, "/healthz"); !strings.Contains(health, "keys: ") {
			t.Errorf("%s: %s", lost, health)
		}
	}
}

// Another master secret than the keys were made under is not taken, at start or at a reload, and nothing is made under it.
func TestOtherMasterSecret(t *testing.T) {
	c := quick(t)
	c.MasterSecret = config.NewSecret("the first master secret of this test")
	ctx, cancel := context.WithCancel(t.Context())
	err := proxy.Run(ctx, proxy.Options{
		Load: func() (*config.Config, error) { return c, nil }, Log: slog.New(slog.DiscardHandler), Ready: func(proxy.Info) { cancel() },
	})
	if err != nil {
		t.Fatal(err)
	}
	before := stateFiles(t, c)
	c.MasterSecret = config.NewSecret("another master secret of this test!")
	if err := run(t, c); err == nil || !strings.Contains(err.Error(), "the master secret is not the one") || strings.Contains(err.Error(), "this test") {
		t.Errorf("%v", err)
	}
	if after := stateFiles(t, c); !slices.Equal(before, after) {
		t.Errorf("%q became %q", before, after)
	}

	b := newBackend(t)
	r := start(t, b, "master_secret: the-first-master-secret-of-this-test\n"+pseudonyms)
	r.post(t, "/ingest", login)
	r.change(t, "the-first", "another-")
	r.log.await(t, "configuration not taken")
	r.post(t, "/ingest", login)
	if tokens := emailToken.FindAllString(strings.Join(b.all(), "\n"), -1); len(tokens) != 2 || tokens[0] != tokens[1] {
		t.Errorf("%q", tokens)
	}
}

func stateFiles(t *testing.T, c *config.Config) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.DataDir, "state", "pseudonyms", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%q, %v", files, err)
	}
	return files
}

// A reload puts the length of an epoch in force, and the audit log tells of each that begins.
func TestKEEP1EpochsAreTold(t *testing.T) {
	r := start(t, newBackend(t), "key_epoch: 720h\n"+pseudonyms)
	r.change(t, "720h", "1h")
	r.reload <- syscall.SIGHUP
	r.log.await(t, "configuration reloaded")
	metrics := r.get(t, "/metrics")
	for _, want := range []string{"winnow_key_epochs_kept 1\n", "winnow_key_last_destruction_timestamp_seconds 0\n", "winnow_key_epoch ", "winnow_key_epoch_age_seconds ", "winnow_key_last_rotation_timestamp_seconds 1."} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%q is missing in the metrics", want)
		}
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	var begun []string
	_, err := audit.Verify(filepath.Join(r.Config.DataDir, audit.FileName), nil, audit.Head{}, func(l *audit.Line) error {
		if l.Act == "keys.begin" {
			begun = append(begun, l.Actor+" "+l.Details["why"])
		}
		return nil
	})
	if err != nil || !slices.Equal(begun, []string{"winnow first"}) {
		t.Errorf("%q, %v", begun, err)
	}
}

// A command prints the master secret. One that fails, says too little or too much, or does not end, stops the start, and nothing of what it prints shows.
func TestMasterSecretCommand(t *testing.T) {
	const secret = "planted-secret-of-more-than-32-bytes"
	for name, c := range map[string]struct{ script, want string }{
		"prints it":     {"echo " + secret, ""},
		"fails":         {"echo " + secret + " >&2; exit 3", "sh failed (exit status 3)"},
		"is killed":     {"kill -9 $$", "sh failed (signal: killed)"},
		"says nothing":  {"true", "printed 0 bytes"},
		"says little":   {"echo planted", "printed 7 bytes"},
		"says too much": {"while echo " + secret + "; do :; done", "printed more than 4096 bytes"},
		"does not end":  {"echo " + secret + "; sleep 60", "did not end in time"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			got, err := proxy.Master(ctx, &config.Config{MasterSecretCommand: []string{"/bin/sh", "-c", c.script}})
			if c.want == "" {
				if string(got) != secret || err != nil {
					t.Errorf("%d bytes, %v", len(got), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "planted") {
				t.Errorf("%v", err)
			}
		})
	}
	c := quick(t)
	c.MasterSecretCommand = []string{"/nowhere/at-all"}
	if err := run(t, c); err == nil || !strings.Contains(err.Error(), "at-all could not be run") {
		t.Errorf("%v", err)
	}
}
