package audit

import (
	"bufio"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Report is what a log that verifies holds.
type Report struct {
	// Lines in all, and Head, the last of them. Those up to number Expired are not there any more, since they were too old.
	Lines   uint64
	Expired uint64
	Head    Head
	// Signed is the sequence number of the last checkpoint: what stands before it cannot have been changed without the key.
	Signed uint64
	// Torn bytes stand behind the last whole line.
	Torn int64
}

// Verify reads a log and checks every line, every link and every checkpoint. The error says which line is wrong, and how. Without keys a
// checkpoint is held to the key that it states, which proves only that all of it was written together. since is a Head noted earlier, which must still stand in the log; the zero Head asks for none.
func Verify(name string, keys []ed25519.PublicKey, since Head, show func(*Line) error) (Report, error) {
	f, err := openChain(name)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = f.Close() }() // it was read only
	return VerifyFrom(f, keys, since, show)
}

// VerifyFrom is Verify of a log that is read from elsewhere.
func VerifyFrom(r io.Reader, keys []ed25519.PublicKey, since Head, show func(*Line) error) (Report, error) {
	v := verifier{keys: keys, since: since, show: show}
	counted := &counter{r: r}
	whole, err := v.read(counted)
	if err == nil {
		err = v.attested()
	}
	if err != nil {
		return Report{}, err
	}
	if since.Seq > v.head.Seq {
		return Report{}, fmt.Errorf("line %d was noted elsewhere, and the log ends at %d: lines are missing at its end", since.Seq, v.head.Seq)
	}
	switch {
	case since.Seq == 0 || since.Seq > v.start.Seq:
	case since.Seq < v.start.Seq:
		return Report{}, fmt.Errorf("line %d was noted elsewhere: %w", since.Seq, ErrExpired)
	case since.Hash != v.start.Hash:
		return Report{}, errAnew
	}
	return v.report(counted.n - whole), nil
}

// ErrExpired is about a line that was noted elsewhere, and is too old to be kept: what follows it is whole.
var ErrExpired = errors.New("it is older than the log is kept, so that nothing can be held against it; note a later one")

var errAnew = errors.New("it is not the line that was noted elsewhere: the log was written anew")

func (v *verifier) report(torn int64) Report {
	return Report{Lines: v.head.Seq - v.start.Seq, Expired: v.start.Seq, Head: v.head, Signed: v.signed, Torn: torn}
}

// Inspect reads a log that may be damaged, and shows every line that can be read: sound are those before the first that is wrong. damage is what
// Verify says of that one, nil if there is none; err is about reading itself.
func Inspect(name string, show func(l *Line, sound bool)) (r Report, damage, err error) {
	f, err := openChain(name)
	if err != nil {
		return Report{}, nil, err
	}
	defer func() { _ = f.Close() }() // it was read only
	v := verifier{show: func(l *Line) error { show(l, true); return nil }}
	b := bufio.NewReader(f)
	for {
		line, err := b.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if damage == nil {
				damage = v.attested()
			}
			return v.report(int64(len(line))), damage, nil
		}
		if err != nil {
			return Report{}, nil, err
		}
		if damage == nil {
			if wrong := v.line(line[:len(line)-1]); wrong != nil {
				damage = fmt.Errorf("line %d: %w", v.head.Seq+1, wrong)
			} else {
				continue
			}
		}
		var l Line
		if json.Unmarshal(line, &l) == nil {
			show(&l, false)
		}
	}
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (n int, err error) {
	n, err = c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// verifier follows the chain.
type verifier struct {
	keys   []ed25519.PublicKey // that may have signed; none: any
	since  Head
	show   func(*Line) error // may be nil
	head   Head
	signed uint64
	last   string // key of the last checkpoint, in hexadecimal

	start  Head // of the line that the first one here follows; the zero Head: none
	told   bool // a line says that start has expired
	proved bool // and is signed
}

// read checks all whole lines and returns where the last one ends.
func (v *verifier) read(r io.Reader) (whole int64, err error) {
	b := bufio.NewReader(r)
	for {
		line, err := b.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil // what is left has no end: it was cut short
		}
		if err != nil {
			return whole, err
		}
		if err := v.line(line[:len(line)-1]); err != nil {
			return whole, fmt.Errorf("line %d: %w", v.head.Seq+1, err)
		}
		whole += int64(len(line))
	}
}

// line checks one line.
func (v *verifier) line(text []byte) error {
	hashed, hash, ok := split(text)
	if !ok {
		return errors.New("it does not end in a hash")
	}
	if hashOf(hashed) != hash {
		return errors.New("it was changed: its hash is another")
	}
	var l Line
	if err := json.Unmarshal(text, &l); err != nil {
		return errors.New("it is no line of an audit log")
	}
	if v.head.Seq == 0 && l.Seq > 1 { // lines have expired, which must be proved before the end
		v.start = Head{l.Seq - 1, l.Prev}
		v.head = v.start
	}
	prev := v.head.Hash
	if prev == "" {
		prev = noHash
	}
	switch {
	case l.Prev != prev:
		return errors.New("it does not follow the line before: lines were removed, added or moved")
	case l.Seq != v.head.Seq+1:
		return fmt.Errorf("it has the number %d", l.Seq)
	case v.since.Seq == l.Seq && v.since.Hash != hash:
		return errAnew
	}
	switch l.Act {
	case actCheckpoint:
		if err := v.checkpoint(&l); err != nil {
			return err
		}
		v.proved = v.told
	case actExpire:
		v.told = v.told || l.Details["until"] == fmt.Sprint(v.start.Seq) && l.Details["hash"] == v.start.Hash
	}
	v.head = Head{l.Seq, hash}
	if v.show != nil {
		return v.show(&l)
	}
	return nil
}

// attested is nil if no lines are missing at the beginning but those that are proved to have expired.
func (v *verifier) attested() error {
	if v.start.Seq > 0 && !v.proved {
		return fmt.Errorf("line %d is the first, and no signed line says that what was before it has expired: lines were removed at the beginning", v.start.Seq+1)
	}
	return nil
}

// checkpoint checks a signature.
func (v *verifier) checkpoint(l *Line) error {
	key, err := hex.DecodeString(l.Details["key"])
	if err != nil || len(key) != ed25519.PublicKeySize {
		return errors.New("it states no key")
	}
	known := len(v.keys) == 0 || slices.ContainsFunc(v.keys, func(k ed25519.PublicKey) bool { return k.Equal(ed25519.PublicKey(key)) })
	if !known {
		return errors.New("it is signed by another key: was the master secret another one then? name its public key too")
	}
	signature, err := hex.DecodeString(l.Details["signature"])
	if err != nil || !ed25519.Verify(key, signedText(v.head), signature) {
		return errors.New("its signature is wrong")
	}
	v.signed, v.last = l.Seq, l.Details["key"]
	return nil
}
