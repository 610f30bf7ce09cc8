package command

import (
	"bytes"
	"errors"
	"io"
)

// readBytes is how much is asked for at once.
const readBytes = 256 << 10

// lineReader hands on whole lines as they arrive, many at once. What a read brings is handed on before the next read, so a line is held
// back only until its line feed is there.
type lineReader struct {
	buf []byte
	max int // longest line
	// block is given whole lines, which it may overwrite. Only the last of all may lack its line feed.
	block func(lines []byte) error
	// long is told of a line above max, and how it ends: a line feed or, at the end, nothing.
	long func(end []byte) error
	// read is told of bytes read.
	read func(n int)

	skipping bool // within a line that is too long
}

// run reads to the end.
func (l *lineReader) run(r io.Reader) error {
	if l.buf == nil {
		l.buf = make([]byte, 0, readBytes)
	}
	l.buf, l.skipping = l.buf[:0], false
	for {
		if len(l.buf) == cap(l.buf) {
			l.buf = append(l.buf, 0)[:len(l.buf)]
		}
		n, err := r.Read(l.buf[len(l.buf):cap(l.buf)])
		fresh := len(l.buf)
		l.buf = l.buf[:fresh+n]
		l.read(n)
		if bad := l.take(fresh); bad != nil {
			return bad
		}
		switch {
		case errors.Is(err, io.EOF):
			return l.last()
		case err != nil:
			return err
		}
	}
}

// take hands on the whole lines in the buffer, of which the bytes from fresh are new.
func (l *lineReader) take(fresh int) error {
	if l.skipping {
		n := bytes.IndexByte(l.buf, '\n')
		if n < 0 {
			l.buf = l.buf[:0]
			return nil
		}
		l.skipping = false
		if err := l.long(l.buf[n : n+1]); err != nil {
			return err
		}
		l.buf, fresh = l.buf[:copy(l.buf, l.buf[n+1:])], 0
	}
	if n := bytes.LastIndexByte(l.buf[fresh:], '\n'); n >= 0 {
		end := fresh + n + 1
		if err := l.block(l.buf[:end]); err != nil {
			return err
		}
		l.buf = l.buf[:copy(l.buf, l.buf[end:])]
	}
	if len(l.buf) > l.max {
		l.buf, l.skipping = l.buf[:0], true
	}
	return nil
}

// last hands on what has no line feed.
func (l *lineReader) last() error {
	if l.skipping {
		return l.long(nil)
	}
	if len(l.buf) > 0 {
		return l.block(l.buf)
	}
	return nil
}
