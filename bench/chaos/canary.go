package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// search looks into every file below dir for what was to be taken out, and for core files. Servers may run meanwhile: what they have removed is not
// looked at.
func search(dir string) (leaking, cores, files int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || !d.Type().IsRegular():
			return err
		}
		files++
		if name := d.Name(); name == "core" || strings.HasPrefix(name, "core.") {
			cores++
		}
		bad, err := leaksFile(path)
		if bad {
			leaking++
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return leaking, cores, files, err
}

// leaksFile reads a file in pieces that overlap by more than a canary's length.
func leaksFile(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	const overlap = 64
	buf := make([]byte, 1<<20)
	for kept := 0; ; {
		n, err := io.ReadFull(f, buf[kept:])
		if leaks(buf[:kept+n]) {
			return true, nil
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return false, nil
		default:
			return false, err
		}
		kept = copy(buf, buf[len(buf)-overlap:])
	}
}

// searchControl plants a canary in a file and searches for it: a search that finds nothing there proves nothing elsewhere.
func searchControl(parent string) (found int, err error) {
	dir, err := os.MkdirTemp(parent, "control-")
	if err != nil {
		return 0, err
	}
	filler := make([]byte, 1<<20-5) // the canary lies across the border of two pieces
	text := appendCanary(filler, "control", 0)
	if err := os.WriteFile(filepath.Join(dir, "planted"), text, 0o600); err != nil {
		return 0, err
	}
	found, _, _, err = search(dir)
	return found, err
}
