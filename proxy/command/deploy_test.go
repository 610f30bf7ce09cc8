package command_test

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"winnow/config"
	"winnow/proxy/certs/certtest"
	"winnow/proxy/command"
)

// seconds is the number behind a text in a file of deploy/.
func seconds(t *testing.T, file, before string) time.Duration {
	t.Helper()
	m := regexp.MustCompile(regexp.QuoteMeta(before) + `(\d+)`).FindStringSubmatch(read(t, "deploy/"+file))
	if m == nil {
		t.Fatalf("%s has no %s", file, before)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

// kubernetesConfig is the configuration in the ConfigMap.
func kubernetesConfig(t *testing.T) string {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(read(t, "deploy/kubernetes.yaml")))
	for {
		var object struct {
			Kind string
			Data map[string]string
		}
		if err := decoder.Decode(&object); err != nil {
			t.Fatalf("kubernetes.yaml: no ConfigMap: %v", err)
		}
		if object.Kind == "ConfigMap" {
			return object.Data["winnow.yaml"]
		}
	}
}

// The configuration in the ConfigMap loads as it stands there, but for the places of its secrets.
func TestKubernetesConfigLoads(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	certtest.New(t).Issue(t, "winnow.example.com", cert, key)
	master := filepath.Join(dir, "master")
	if err := os.WriteFile(master, []byte(strings.Repeat("0a", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("/run/secrets/tls/tls.crt", cert, "/run/secrets/tls/tls.key", key, "/run/secrets/winnow/master", master).Replace(kubernetesConfig(t))
	file := filepath.Join(dir, "winnow.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	if code := command.Main([]string{"check", file}, strings.NewReader(""), io.Discard, &complaint); code != 0 {
		t.Errorf("exit code %d\n%s", code, complaint.String())
	}
}

// Who stops winnow waits longer than it takes to end, and data_dir is what is kept. What a pod may use is above what bodies take.
func TestDeployedStopsInOrder(t *testing.T) {
	ends := func(text string) time.Duration {
		c, err := config.Parse("winnow.yaml", []byte(text), config.Env{ReadFile: func(string) ([]byte, error) { return []byte(strings.Repeat("0a", 32)), nil }})
		if err != nil {
			t.Fatal(err)
		}
		if text != "" && c.DataDir != "/var/lib/winnow" {
			t.Errorf("data_dir is %s", c.DataDir)
		}
		return time.Duration(c.Limits.ShutdownDelay) + time.Duration(c.Limits.DrainTimeout) + 5*time.Second // of the spool
	}
	if wait, end := seconds(t, "winnow.service", "TimeoutStopSec="), ends(""); wait <= end {
		t.Errorf("systemd waits %s, winnow may take %s", wait, end)
	}
	if n := config.Default().Limits.MaxInflightBytes; n != 256<<20 {
		t.Errorf("limits.max_inflight_bytes is %d by default; kubernetes.yaml says 256 MiB", n)
	}
	if wait, end := seconds(t, "kubernetes.yaml", "terminationGracePeriodSeconds: "), ends(kubernetesConfig(t)); wait <= end {
		t.Errorf("Kubernetes waits %s, winnow may take %s", wait, end)
	}
}

// What the unit calls is in the command line.
func TestUnitCallsWhatThereIs(t *testing.T) {
	if calls := shown(t, "winnow.service", strings.Join(regexp.MustCompile(`(?m)^Exec.*$`).FindAllString(read(t, "deploy/winnow.service"), -1), "\n")); calls != 2 {
		t.Errorf("%d calls of winnow, want 2", calls)
	}
}

// What an alert asks for is told of on a page, and it says what to do.
func TestAlertsAskForWhatThereIs(t *testing.T) {
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/alerts.yaml")), &rules); err != nil {
		t.Fatal(err)
	}
	pages, metric, asked := readAll(t, "docs/*.md", "README.md"), regexp.MustCompile(`\bwinnow_\w+`), 0
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			for _, name := range metric.FindAllString(rule.Expr, -1) {
				asked++
				if !regexp.MustCompile("`" + name + `\b`).MatchString(pages) {
					t.Errorf("%s asks for %s, of which no page tells", rule.Alert, name)
				}
			}
			if rule.Annotations.Summary == "" {
				t.Errorf("%s does not say what to do", rule.Alert)
			}
		}
	}
	if asked < 12 {
		t.Errorf("%d metrics asked for; were the rules read as they are meant?", asked)
	}
}
