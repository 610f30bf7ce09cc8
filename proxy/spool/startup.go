package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"winnow/proxy/durable"
)

// A folder of an embedded store has a marker in it, which says how the rest is to be read:
//
//	{"format": 1, "made_by": "winnow"}
//
// A format that is newer than storeFormat is not touched. Beside it, set-aside-<time>/ holds the folders of streams that the server found but
// could not read: a new stream is never made over one.
const (
	markerFile  = "winnow-spool.json"
	storeFormat = 1
)

type marker struct {
	Format int    `json:"format"`
	MadeBy string `json:"made_by"`
}

// checkMarker refuses a folder that this version cannot keep, and marks one that is new.
func checkMarker(dir string) error {
	path := filepath.Join(dir, markerFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return writeMarker(path)
	}
	if err != nil {
		return err
	}
	var m marker
	if err := json.Unmarshal(data, &m); err != nil || m.Format < 1 || m.MadeBy != "winnow" {
		return fmt.Errorf("%s cannot be read: it must say {\"format\": %d, \"made_by\": \"winnow\"}; restore it if the folder is a spool of this version", path, storeFormat)
	}
	if m.Format > storeFormat {
		return fmt.Errorf("%s: the spool has format %d and this version knows formats up to %d: start the newer version, or name another folder", path, m.Format, storeFormat)
	}
	return nil
}

func writeMarker(path string) error {
	data, err := json.Marshal(marker{Format: storeFormat, MadeBy: "winnow"})
	if err != nil {
		return err
	}
	return durable.Replace(path, append(data, '\n'))
}

// streamsDir is where the embedded server keeps its streams.
func streamsDir(dir string) string { return filepath.Join(dir, "jetstream", "$G", "streams") }

// setAsidePrefix begins the names of folders that hold what could not be read; the time in UTC follows.
const (
	setAsidePrefix = "set-aside-"
	asideTime      = "20060102T150405.000000000"
)

// setAside moves away what the server has on disk and did not recover, and says so. It runs before any stream is made.
func (j *JetStream) setAside(ctx context.Context) error {
	found, err := os.ReadDir(streamsDir(j.o.Dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	recovered := map[string]bool{}
	list := j.js.StreamNames(ctx)
	for name := range list.Name() {
		recovered[name] = true
	}
	if err := list.Err(); err != nil && !errors.Is(err, jetstream.ErrEndOfData) {
		return err
	}
	to := filepath.Join(j.o.Dir, setAsidePrefix+j.o.now().UTC().Format(asideTime))
	for _, f := range found {
		if recovered[f.Name()] || !f.IsDir() {
			continue
		}
		if err := os.MkdirAll(to, 0o700); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(streamsDir(j.o.Dir), f.Name()), filepath.Join(to, f.Name())); err != nil {
			return err
		}
		j.o.log().Error("a part of the spool cannot be read and was set aside: keep the folder until it is known what was in it", "stream", f.Name(), "folder", to)
	}
	return nil
}

// ExpireAside removes what was set aside before a time.
func (j *JetStream) ExpireAside(before time.Time) error {
	if j.o.Dir == "" {
		return nil
	}
	list, err := os.ReadDir(j.o.Dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range list {
		text, aside := strings.CutPrefix(f.Name(), setAsidePrefix)
		at, err := time.Parse(asideTime, text)
		if !aside || err != nil || !at.Before(before) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(j.o.Dir, f.Name())); err != nil {
			errs = append(errs, err)
			continue
		}
		j.o.log().Warn("what was set aside unread was erased: all that can have been in it is older than may be kept", "folder", f.Name())
	}
	return errors.Join(errs...)
}

// asides lists the folders of streams that were set aside, now or before.
func asides(dir string) []string {
	list, err := filepath.Glob(filepath.Join(escapeGlob(dir), setAsidePrefix+"*", "*"))
	if err != nil {
		return nil // of a pattern that is well formed there is none
	}
	return list
}

// escapeGlob takes the meaning from what stands in a folder's own name.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// Warnings implements Store.
func (j *JetStream) Warnings() (list []string) {
	j.verdict.Lock()
	unsynced := j.unsynced
	j.verdict.Unlock()
	if unsynced != nil {
		list = append(list, "what was taken can be lost when power fails, which memory_acks accepts: "+unsynced.Error())
	}
	if j.o.Dir != "" {
		for _, folder := range asides(j.o.Dir) {
			list = append(list, folder+" could not be read and was set aside: mend it, or remove it")
		}
	}
	return list
}

// now is the clock.
func (o *JetStreamOptions) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}
