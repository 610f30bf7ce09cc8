package pseudonym

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"strconv"
)

// Minter makes the tokens of one Domain. It is for one goroutine at a time: each worker has its own.
type Minter struct {
	mac     hash.Hash
	infix   []byte // "_e7_"
	cache   cache
	scratch []byte // empty between calls
	sum     [sha256.Size]byte
}

// NewMinter makes a Minter, about 26 KiB. The seed spreads the cache and need not be secret; tokens do not depend on it. It panics if the
// Domain is zero or destroyed, rather than mint under a key that everybody knows.
func (d *Domain) NewMinter(seed uint64) *Minter {
	if !d.live {
		panic("pseudonym: the domain has no key: derive it again")
	}
	m := &Minter{
		mac:     hmac.New(sha256.New, d.key[:]),
		infix:   strconv.AppendUint([]byte("_e"), uint64(d.epoch), 10),
		scratch: make([]byte, 0, 2*maxCanonical),
	}
	m.infix = append(m.infix, '_')
	m.cache.key = newCacheKey(d.key[:], seed)
	m.mint(KindID, nil) // so that no later call has to allocate the saved state of the hash
	return m
}

// Append appends the token of a value to dst. A value that already is a token, of any kind and epoch, is appended as it is, so that to
// scrub twice is to scrub once.
//
// Kind is a word that ValidKind accepts; any other counts as KindID. Value is decoded text, any bytes; it is not kept. Append allocates
// nothing if dst has room, except for an e-mail address with an international domain that is not in the cache.
func (m *Minter) Append(dst []byte, kind string, value []byte) []byte {
	if IsToken(value, "") {
		return append(dst, value...)
	}
	if len(value) > maxCached || len(kind) > MaxKindBytes {
		return m.appendMinted(dst, kind, value)
	}
	hi, lo := m.cache.hash(kind, value)
	e := m.cache.place(hi, lo)
	if e.hi == hi && e.lo == lo && e.used {
		return m.appendToken(dst, kind, &e.digest)
	}
	if !ValidKind(kind) {
		return m.appendMinted(dst, kind, value)
	}
	*e = entry{hi, lo, m.mint(kind, value), true}
	return m.appendToken(dst, kind, &e.digest)
}

// Digest is the digest of a value of a kind that ValidKind accepts: what stands in its token, whatever the value looks like.
func (m *Minter) Digest(kind string, value []byte) Digest {
	if len(value) > maxCached || len(kind) > MaxKindBytes {
		return m.mint(kind, value)
	}
	hi, lo := m.cache.hash(kind, value)
	e := m.cache.place(hi, lo)
	if e.hi != hi || e.lo != lo || !e.used {
		*e = entry{hi, lo, m.mint(kind, value), true}
	}
	return e.digest
}

// appendMinted appends a token past the cache.
func (m *Minter) appendMinted(dst []byte, kind string, value []byte) []byte {
	if !ValidKind(kind) {
		kind = KindID
	}
	digest := m.mint(kind, value)
	return m.appendToken(dst, kind, &digest)
}

func (m *Minter) appendToken(dst []byte, kind string, digest *Digest) []byte {
	dst = append(dst, kind...)
	dst = append(dst, m.infix...)
	return append(dst, digest[:]...)
}

// mint is the slow path: the digest itself.
func (m *Minter) mint(kind string, value []byte) Digest {
	m.mac.Reset()
	m.scratch = append(append(m.scratch, kind...), 0)
	m.mac.Write(m.scratch)
	clear(m.scratch)
	text := canonical(m.scratch[:0], kind, value)
	m.mac.Write(text)
	sum := m.mac.Sum(m.sum[:0])
	clear(m.scratch[:cap(m.scratch)])
	m.scratch = m.scratch[:0]
	return encode([16]byte(sum[:16]))
}

const hiddenMinter = "[pseudonym minter]"

// Format hides key and cache, whatever the verb.
func (*Minter) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenMinter) }

// String hides key and cache.
func (*Minter) String() string { return hiddenMinter }

// LogValue hides key and cache.
func (*Minter) LogValue() slog.Value { return slog.StringValue(hiddenMinter) }
