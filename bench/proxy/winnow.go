package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// buildWinnow builds the binary that users get and returns its path, and what removes it again.
func buildWinnow(ctx context.Context) (path string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "winnow-bench-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(dir) } // a temporary folder left behind harms nobody
	path = filepath.Join(dir, "winnow")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "winnow")
	if out, err := cmd.CombinedOutput(); err != nil {
		remove()
		return "", nil, fmt.Errorf("building winnow: %w\n%s", err, out)
	}
	return path, remove, nil
}

// startWinnow starts winnow before upstream, which takes the format, with the default policy and all default detectors on.
func startWinnow(ctx context.Context, binary, upstream, format string) (*child, error) {
	listen, err1 := freeAddress()
	admin, err2 := freeAddress()
	dir, err3 := os.MkdirTemp(filepath.Dir(binary), "data-")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "winnow.yaml")
	text := fmt.Sprintf("listen: %s\nadmin: {listen: %s}\ndata_dir: %s\nupstreams: [{id: sink, url: 'http://%s', format: %s}]\n",
		listen, admin, dir, upstream, format)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	c, err := spawn(ctx, "winnow", binary, "run", "--config", file)
	if err != nil {
		return nil, err
	}
	c.address, c.metrics = listen, "http://"+admin+"/metrics"
	err = c.ready(ctx, func() error {
		_, err := get(ctx, "http://"+admin+"/readyz")
		return err
	})
	if err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}
