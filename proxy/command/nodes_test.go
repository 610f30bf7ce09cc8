package command_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/proxy/spool/natstest"
)

// promised is within which time what is decided at one node is in force on all.
const promised = time.Second

// nodes are two winnows, processes of their own, that share a cluster of NATS servers and a backend.
type nodes struct {
	*testing.T
	dir    string
	listen [2]string

	mu       sync.Mutex
	arrived  map[string]string // by path, what the backend got
	numbered int
}

// RIGHT-3, TRAIN-3: what is decided by the command line at one node is in force on the next record at another within a second. One decides,
// and the other is asked again and again what becomes of a record.
func TestRIGHT3TRAIN3NodesAgreeWithinASecond(t *testing.T) {
	n := &nodes{T: t, dir: t.TempDir(), arrived: map[string]string{}}
	n.start(natstest.Start(t, 3, true))
	n.inForce("logs", true) // at the beginning
	n.decide("alice\n", "subject", "restrict", "--why", "ticket 7")
	n.inForce("logs", false)
	n.decide("alice\n", "subject", "release")
	n.inForce("logs", true)
	training := []string{"--tenant", "shop", "--purpose", "training"}
	grant := append([]string{"consent", "grant", "--addendum", "A-17", "--stream", "/ingest"}, training...)
	n.decide("", grant...)
	n.inForce("lab", true)
	n.decide("", append([]string{"consent", "withdraw"}, training...)...)
	<-time.After(promised)
	after := n.send()
	n.decide("", grant...)
	n.inForce("lab", true) // copies leave in their order
	if n.has("lab", after) {
		t.Errorf("a record is copied that came %s after consent was withdrawn", promised)
	}
	n.decide("", "consent", "withdraw", "--tenant", "shop", "--purpose", "statistics")
	if out := n.command(1, "", "consent", "show", "--tenant", "shop"); !strings.Contains(out, "statistics  withdrawn") {
		t.Errorf("the other node shows\n%s", out)
	}
}

// start starts the backend and both nodes.
func (n *nodes) start(s *natstest.Servers) {
	n.Helper()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			n.mu.Lock()
			n.arrived[strings.Split(r.URL.Path, "/")[1]] += string(body)
			n.mu.Unlock()
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	n.Cleanup(backend.Close)
	for i := range n.listen {
		listen, err := freeAddr()
		admin, err2 := freeAddr()
		if err != nil || err2 != nil {
			n.Fatal(err, err2)
		}
		n.listen[i] = listen
		text := fmt.Sprintf(`listen: %s
admin: {listen: %s}
data_dir: data%d
master_secret: a-master-secret-made-up-for-this-test
spool: {nats: ['%s'], monitor: ['%s'], max_lane_bytes: 64MiB}
tenants: [{id: shop}]
upstreams:
  - {id: logs, url: '%s/logs'}
  - {id: lab, url: '%[7]s/lab', format: ndjson, purposes: [training]}
routes: [{path: /ingest, protocol: json, upstream: logs, upstream_path: /in}]
training: {upstream: lab, policy: {mode: scrub}}
policy: {mode: scrub}
`, listen, admin, i, strings.Join(s.URLs, "', '"), strings.Join(s.Monitors, "', '"), backend.URL, backend.URL)
		if err := os.WriteFile(filepath.Join(n.dir, fmt.Sprintf("node%d.yaml", i)), []byte(text), 0o600); err != nil {
			n.Fatal(err)
		}
		n.run(i, admin)
	}
}

// run runs a node until the test ends.
func (n *nodes) run(i int, admin string) {
	n.Helper()
	cmd := exec.Command("winnow", "run", "--config", fmt.Sprintf("node%d.yaml", i))
	log := &strings.Builder{}
	cmd.Dir, cmd.Stderr = n.dir, log
	if err := cmd.Start(); err != nil {
		n.Fatal(err)
	}
	n.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || n.Failed() {
			n.Errorf("node %d: %v\n%s", i, err, log)
		}
	})
	if err := await("start", func() bool { return answers("http://" + admin + "/readyz") }); err != nil {
		n.Fatal(err)
	}
}

// decide has the first node decide something, as an operator would.
func (n *nodes) decide(stdin string, args ...string) {
	n.Helper()
	n.command(0, stdin, args...)
}

func (n *nodes) command(node int, stdin string, args ...string) string {
	n.Helper()
	cmd := exec.Command("winnow", append(args, "--config", fmt.Sprintf("node%d.yaml", node))...)
	cmd.Dir, cmd.Stdin = n.dir, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		n.Fatalf("winnow %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// send hands a record of alice to the second node and returns its number.
func (n *nodes) send() string {
	n.Helper()
	n.numbered++
	number := fmt.Sprintf("number-%d.", n.numbered)
	resp, err := http.Post("http://"+n.listen[1]+"/ingest", "application/json", strings.NewReader(`{"user_id":"alice","level":"`+number+`"}`))
	if err != nil {
		n.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		n.Fatalf("status %d", resp.StatusCode)
	}
	return number
}

func (n *nodes) has(to, number string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Contains(n.arrived[to], number)
}

// inForce sends records until one arrives, or one does not, and demands that it was sent within the promised time. Of copies, which arrive behind
// the client's back, only that they arrive can be asked.
func (n *nodes) inForce(to string, arrives bool) {
	n.Helper()
	began := time.Now()
	for sent := time.Now(); ; sent = time.Now() {
		number := n.send()
		if to == "lab" && await("a copy", func() bool { return n.has(to, number) || time.Since(sent) > promised }) != nil {
			n.Fatal("no copy")
		}
		if n.has(to, number) == arrives {
			n.Logf("records reach %s: %v, from %s after the command on", to, arrives, sent.Sub(began))
			return
		}
		if sent.Sub(began) > promised {
			n.Fatalf("records reach %s: %v, more than %s after the command", to, !arrives, promised)
		}
	}
}
