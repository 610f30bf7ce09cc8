//go:build !race

package tcp

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// conn is a connection of Direct. What is being read and written is in fields, because the runtime calls back functions that take no more than the
// socket's number, and a closure for each call would be an allocation.
type conn struct {
	*net.TCPConn
	raw   syscall.RawConn
	in    reading
	out   writing
	read  func(fd uintptr) (done bool) // in.once
	write func(fd uintptr) (done bool) // out.all
}

func direct(c *net.TCPConn) net.Conn {
	raw, err := c.SyscallConn()
	if err != nil { // it is closed, which the caller will notice
		return c
	}
	d := &conn{TCPConn: c, raw: raw}
	d.read, d.write = d.in.once, d.out.all
	return d
}

// maxMoved bounds the bytes of one system call, which holds up a collection of garbage while it lasts.
const maxMoved = 256 << 10

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c.in = reading{to: p[:min(len(p), maxMoved)]}
	err := c.raw.Read(c.read)
	n, errno := c.in.n, c.in.errno
	c.in.to = nil
	switch {
	case err != nil:
		return 0, err
	case errno != 0:
		return 0, c.failure("read", errno)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) { return c.WriteBoth(p, nil) }

// WriteBoth writes a and then b.
func (c *conn) WriteBoth(a, b []byte) (int, error) {
	c.out = writing{rest: [2][]byte{a, b}}
	err := c.raw.Write(c.write)
	n, errno := c.out.n, c.out.errno
	c.out = writing{}
	if err == nil && errno != 0 {
		err = c.failure("writev", errno)
	}
	return n, err
}

func (c *conn) failure(call string, errno syscall.Errno) error {
	op := call[:min(len(call), len("write"))]
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError(call, errno)}
}

// reading is one read.
type reading struct {
	to    []byte // not empty
	n     int    // bytes read; 0: the end
	errno syscall.Errno
}

// once reads what there is. It is false if there is nothing yet.
func (r *reading) once(fd uintptr) bool {
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(unsafe.SliceData(r.to))), uintptr(len(r.to)))
		switch errno {
		case 0:
			r.n = int(n)
			return true
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			r.errno = errno
			return true
		}
	}
}

// writing is one write.
type writing struct {
	rest  [2][]byte // not written yet
	parts [2]syscall.Iovec
	n     int // bytes written
	errno syscall.Errno
}

// all writes until there is nothing left. It is false if the socket takes no more yet.
func (w *writing) all(fd uintptr) bool {
	for {
		count := w.load()
		if count == 0 {
			return true
		}
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITEV, fd, uintptr(unsafe.Pointer(&w.parts)), uintptr(count))
		switch errno {
		case 0:
			w.take(int(n))
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			w.errno = errno
			return true
		}
	}
}

// load fills parts with the beginning of what is left, and returns of how many there are some.
func (w *writing) load() (count int) {
	room := maxMoved
	for _, p := range w.rest {
		if n := min(len(p), room); n > 0 {
			w.parts[count].Base = unsafe.SliceData(p)
			w.parts[count].SetLen(n)
			count, room = count+1, room-n
		}
	}
	return count
}

// take notes that n bytes were written.
func (w *writing) take(n int) {
	w.n += n
	for i, p := range w.rest {
		some := min(n, len(p))
		w.rest[i], n = p[some:], n-some
	}
}
