package socket

import "io"

// window is what of a connection was read and not yet taken: buf[at:].
type window struct {
	buf []byte
	at  int
}

// minRead is how much room there is at least for what is read; maxKept how large an empty buffer may be to be kept.
const (
	minRead = 4 << 10
	maxKept = 64 << 10
)

// fill reads once. Slices of buf taken before are no longer valid.
func (w *window) fill(r io.Reader) error {
	if w.at > 0 {
		w.buf = w.buf[:copy(w.buf, w.buf[w.at:])]
		w.at = 0
	}
	if len(w.buf) == 0 && cap(w.buf) > maxKept {
		w.buf = nil
	}
	if cap(w.buf)-len(w.buf) < minRead {
		w.buf = append(make([]byte, 0, max(2*cap(w.buf), 2*minRead)), w.buf...)
	}
	n, err := r.Read(w.buf[len(w.buf):cap(w.buf)])
	w.buf = w.buf[:len(w.buf)+n]
	if n > 0 {
		return nil
	}
	return err
}
