// Package audit keeps a log of who changed what: which policy came into force, what was dropped or replayed from the spool, and every other act
// that a privacy officer must be able to prove. It only grows, and what is changed in it afterwards shows.
//
// The log is a file of lines, each a JSON object that ends in its own hash:
//
//	{"seq":7,"time":"…","actor":"file","act":"policy.load","object":"my-policy","details":{…},"prev":"HEX","hash":"HEX"}
//
// hash is SHA-256 over all bytes of the line before `,"hash"`, prev is the hash of the line before, zeros in the first; seq counts from 1. Every
// hundredth line and the last one of a process is a checkpoint: its details hold an Ed25519 signature (RFC 8032) over the line before it, and
// the public key. The signing key is derived from the master secret; with another secret comes another key, which a line tells. Whoever can
// write the file can forge lines behind the last checkpoint, but none before it without the key; that lines are missing at the end shows
// against a sequence number and hash noted elsewhere (Head). A log may go on in another file, and lose its oldest files with age (chain.go).
//
// A line is on stable storage before Append returns, and an act whose line cannot be written must not happen. Nothing of a record, and no
// clear identifier of a person, may stand in a line.
package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"winnow/proxy/durable"
	"winnow/proxy/master"
)

// Entry is what is said of one act.
type Entry struct {
	// Actor is who did it: "file" for the configuration file, "cli", or the id of a token.
	Actor string `json:"actor"`
	// Act is a word of a closed list, such as policy.load.
	Act string `json:"act"`
	// Object is what it was done to: the id of a policy, lane, tenant.
	Object string `json:"object,omitempty"`
	// Details by name: digests, counts, reasons.
	Details map[string]string `json:"details,omitempty"`
	// Data is a JSON value of what has more to tell than Details holds; nil for most.
	Data json.RawMessage `json:"data,omitempty"`
}

// Line is an Entry in the log.
type Line struct {
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
	Entry
	Prev string `json:"prev"`
	Hash string `json:"hash"`
}

// Head is the last line of a log: note it elsewhere, and later lines can be proved to follow it.
type Head struct {
	Seq  uint64
	Hash string
}

// The acts of the log itself.
const (
	actCheckpoint = "audit.checkpoint"
	actTorn       = "audit.torn"
	actKey        = "audit.key"
)

// checkpointEvery is how many lines a checkpoint covers at most.
const checkpointEvery = 100

// Log is an open log. It is safe for concurrent use. A nil Log keeps nothing: the operator wants none.
type Log struct {
	mu     sync.Mutex
	name   string
	file   *os.File
	key    ed25519.PrivateKey
	now    func() time.Time
	head   Head
	signed uint64 // sequence of the last checkpoint
	broken error  // of a write that failed: nothing can follow it
}

// ErrInUse is about a log that another process writes.
var ErrInUse = errors.New("in use by another winnow; give each its own data_dir")

// FileName of the log in its folder, and ReceiptsName of the log of what left, which is one of the same kind.
const (
	FileName     = "audit.log"
	ReceiptsName = "receipts.log"
)

