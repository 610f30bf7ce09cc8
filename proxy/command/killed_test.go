package command_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// killed is a winnow that is killed again and again, and what its clients and its backend saw.
type killed struct {
	*testing.T
	dir, listen, admin string
	log                *os.File

	mu        sync.Mutex
	delivered map[string]int // by the number in the record
	raw       int            // bodies that hold what they must not
}

var numberOf = regexp.MustCompile(`number (\d+-\d+-\d+)`)

// What a client heard "taken" for is delivered, though winnow is killed twenty times in the middle of its work; and no raw value is on disk,
// in the log or at the backend.
func TestKilledKeepsWhatItTook(t *testing.T) {
	k := &killed{T: t, dir: t.TempDir(), delivered: map[string]int{}}
	backend := httptest.NewServer(http.HandlerFunc(k.take))
	defer backend.Close()
	k.configure(backend.URL)
	var mu sync.Mutex
	var acked []string
	for cycle := range 20 {
		cmd := k.start()
		var clients sync.WaitGroup
		enough := make(chan struct{})
		var once sync.Once
		before := len(acked)
		for client := range 4 {
			clients.Go(func() {
				for n := 0; k.send(fmt.Sprintf("%d-%d-%d", cycle, client, n)); n++ { // until it is killed
					mu.Lock()
					acked = append(acked, fmt.Sprintf("%d-%d-%d", cycle, client, n))
					if len(acked) == before+20 {
						once.Do(func() { close(enough) })
					}
					mu.Unlock()
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(patience):
			t.Error("too few were taken")
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		clients.Wait()
	}
	last := k.start()
	if err := await("delivery of all that was taken", func() bool { return k.missing(acked) == 0 }); err != nil {
		t.Errorf("%d of %d are missing: %v", k.missing(acked), len(acked), err)
	}
	if err := last.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := last.Wait(); err != nil {
		t.Errorf("the last one ended: %v", err)
	}
	k.search()
}

// take is the backend.
func (k *killed) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // killed
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range numberOf.FindAllSubmatch(body, -1) {
		k.delivered[string(m[1])]++
	}
	if bytes.Contains(body, []byte("alice")) {
		k.raw++
	}
	w.WriteHeader(http.StatusNoContent)
}

// missing counts what was taken and not delivered.
func (k *killed) missing(acked []string) (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, number := range acked {
		if k.delivered[number] == 0 {
			n++
		}
	}
	return n
}

func (k *killed) configure(backend string) {
	k.Helper()
	for _, addr := range []*string{&k.listen, &k.admin} {
		var err error
		if *addr, err = freeAddr(); err != nil {
			k.Fatal(err)
		}
	}
	text := fmt.Sprintf("listen: %s\nadmin: {listen: %s}\ndata_dir: data\nupstreams: [{id: logs, url: '%s'}]\n"+
		"routes: [{path: /ingest, protocol: json, delivery: spool}]\npolicy: {mode: scrub}\n", k.listen, k.admin, backend)
	if err := os.WriteFile(filepath.Join(k.dir, "winnow.yaml"), []byte(text), 0o600); err != nil {
		k.Fatal(err)
	}
	var err error
	if k.log, err = os.Create(filepath.Join(k.dir, "log")); err != nil {
		k.Fatal(err)
	}
	k.Cleanup(func() { k.log.Close() })
}

// start starts winnow, and waits until it is ready.
func (k *killed) start() *exec.Cmd {
	k.Helper()
	cmd := exec.Command("winnow", "run", "--config", "winnow.yaml")
	cmd.Dir, cmd.Stderr = k.dir, k.log
	cmd.Env = append(os.Environ(), "TMPDIR="+k.dir) // temporary files are searched too
	if err := cmd.Start(); err != nil {
		k.Fatal(err)
	}
	k.Cleanup(func() { _ = cmd.Process.Kill() }) // most are gone by then
	if err := await("start", func() bool { return answers("http://" + k.admin + "/readyz") }); err != nil {
		k.Fatal(err)
	}
	return cmd
}

// send hands over one record, and tells whether it was taken.
func (k *killed) send(number string) bool {
	body := `{"level":"info","message":"number ` + number + ` of alice@example.com, card 4111111111111111"}`
	resp, err := http.Post("http://"+k.listen+"/ingest", "application/json", strings.NewReader(body))
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK
}

// search looks for what was in the records everywhere it could have been written to.
func (k *killed) search() {
	k.Helper()
	k.mu.Lock()
	if k.raw > 0 {
		k.Errorf("%d bodies reached the backend in clear", k.raw)
	}
	k.mu.Unlock()
	files := 0
	err := filepath.WalkDir(k.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		text, err := os.ReadFile(name)
		for _, canary := range [...]string{"alice", "4111111111111111", "of [email]"} {
			if bytes.Contains(text, []byte(canary)) {
				k.Errorf("%s holds %q", filepath.Base(name), canary)
			}
		}
		return err
	})
	if err != nil || files < 5 {
		k.Errorf("%d files searched, %v", files, err)
	}
}
