package proxy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"winnow/proxy/durable"
	"winnow/proxy/values"
)

// knownFile is in data_dir, beside the state and not in it: a line for each bucket that this node has ever opened, its name and its identity.
const knownFile = "state.known"

// ErrStateLost is about a bucket that was there before and is not any more: who is restricted, what tenants decided and which keys there were is not
// known then, and nothing may be guessed.
var ErrStateLost = errors.New("it is not the one that this node had before, and what that held is not here")

// identified is a bucket that can be told from one that is made in its place.
type identified interface {
	Identity(ctx context.Context) (string, error)
}

// recognise compares a bucket with the one of that name that this node had before, and remembers one that is new. The state may be gone, or
// another's: the error is ErrStateLost, until the state is put back or the operator says that it is meant.
func (s *State) recognise(ctx context.Context, name string, b values.Bucket) error {
	own, ok := b.(identified)
	if !ok {
		return nil
	}
	id, err := own.Identity(ctx)
	if err != nil {
		return err
	}
	at := filepath.Join(s.data, knownFile)
	known, err := readKnown(at)
	if err != nil {
		return err
	}
	switch known[name] {
	case id:
		return nil
	case "":
		known[name] = id
		return writeKnown(at, known)
	}
	return fmt.Errorf("bucket %s in %s: %w; have spool.nats and data_dir name the store of before, or restore it from a copy; if it is meant to begin "+
		"anew, without who was restricted, what tenants decided and the keys of pseudonyms, remove %s, or the line of %s in it for that bucket alone",
		name, s.place(), ErrStateLost, at, name)
}

// place is where the buckets are, in words.
func (s *State) place() string {
	if s.cluster != nil {
		return "the cluster of spool.nats"
	}
	return s.dir
}

func readKnown(at string) (map[string]string, error) {
	text, err := os.ReadFile(at)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	known := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, id, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || name == "" || id == "" {
			return nil, fmt.Errorf("%s: a line is not a bucket's name and its identity: restore the file from a copy, or remove it", at)
		}
		known[name] = id
	}
	return known, nil
}

func writeKnown(at string, known map[string]string) error {
	var text []byte
	for _, name := range slices.Sorted(maps.Keys(known)) {
		text = fmt.Appendf(text, "%s %s\n", name, known[name])
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return err
	}
	return durable.Replace(at, text)
}
