package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// damage is something that is done to the files of a stopped spool.
type damage struct {
	name string
	// left is what must be left of what was taken.
	left left
	// rare says that a tenth leaves it out.
	rare bool
	do   func(f *filled) error
}

// left is how much is left after a damage.
type left int

const (
	leftTold  left = iota // what is missing is told
	leftKept              // nothing is missing: what does not arrive is parked
	leftWhole             // all arrives
)

// damages lists them: those of the lane's blocks, of its index, and of every stream's and consumer's own files.
func damages() []damage {
	list := []damage{
		{"nothing (control)", leftWhole, false, func(*filled) error { return nil }},
		{"torn tail", leftTold, false, func(f *filled) error { return cut(f.blocks[len(f.blocks)-1], 3000) }},
		{"garbage tail", leftWhole, false, func(f *filled) error { return extend(f.blocks[len(f.blocks)-1]) }},
		{"byte flipped at the front", leftTold, false, func(f *filled) error { return flip(f.blocks[0], 1, 100) }},
		{"byte flipped in the middle", leftTold, false, func(f *filled) error { return flip(f.blocks[len(f.blocks)/2], 1, 2) }},
		{"byte flipped at the end", leftTold, false, func(f *filled) error { return flip(f.blocks[len(f.blocks)-1], 99, 100) }},
		{"block missing", leftTold, false, func(f *filled) error { return os.Remove(f.blocks[len(f.blocks)/2]) }},
		{"index of an older state", leftWhole, false, func(f *filled) error { return os.WriteFile(f.file(laneStream, "msgs/index.db"), f.oldIndex, 0o600) }},
		{"index missing", leftWhole, true, func(f *filled) error { return os.Remove(f.file(laneStream, "msgs/index.db")) }},
		{"index empty", leftWhole, true, func(f *filled) error { return os.Truncate(f.file(laneStream, "msgs/index.db"), 0) }},
		{"index flipped", leftWhole, true, func(f *filled) error { return flip(f.file(laneStream, "msgs/index.db"), 1, 2) }},
	}
	for i, stream := range []string{laneStream, laneStream + "_Parked", laneStream + "_Deferred", "KV_winnow_keys", "KV_winnow_erased", "KV_winnow_marks"} {
		left := [...]left{leftTold, leftTold, leftTold, leftKept, leftWhole, leftWhole}[i]
		list = append(list, ownFiles(stream, left, i > 0, "meta.inf", "meta.sum")...)
		if strings.HasPrefix(stream, laneStream) { // a lane has a consumer, which is made anew
			list = append(list, ownFiles(stream, leftWhole, true, "obs/*/meta.inf", "obs/*/meta.sum", "obs/*/o.dat")...)
		}
	}
	return list
}

// ownFiles are damages of files of a stream, by patterns: each empty, and missing.
func ownFiles(stream string, left left, rare bool, names ...string) (list []damage) {
	for i, name := range names {
		list = append(list,
			damage{stream + "/" + name + " empty", left, rare || i > 0, func(f *filled) error {
				return f.each(stream, name, func(file string) error { return os.Truncate(file, 0) })
			}},
			damage{stream + "/" + name + " missing", left, rare || i > 0, func(f *filled) error { return f.each(stream, name, os.Remove) }})
	}
	return list
}

// filled is the spool of a winnow that has ended. blocks are those of the lane's messages, in order.
type filled struct {
	streams  string
	blocks   []string
	oldIndex []byte // of the lane, when a third was in it
}

func (f *filled) file(stream, name string) string { return filepath.Join(f.streams, stream, name) }

// each does something to the files of a stream that a pattern matches, of which there must be one.
func (f *filled) each(stream, pattern string, do func(file string) error) error {
	files, err := filepath.Glob(f.file(stream, pattern))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("stream %s has no %s", stream, pattern)
	}
	for _, file := range files {
		err = errors.Join(err, do(file))
	}
	return err
}

func cut(file string, n int64) error {
	i, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.Truncate(file, max(0, i.Size()-n))
}

func extend(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(slices.Repeat([]byte{0xa5}, 3000))
	return errors.Join(err, f.Close())
}

// flip flips a bit at part/of of the file.
func flip(file string, part, of int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text[len(text)*part/of] ^= 1
	return os.WriteFile(file, text, 0o600)
}
