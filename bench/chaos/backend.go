package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
)

// backend takes batches and keeps the book: what clients were told is taken, and what arrived.
type backend struct {
	address string
	server  *http.Server
	// answer is asked before a body is entered; it returns whether the backend keeps it. Nil: 204.
	answer atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
	// early is asked before a body is read, and answers in place of everything else. Nil: nobody.
	early atomic.Pointer[func(w http.ResponseWriter, r *http.Request)]

	mu      sync.Mutex
	acked   map[string]int // by batch: its lines
	arrived map[string]int // by batch: lines that arrived, of all copies
	leaked  int            // bodies with something that was to be taken out
}

func newBackend() (*backend, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := newBook(l.Addr().String())
	b.serve(l)
	return b, nil
}

// newBook is a backend that does not listen yet.
func newBook(address string) *backend {
	return &backend{address: address, acked: map[string]int{}, arrived: map[string]int{}}
}

func (b *backend) serve(l net.Listener) {
	b.server = &http.Server{Handler: b, ErrorLog: noLog()}
	go func() { _ = b.server.Serve(l) }() // until close
}

func (b *backend) close() { _ = b.server.Close() }

// down has the backend answer 503 from now on, refuse 400; up has it take everything.
func (b *backend) down() { b.always(http.StatusServiceUnavailable) }

func (b *backend) refuse() { b.always(http.StatusBadRequest) }

func (b *backend) always(status int) {
	f := func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		return false
	}
	b.answer.Store(&f)
}

func (b *backend) up() {
	b.answer.Store(nil)
	b.early.Store(nil)
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f := b.early.Load(); f != nil {
		(*f)(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut off: it comes again
	}
	if f := b.answer.Load(); f != nil {
		if (*f)(w, r) {
			b.enter(body)
		}
		return
	}
	b.enter(body)
	w.WriteHeader(http.StatusNoContent)
}

// enter counts the lines of each batch.
func (b *backend) enter(body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for rest := body; ; {
		_, after, ok := bytes.Cut(rest, []byte(`"batch":"`))
		if !ok {
			break
		}
		id, tail, _ := bytes.Cut(after, []byte(`"`))
		b.arrived[string(id)]++
		rest = tail
	}
	if leaks(body) {
		b.leaked++
	}
}

// taken notes that a client was told so.
func (b *backend) taken(id string, lines int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.acked[id] = lines
}

// count compares both sides of the book. torn are batches of which a part arrived.
func (b *backend) count() (acked, lost, copies, torn int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, lines := range b.acked {
		n := b.arrived[id]
		switch {
		case n == 0:
			lost++
		case n%lines != 0:
			torn++
		default:
			copies += n/lines - 1
		}
	}
	return len(b.acked), lost, copies, torn
}

// came counts the batches of which something has arrived.
func (b *backend) came() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.arrived)
}

// missing tells how many acknowledged batches have not arrived.
func (b *backend) missing() int {
	_, lost, _, torn := b.count()
	return lost + torn
}

// canary is in every record twice, in a field of its own and in running text; its number differs from record to record.
const canary = "canary."

// cardCanary is a test number of card companies.
const cardCanary = "4111111111111111"

// leaks tells whether something is in a text that was to be taken out.
func leaks(text []byte) bool {
	return bytes.Contains(text, []byte(canary)) || bytes.Contains(text, []byte(cardCanary))
}

// lineBytes is about the length of a record.
const lineBytes = 2 << 10

// words fill records: nothing in them is personal.
var words = []string{"order", "shipped", "after", "retry", "cache", "miss", "queue", "drained", "worker", "started", "stage", "done", "while", "waiting", "disk", "slow"}

// appendBatch appends a batch of so many lines as NDJSON.
func appendBatch(dst []byte, id string, lines int, seed uint64) []byte {
	for line := range lines {
		dst = append(dst, `{"batch":"`...)
		dst = append(dst, id...)
		dst = append(dst, `","email":"`...)
		dst = appendCanary(dst, id, line)
		dst = append(dst, `","message":"card `+cardCanary+` of `...)
		dst = appendCanary(dst, id, line)
		for end := len(dst) + lineBytes - 200; len(dst) < end; {
			seed = seed*6364136223846793005 + 1442695040888963407
			dst = append(dst, ' ')
			dst = append(dst, words[seed>>60]...)
		}
		dst = append(dst, "\"}\n"...)
	}
	return dst
}

func appendCanary(dst []byte, id string, line int) []byte {
	dst = append(dst, canary...)
	dst = append(dst, id...)
	dst = append(dst, '.')
	return append(strconv.AppendInt(dst, int64(line), 10), "@example.com"...)
}
