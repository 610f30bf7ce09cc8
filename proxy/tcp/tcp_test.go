package tcp_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"winnow/proxy/tcp"
)

// bothWriter is what Direct promises of a connection that it makes another.
type bothWriter interface {
	WriteBoth(a, b []byte) (int, error)
}

// pair returns both ends of a connection, the first one direct.
func pair(t testing.TB) (quick, peer net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	quick = tcp.Direct(c)
	if peer, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		quick.Close()
		peer.Close()
	})
	return quick, peer
}

func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

// What one end writes the other reads, whole and in order: also more than a socket takes, and parts of which one or both are empty.
func TestBytesArrive(t *testing.T) {
	for _, sizes := range [][2]int{{1, 0}, {0, 1}, {0, 0}, {200, 113 << 10}, {113 << 10, 200}, {300 << 10, 6 << 20}} {
		quick, peer := pair(t)
		a, b := counting(sizes[0]), bytes.ToUpper(counting(sizes[1]))
		arrived := make(chan []byte)
		go func() {
			all, err := io.ReadAll(peer)
			if err != nil {
				t.Error(err)
			}
			arrived <- all
		}()
		n, err := quick.Write(a)
		if err != nil || n != len(a) {
			t.Errorf("%v: %d bytes, %v", sizes, n, err)
		}
		if both, ok := quick.(bothWriter); ok {
			n, err = both.WriteBoth(a, b)
		} else {
			n, err = quick.Write(append(bytes.Clone(a), b...))
		}
		if err != nil || n != len(a)+len(b) {
			t.Errorf("%v: %d bytes, %v", sizes, n, err)
		}
		quick.Close()
		if want := append(append(bytes.Clone(a), a...), b...); !bytes.Equal(<-arrived, want) {
			t.Errorf("%v: other bytes arrived than were sent", sizes)
		}
	}
}

// What is read is what was written, up to the end.
func TestReads(t *testing.T) {
	quick, peer := pair(t)
	want := counting(3 << 20)
	go func() {
		_, _ = peer.Write(want) // what is missing shows at the other end
		peer.Close()
	}()
	if n, err := quick.Read(nil); n != 0 || err != nil {
		t.Errorf("reading nothing: %d, %v", n, err)
	}
	got, err := io.ReadAll(quick)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes of %d, or others: %v", len(got), len(want), err)
	}
	if n, err := quick.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %d, %v", n, err)
	}
}

func TestFailures(t *testing.T) {
	timeout := func(err error) bool {
		var e net.Error
		return errors.As(err, &e) && e.Timeout() && errors.Is(err, os.ErrDeadlineExceeded)
	}
	reset := func(err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) }
	closed := func(err error) bool { return errors.Is(err, net.ErrClosed) }
	past := time.Unix(1, 0)
	for name, c := range map[string]struct {
		prepare     func(quick, peer net.Conn) error
		read, write func(error) bool
	}{
		"deadline": {func(quick, _ net.Conn) error { return quick.SetDeadline(past) }, timeout, timeout},
		"closed":   {func(quick, _ net.Conn) error { return quick.Close() }, closed, closed},
		"reset": {func(_, peer net.Conn) error {
			return errors.Join(peer.(*net.TCPConn).SetLinger(0), peer.Close())
		}, reset, reset},
	} {
		t.Run(name, func(t *testing.T) {
			quick, peer := pair(t)
			if err := c.prepare(quick, peer); err != nil {
				t.Fatal(err)
			}
			if n, err := quick.Read(make([]byte, 8)); n != 0 || !c.read(err) {
				t.Errorf("read %d: %v", n, err)
			}
			if n, err := quick.Write([]byte("8 bytes.")); n != 0 || !c.write(err) {
				t.Errorf("wrote %d: %v", n, err)
			}
		})
	}
}

// A read that waits ends with its deadline, and one that is made later goes on.
func TestDeadlineWhileWaiting(t *testing.T) {
	quick, peer := pair(t)
	if err := quick.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var b [8]byte
	if n, err := quick.Read(b[:]); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("%d, %v", n, err)
	}
	if err := quick.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := peer.Write([]byte("later")); err != nil {
		t.Fatal(err)
	}
	if n, err := quick.Read(b[:]); string(b[:n]) != "later" || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
}

// What is no TCP connection stays as it is; one that is keeps its own methods, which lingering and the client's address need.
func TestKinds(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if tcp.Direct(a) != a {
		t.Error("a pipe became another")
	}
	quick, _ := pair(t)
	if _, ok := quick.(interface{ CloseWrite() error }); !ok {
		t.Error("no CloseWrite")
	}
	if _, ok := quick.RemoteAddr().(*net.TCPAddr); !ok {
		t.Error("no TCP address")
	}
}

func TestNoAllocations(t *testing.T) {
	quick, peer := pair(t)
	b := counting(100)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := quick.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(peer, b); err != nil {
			t.Fatal(err)
		}
		if _, err := peer.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(quick, b); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations for a write and a read", n)
	}
}

// BenchmarkEcho is a write of header and body, and a read of the answer.
func BenchmarkEcho(b *testing.B) {
	for _, name := range []string{"direct", "net"} {
		b.Run("conn="+name, func(b *testing.B) {
			quick, peer := pair(b)
			conn := quick
			if name == "net" {
				conn, peer = peer, quick
			}
			message := counting(2400)
			go func() { _, _ = io.Copy(peer, struct{ io.Reader }{peer}) }()
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := conn.Write(message); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(conn, message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
