package socket

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"winnow/config"
	"winnow/proxy/codec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// intake is where listeners of a test hand over, and what they count.
type intake struct {
	bodies chan string // gets each body handed over
	pauses chan time.Duration
	// answer says what becomes of a body; nil: it is taken.
	answer func(body string) (*codec.Response, codec.Refusal)

	mu                       sync.Mutex
	open, truncated, retried int
	lost                     [LostReasons]int
	changed                  chan struct{}
}

func newIntake() *intake {
	return &intake{bodies: make(chan string, 100), pauses: make(chan time.Duration, 100), changed: make(chan struct{}, 1)}
}

func (i *intake) submit(m *codec.Message, answered func(*codec.Response, codec.Refusal, string)) {
	body := string(m.Body)
	i.bodies <- body
	if i.answer == nil {
		answered(&codec.Response{Status: 204}, 0, "")
		return
	}
	r, why := i.answer(body)
	answered(r, why, "")
}

func (i *intake) count(f func()) {
	i.mu.Lock()
	f()
	i.mu.Unlock()
	select {
	case i.changed <- struct{}{}:
	default:
	}
}

func (i *intake) Connected(delta int) { i.count(func() { i.open += delta }) }
func (i *intake) Lost(reason, n int)  { i.count(func() { i.lost[reason] += n }) }
func (i *intake) Truncated()          { i.count(func() { i.truncated++ }) }
func (i *intake) Retried()            { i.count(func() { i.retried++ }) }

// await waits until the counts are as they should be.
func (i *intake) await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.After(10 * time.Second); ; {
		i.mu.Lock()
		done := ok()
		i.mu.Unlock()
		if done {
			return
		}
		select {
		case <-i.changed:
		case <-deadline:
			t.Fatalf("%s: %+v", what, i.lost)
		}
	}
}

// next is the next body handed over.
func (i *intake) next(t *testing.T) string {
	t.Helper()
	select {
	case b := <-i.bodies:
		return b
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is handed over")
		return ""
	}
}

// listen opens a listener, whose pauses are over at once, until the test ends.
func listen(t *testing.T, i *intake, transport string, p config.Protocol, change func(*Options)) Listener {
	t.Helper()
	o := Options{
		Protocol: p, Transport: transport, Address: "127.0.0.1:0", Submit: i.submit, MaxMessageBytes: 1000, MaxBatchBytes: 10_000,
		MaxConnections: 10, ReadTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, Counters: i,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
		After: func(d time.Duration) <-chan time.Time {
			i.pauses <- d
			over := make(chan time.Time, 1)
			over <- noon
			return over
		},
		Random: func(n int64) int64 { return n - 1 },
	}
	if change != nil {
		change(&o)
	}
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- l.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = l.Shutdown(ctx) // some have done so
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return l
}

