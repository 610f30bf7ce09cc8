package durable

import (
	"bytes"
	"errors"
	"io"
)

// linesBlock is how much is read at a time, from the end.
const linesBlock = 4096

// LinesEnd is the offset behind the last line feed in the first size bytes of a file; 0 if there is none. In a file that only grows by lines what stands
// behind it is a line that a crash cut short, or that is being written. Of a long file no more is read than its last line.
func LinesEnd(file io.ReaderAt, size int64) (int64, error) {
	var block [linesBlock]byte
	for end := size; end > 0; {
		b := block[:min(end, linesBlock)]
		end -= int64(len(b))
		if _, err := file.ReadAt(b, end); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
			return end + int64(i) + 1, nil
		}
	}
	return 0, nil
}
