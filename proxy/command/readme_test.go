package command_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/command"
)

// readme is the README at work: its blocks run from top to bottom in one folder, as a reader would.
type readme struct {
	*testing.T
	dir  string
	swap *strings.Replacer // addresses that are taken on this machine for free ones
	// running is the proxy that the README has started last.
	running *exec.Cmd
	admin   string
	output  string // of the last block of commands
}

// block is a fenced block: its language and what is in it.
var block = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestReadme runs every command and every config that the README shows, so that it cannot lie.
func TestReadme(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Log("curl is not installed: its lines are sent by this test itself")
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	r := newReadme(t)
	counts := map[string]int{}
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		counts[m[1]]++
		switch m[1] {
		case "sh":
			r.output = ""
			for line := range strings.Lines(m[2]) {
				r.command(strings.TrimSpace(line))
			}
		case "yaml":
			r.config(m[2])
		case "json":
			r.sample(m[2])
		default:
			t.Errorf("a block of %s: say how to test it", m[1])
		}
	}
	if counts["sh"] < 4 || counts["yaml"] < 4 || counts["json"] != 1 {
		t.Errorf("blocks found: %v; was the README read as it is meant?", counts)
	}
	r.metrics(string(text))
}

func newReadme(t *testing.T) *readme {
	t.Helper()
	r := &readme{T: t, dir: t.TempDir()}
	var free [2]string
	for i := range free {
		var err error
		if free[i], err = freeAddr(); err != nil {
			t.Fatal(err)
		}
	}
	r.admin = free[1]
	r.swap = strings.NewReplacer("127.0.0.1:8080", free[0], "127.0.0.1:8081", free[1])
	r.write("app.log", "login of alice@example.com\n{\"level\":\"info\",\"user\":\"bob\"}\n")
	r.write("person.txt", "alice@example.com\n")
	r.write("running.yaml", strings.Replace(string(config.Starter("service-operations")), "# upstream: ", "upstream: ", 1)) // what winnow.yaml, made by init, is compared with
	r.write("geoip", "3221225984,3221226239,CH\n")
	r.write("default.yaml", "listen: 127.0.0.1:8080\nadmin: {listen: 127.0.0.1:8081}\n")
	t.Setenv("LOKI_TOKEN", "made-up")
	t.Setenv("ELASTIC_API_KEY", "made-up")
	t.Cleanup(r.stop)
	return r
}

func (r *readme) write(name, text string) {
	r.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(r.swap.Replace(text)), 0o600); err != nil {
		r.Fatal(err)
	}
}

// command runs one line of a shell block.
func (r *readme) command(line string) {
	r.Helper()
	line = strings.Replace(line, "go run . ", "winnow ", 1)
	switch {
	case line == ".ci/test":
		// It runs this test too, so here it must only be there.
		if info, err := os.Stat("../../.ci/test"); err != nil || info.Mode()&0o100 == 0 {
			r.Errorf("%s cannot be run: %v", line, err)
		}
	case strings.HasPrefix(line, "winnow run"):
		r.start(line)
	case strings.HasPrefix(line, "curl "):
		r.curl(line)
	default:
		r.shell(line)
	}
}

// shell runs a line and wants it to succeed.
func (r *readme) shell(line string) {
	r.Helper()
	cmd := exec.Command("sh", "-c", r.swap.Replace(line))
	cmd.Dir = r.dir
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		r.Errorf("%s: %v\n%s", line, err, complaint.String())
	}
	r.output += out.String()
	if strings.HasPrefix(line, "winnow init") {
		text, err := os.ReadFile(filepath.Join(r.dir, "winnow.yaml"))
		if err != nil {
			r.Fatal(err)
		}
		r.write("winnow.yaml", string(text))
	}
}

// start runs the proxy until the README starts another. The embedded default gets free ports from a file that says nothing else.
func (r *readme) start(line string) {
	r.Helper()
	r.stop()
	if line == "winnow run" {
		line += " --config default.yaml"
	}
	cmd := exec.Command("sh", "-c", "exec "+line)
	cmd.Dir = r.dir
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	r.running = cmd
	if err := await("answer of "+line, func() bool { return answers("http://" + r.admin + "/readyz") }); err != nil {
		r.stop()
		r.Fatalf("%v\n%s", err, log.String())
	}
}

// stop interrupts the proxy, which must end well.
func (r *readme) stop() {
	r.Helper()
	if r.running == nil {
		return
	}
	r.running.Process.Signal(os.Interrupt)
	if err := r.running.Wait(); err != nil {
		r.Errorf("the proxy ended: %v", err)
	}
	r.running = nil
}

var curlLine = regexp.MustCompile(`^curl -sS (\S+) -H 'Content-Type: application/json' -d '([^']*)'$`)

// curl sends what a curl line says; by curl itself where it is installed.
func (r *readme) curl(line string) {
	r.Helper()
	if _, err := exec.LookPath("curl"); err == nil {
		r.shell(line)
		return
	}
	m := curlLine.FindStringSubmatch(r.swap.Replace(line))
	if m == nil {
		r.Fatalf("a curl line of another form: %s", line)
	}
	resp, err := http.Post(m[1], "application/json", strings.NewReader(m[2]))
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		r.Errorf("%s: %s", line, resp.Status)
	}
}

// sample wants the record that the README shows at the end of what the last block printed, but for the facts of the request.
func (r *readme) sample(want string) {
	r.Helper()
	members := strings.TrimSuffix(strings.TrimSpace(want), "}")
	if !strings.Contains(r.output, members) {
		r.Errorf("the README shows\n%sand the commands before it print\n%s", want, r.output)
	}
	for _, gone := range []string{"Alice", "alice", "4111111111111111", "dGhpcyBp"} {
		if strings.Contains(r.output, gone) {
			r.Errorf("%s is left in\n%s", gone, r.output)
		}
	}
}

// config wants a file without a mistake.
func (r *readme) config(text string) {
	r.Helper()
	r.write("shown.yaml", text)
	var complaint bytes.Buffer
	if code := command.Main([]string{"check", filepath.Join(r.dir, "shown.yaml")}, strings.NewReader(""), io.Discard, &complaint); code != 0 {
		r.Errorf("check: exit code %d\n%s\n%s", code, complaint.String(), text)
	}
}

// elsewhere are metrics that only a winnow with databases, or one in a cluster, has.
var elsewhere = []string{"winnow_geo_database_timestamp_seconds", "winnow_policies_in_force"}

// metrics wants every metric that the README names, but those that stand only while their cause does.
func (r *readme) metrics(text string) {
	r.Helper()
	resp, err := http.Get("http://" + r.admin + "/metrics")
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		r.Fatal(err)
	}
	named := 0
	for _, name := range regexp.MustCompile(`winnow_[a-z_]+`).FindAllString(text, -1) {
		named++
		if !slices.Contains(elsewhere, name) && !bytes.Contains(page, []byte(fmt.Sprintf("# TYPE %s ", name))) {
			r.Errorf("no metric %s", name)
		}
	}
	if named < 20 {
		r.Errorf("the README names %d metrics; was it read as it is meant?", named)
	}
}