func dial(t *testing.T, l Listener) net.Conn {
	t.Helper()
	c, err := net.Dial(l.Addr().Network(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func write(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}

// A batch that fails for the time being is handed over again, the same, after pauses that grow; nothing else is before it is taken.
func TestAgain(t *testing.T) {
	for name, fail := range map[string]struct {
		status int
		why    codec.Refusal
	}{
		"busy": {429, codec.Busy}, "not ready": {503, codec.NotReady}, "down": {503, codec.UpstreamDown}, "slow": {504, codec.UpstreamTimeout},
		"upstream says 503": {503, 0}, "upstream says 429": {429, 0}, "upstream says 401": {401, 0},
	} {
		for _, transport := range []string{"tcp", "udp"} {
			i, left := newIntake(), 4
			i.answer = func(string) (*codec.Response, codec.Refusal) {
				if left--; left >= 0 {
					return &codec.Response{Status: fail.status}, fail.why
				}
				return &codec.Response{Status: 204}, 0
			}
			c := dial(t, listen(t, i, transport, config.ProtocolSyslog, nil))
			write(t, c, "<1>one\n")
			first := i.next(t)
			for range 4 {
				if again := i.next(t); again != first || !strings.Contains(again, "<1>one") {
					t.Errorf("%s, %s: %q became %q", name, transport, first, again)
				}
			}
			write(t, c, "<1>two\n")
			if got := i.next(t); !strings.Contains(got, "<1>two") {
				t.Errorf("%s, %s: then %q", name, transport, got)
			}
			var pauses []time.Duration
			for len(i.pauses) > 0 {
				if d := <-i.pauses; d != linger {
					pauses = append(pauses, d.Round(10*time.Millisecond))
				}
			}
			want := []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond}
			if !slices.Equal(pauses, want) {
				t.Errorf("%s, %s: pauses %v", name, transport, pauses)
			}
			if i.retried != 4 || i.lost != [LostReasons]int{} {
				t.Errorf("%s, %s: retried %d, lost %v", name, transport, i.retried, i.lost)
			}
		}
	}
}

// What will never be taken is counted, and the connection goes on.
func TestRefused(t *testing.T) {
	for name, fail := range map[string]struct {
		status int
		why    codec.Refusal
	}{"malformed": {400, codec.Malformed}, "large": {413, codec.TooLarge}, "upstream says 400": {400, 0}, "upstream says 422": {422, 0}} {
		i := newIntake()
		i.answer = func(body string) (*codec.Response, codec.Refusal) {
			if strings.Contains(body, "bad") {
				return &codec.Response{Status: fail.status}, fail.why
			}
			return &codec.Response{Status: 204}, 0
		}
		c := dial(t, listen(t, i, "tcp", config.ProtocolSyslog, nil))
		write(t, c, "<1>bad\n")
		i.await(t, name, func() bool { return i.lost[LostRefused] == 1 })
		write(t, c, "<1>good\n")
		if i.next(t); !strings.Contains(i.next(t), "good") || i.retried != 0 {
			t.Errorf("%s: retried %d", name, i.retried)
		}
	}
}

// While a batch is on its way nobody reads, and at the end what was read is handed over.
func TestShutdown(t *testing.T) {
	for _, transport := range []string{"tcp", "udp"} {
		i, release := newIntake(), make(chan struct{})
		i.answer = func(string) (*codec.Response, codec.Refusal) {
			<-release
			return &codec.Response{Status: 204}, 0
		}
		l := listen(t, i, transport, config.ProtocolSyslog, nil)
		c := dial(t, l)
		write(t, c, "<1>one\n")
		i.next(t)
		done := make(chan error, 1)
		go func() { done <- l.Shutdown(context.Background()) }()
		select {
		case err := <-done:
			t.Errorf("%s: ended with a batch on its way: %v", transport, err)
		case <-time.After(50 * time.Millisecond):
		}
		close(release)
		if err := <-done; err != nil || i.lost != [LostReasons]int{} {
			t.Errorf("%s: %v, lost %v", transport, err, i.lost)
		}
	}
}

// When the time for that is over, what the upstream would not take is counted as lost.
func TestGivenUp(t *testing.T) {
	for _, transport := range []string{"tcp", "udp"} {
		i := newIntake()
		i.answer = func(string) (*codec.Response, codec.Refusal) { return &codec.Response{Status: 503}, codec.UpstreamDown }
		l := listen(t, i, transport, config.ProtocolSyslog, func(o *Options) {
			over := o.After
			o.After = func(d time.Duration) <-chan time.Time {
				if d == linger {
					return over(d)
				}
				return nil
			}
		})
		write(t, dial(t, l), "<1>one\n")
		i.next(t)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := l.Shutdown(ctx); err == nil || i.lost[LostGivenUp] != 1 {
			t.Errorf("%s: %v, lost %v", transport, err, i.lost)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	i := newIntake()
	l := listen(t, i, "tcp", config.ProtocolSyslog, func(o *Options) { o.MaxConnections = 1 })
	first := dial(t, l)
	i.await(t, "the first", func() bool { return i.open == 1 })
	if n, err := dial(t, l).Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the second: %d, %v", n, err)
	}
	first.Close()
	i.await(t, "its end", func() bool { return i.open == 0 })
	write(t, dial(t, l), "<1>third\n")
	i.next(t)
}

// Who begins no handshake is not waited for as long as who has nothing to say.
func TestHandshakeIsBounded(t *testing.T) {
	i := newIntake()
	l := listen(t, i, "tls", config.ProtocolSyslog, func(o *Options) { o.TLS, o.ReadTimeout = &tls.Config{}, time.Millisecond })
	if n, err := dial(t, l).Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%d, %v", n, err)
	}
	i.await(t, "the handshake", func() bool { return i.lost[LostBroken] == 1 })
}

// A message that is cut says so to the codec, and one that ends early in a protocol with counts is lost.
func TestOddEnds(t *testing.T) {
	i := newIntake()
	l := listen(t, i, "tcp", config.ProtocolSyslog, nil)
	c := dial(t, l)
	write(t, c, "<1>"+strings.Repeat("x", 2000)+"\n")
	if got := i.next(t); got != "+1000 <1>"+strings.Repeat("x", 997) || i.truncated != 1 {
		t.Errorf("%d bytes, truncated %d", len(got), i.truncated)
	}
	write(t, c, "<1>no end")
	c.Close()
	if got := i.next(t); got != "9 <1>no end" {
		t.Errorf("%q", got)
	}
	for in, name := range map[string]string{"20 <1>short": "ends early", "20x <1>short": "no count"} {
		before := i.lost[LostBroken]
		c = dial(t, l)
		write(t, c, in)
		c.Close()
		i.await(t, name, func() bool { return i.lost[LostBroken] == before+1 })
	}
}

// GELF ends in zero bytes, and by UDP a datagram is a message; what is no chunk is lost.
// What is handed over is never larger than the proxy takes, however much arrives at once: it would be refused and lost.
func TestBatchesFitTheLimit(t *testing.T) {
	for _, limits := range [][2]int{{1000, 1500}, {1500, 1500}, {4000, 1500}} {
		i := newIntake()
		l := listen(t, i, "tcp", config.ProtocolSyslog, func(o *Options) { o.MaxMessageBytes, o.MaxBatchBytes = limits[0], limits[1] })
		text := strings.Repeat("m", 400)
		write(t, dial(t, l), strings.Repeat("<14>"+text+"\n", 9))
		for got := 0; got < 9; {
			body := i.next(t)
			if len(body) > limits[1] {
				t.Fatalf("a batch of %d bytes", len(body))
			}
			got += strings.Count(body, text)
		}
	}
}

func TestGELF(t *testing.T) {
	i := newIntake()
	write(t, dial(t, listen(t, i, "tcp", config.ProtocolGELF, nil)), "{\"a\":\n1}\x00{\"b\":2}\x00")
	if got := i.next(t); got != "{\"a\":\n1}\x00{\"b\":2}\x00" {
		t.Errorf("tcp: %q", got)
	}
	c := dial(t, listen(t, i, "udp", config.ProtocolGELF, nil))
	write(t, c, string(chunk(1, 0, 2, `{"c"`)))
	write(t, c, string(chunk(1, 1, 2, `:3}`)))
	if got := i.next(t); got != "{\"c\":3}\x00" {
		t.Errorf("udp: %q", got)
	}
	write(t, c, "\x1e\x0fshort")
	i.await(t, "a chunk that is none", func() bool { return i.lost[LostBroken] == 1 })
}

// The space for datagrams is bounded; each sender's are together, in order.
func TestInbox(t *testing.T) {
	b := inbox{signal: make(chan struct{}, 1)}
	now := func() time.Time { return noon }
	big, n := make([]byte, 60_000), 0
	for b.put(big, peer1.Addr(), false, now) {
		n++
	}
	if n != inboxBytes/len(big) {
		t.Errorf("%d datagrams", n)
	}
	m, ok := b.take(mail{}, nil)
	if !ok || len(m.parts) != n || !b.put(big, peer1.Addr(), false, now) {
		t.Errorf("%v, %d parts", ok, len(m.parts))
	}
	b.close()
	if _, ok := b.take(m, nil); !ok || b.put(big, peer1.Addr(), false, now) {
		t.Error("closed: what was there is not, or more goes in")
	}
	if _, ok := b.take(m, nil); ok {
		t.Error("closed and empty: there is more")
	}
	i := newIntake()
	p := &packet{o: Options{Protocol: config.ProtocolSyslog, Counters: i, MaxMessageBytes: 1000, MaxBatchBytes: 10_000}}
	p.sender = sender{&Options{Submit: i.submit, Counters: i}, nil}
	letters := mail{began: noon}
	for k := range 6 {
		start := len(letters.text)
		letters.text = fmt.Append(letters.text, k)
		letters.parts = append(letters.parts, part{start, start + 1, false, []netip.Addr{peer1.Addr(), peer2.Addr()}[k%2]})
	}
	p.hand(&letters)
	got := []string{i.next(t), i.next(t)}
	if slices.Sort(got); !slices.Equal(got, []string{"1 01 21 4", "1 11 31 5"}) {
		t.Errorf("%q", got)
	}
}
