package e2e

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"testing"
	"time"
)

// The commands, each built at its first use. The backend and the Loki client come from the user's cache folder when their sources
// have not changed; winnow is built from the tree as it is.
var (
	backendCommand = sync.OnceValues(func() (string, error) {
		return cached("victorialogs", "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-logs")
	})
	datadogCommand = sync.OnceValues(func() (string, error) { return cached("datadogclient", ".") })
	splunkCommand  = sync.OnceValues(func() (string, error) { return cached("splunkhec", ".") })
	lokiCommand    = sync.OnceValues(func() (string, error) { return cached("lokiclient", ".") })
	winnowCommand  = sync.OnceValues(func() (string, error) {
		path := filepath.Join(folder, "winnow")
		return path, build(filepath.Join("..", ".."), path, ".")
	})
)

// folder is for what is built anew, until the tests end.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "winnow-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
	}
	os.Exit(code)
}

// command returns the path of a command, built at need.
func command(t *testing.T, built func() (string, error)) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBackendStarts builds the backend and asks it for its records: none.
func TestBackendStarts(t *testing.T) {
	s := newStand(t, direct)
	if rows := s.rows(t, 0); len(rows) != 0 {
		t.Errorf("a new backend holds %d records", len(rows))
	}
}

// cached returns the command that pkg of the module in dir makes, from the cache folder where it is there already.
func cached(dir, pkg string) (string, error) {
	root, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	key, err := digest(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(root, "winnow-e2e", dir+"-"+key)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	// Under another name first: a build that is cut short, or a second one at the same time, must not leave half a command.
	part := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := build(dir, part, pkg); err != nil {
		return "", err
	}
	return path, os.Rename(part, path)
}

// digest is a hash of the files in dir and of the toolchain.
func digest(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return "", err
	}
	sort.Strings(files)
	h := sha256.New()
	fmt.Fprintln(h, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range files {
		if err := addFile(h, name); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

func addFile(w io.Writer, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, filepath.Base(name), len(data))
	_, err = w.Write(data)
	return err
}

// build compiles pkg of the module in dir without cgo, so that it needs a Go toolchain only, and says how long that took.
func build(dir, out, pkg string) error {
	begin := time.Now()
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "build", "-o", out, pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s in %s: %w\n%s", pkg, dir, err, msg)
	}
	fmt.Fprintf(os.Stderr, "e2e: built %s in %s\n", filepath.Base(out), time.Since(begin).Round(time.Second/10))
	return nil
}