// Key derives the signing key from a master secret.
func Key(secret []byte) (ed25519.PrivateKey, error) {
	seed, err := master.Derive(secret, master.AuditLog)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Open opens the log of a folder, and makes it if there is none. The file that is written is verified first, and that it follows the one before: a log that
// has been changed there is not continued. A last line that was cut short by a crash is taken away, and the log says so.
func Open(dir string, key ed25519.PrivateKey, now func() time.Time) (*Log, error) {
	return OpenFile(filepath.Join(dir, FileName), key, now)
}

// OpenFile is Open of a log that is kept beside it, by its path.
func OpenFile(name string, key ed25519.PrivateKey, now func() time.Time) (*Log, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	l := &Log{name: name, file: f, key: key, now: now}
	err = l.resume()
	if err == nil {
		err = durable.SyncFolder(filepath.Dir(name)) // it may be new
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("audit log %s: %w", name, err)
	}
	return l, nil
}

// resume finds the end of the log.
func (l *Log) resume() error {
	if err := lock(l.file); err != nil {
		return err
	}
	v, err := follows(l.name)
	if err != nil {
		return err
	}
	whole, err := v.read(l.file)
	if err == nil {
		err = v.attested()
	}
	if err != nil {
		return err
	}
	size, err := l.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	l.head, l.signed = v.head, v.signed
	if whole < size {
		if err := l.cut(whole, size); err != nil {
			return err
		}
	}
	if own := l.public(); v.last != "" && v.last != own {
		return l.Append(Entry{Actor: "winnow", Act: actKey, Details: map[string]string{"key": own, "before": v.last}})
	}
	return nil
}

// public is the public key in hexadecimal.
func (l *Log) public() string { return hex.EncodeToString(l.key.Public().(ed25519.PublicKey)) }

// cut takes away a line that a crash cut short, and says so.
func (l *Log) cut(whole, size int64) error {
	if err := l.file.Truncate(whole); err != nil {
		return err
	}
	if _, err := l.file.Seek(whole, io.SeekStart); err != nil {
		return err
	}
	return l.Append(Entry{Actor: "winnow", Act: actTorn, Details: map[string]string{"bytes": fmt.Sprint(size - whole)}})
}

// Append adds a line, and returns when it is on stable storage. After an error the act must not happen; nothing can be added any more.
func (l *Log) Append(e Entry) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.write(e); err != nil {
		return err
	}
	if l.head.Seq-l.signed >= checkpointEvery {
		return l.checkpoint()
	}
	return nil
}

// Broken is why the log takes nothing any more; nil while it does.
func (l *Log) Broken() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// Head is the last line; the zero Head of a nil or an empty Log.
func (l *Log) Head() Head {
	if l == nil {
		return Head{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// Close adds a checkpoint over what has none, and closes the file.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	if l.broken == nil && l.head.Seq > l.signed {
		err = l.checkpoint()
	}
	l.broken = errClosed
	return errors.Join(err, l.file.Close())
}

var errClosed = errors.New("the audit log is closed")

// checkpoint signs the last line.
func (l *Log) checkpoint() error {
	signature := ed25519.Sign(l.key, signedText(l.head))
	err := l.write(Entry{Actor: "winnow", Act: actCheckpoint, Details: map[string]string{
		"signature": hex.EncodeToString(signature), "key": l.public(),
	}})
	if err == nil {
		l.signed = l.head.Seq
	}
	return err
}

// signedText is what a checkpoint signs.
func signedText(h Head) []byte { return fmt.Appendf(nil, "winnow audit %d %s", h.Seq, h.Hash) }

// write adds one line.
func (l *Log) write(e Entry) error {
	if l.broken != nil {
		return l.broken
	}
	prev := l.head.Hash
	if prev == "" {
		prev = noHash
	}
	text, err := json.Marshal(struct {
		Seq  uint64    `json:"seq"`
		Time time.Time `json:"time"`
		Entry
		Prev string `json:"prev"`
	}{l.head.Seq + 1, l.now().UTC(), e, prev})
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	text = text[:len(text)-1] // the brace
	hash := hashOf(text)
	text = append(text, hashMark+hash+"\"}\n"...)
	if _, err = l.file.Write(text); err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		l.broken = fmt.Errorf("audit log: %w", err)
		return l.broken
	}
	l.head = Head{l.head.Seq + 1, hash}
	return nil
}

const (
	noHash   = "0000000000000000000000000000000000000000000000000000000000000000"
	hashMark = `,"hash":"`
)

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// split parts a line, without its line feed, into what is hashed and the hash it states.
func split(line []byte) (text []byte, hash string, ok bool) {
	n := len(line) - len(hashMark) - len(noHash) - len(`"}`)
	if n < 0 || string(line[n:n+len(hashMark)]) != hashMark || !bytes.HasSuffix(line, []byte(`"}`)) {
		return nil, "", false
	}
	return line[:n], string(line[n+len(hashMark) : len(line)-2]), true
}
