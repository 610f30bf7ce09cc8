// Package pseudonym turns a value into a stable token under a key: alice@example.com becomes email_e7_4ie3...
//
// The same value of the same kind in the same domain (tenant, purpose, key epoch) gives the same token on every machine and in every
// version; anywhere else it gives another one. Whoever holds the domain's secret can link a token back to a value that they guess, so a
// pseudonym is not anonymous; who destroys the secret makes its tokens random. The proxy has a secret of its own for each domain (proxy/keys).
//
// Derivation, all integers big-endian:
//
//	key    = HKDF-SHA-256(secret, no salt, info, 32 bytes)                    RFC 5869
//	info   = "winnow pseudonym 1" | len(tenant) uint32 | tenant | len(purpose) uint32 | purpose | epoch uint32
//	digest = HMAC-SHA-256(key, kind | 0x00 | canonical value)                RFC 2104, first 128 bits
//	token  = kind "_e" epoch "_" base32(digest)                               RFC 4648, a-z2-7, 26 characters, no padding
//
// What canonical means for each kind stands in kind.go; it is part of the format: to change it changes tokens.
//
// A token is URL-safe, and as long as its kind and epoch say. Nothing here reads a clock, a file or a random source, and nothing keeps a
// value: a Minter's cache holds keyed digests and tokens.
package pseudonym

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"
)

// MinMasterBytes is the least length of a secret.
const MinMasterBytes = 32

const infoLabel = "winnow pseudonym 1"

// Domain is the key of one tenant, purpose and epoch. Values in different domains cannot be linked by their tokens.
//
// The zero Domain has no key and mints nothing. A Domain is safe for concurrent use until Destroy.
type Domain struct {
	key   [32]byte
	epoch uint32
	live  bool
}

// Derive makes the Domain of a tenant, a purpose and an epoch from a secret, which it does not keep: the domain's own, or one for several, whose
// tokens then cannot be linked all the same, but whose keys cannot be destroyed one by one.
func Derive(secret []byte, tenant, purpose string, epoch uint32) (*Domain, error) {
	if len(secret) < MinMasterBytes {
		return nil, fmt.Errorf("pseudonym: secret of %d bytes: at least %d are needed", len(secret), MinMasterBytes)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, info(tenant, purpose, epoch), 32)
	if err != nil {
		return nil, fmt.Errorf("pseudonym: derive key: %w", err)
	}
	d := &Domain{epoch: epoch, live: true}
	copy(d.key[:], key)
	clear(key)
	return d, nil
}

// info says what a key is for. Lengths keep ("a", "bc") apart from ("ab", "c").
func info(tenant, purpose string, epoch uint32) string {
	b := []byte(infoLabel)
	for _, s := range []string{tenant, purpose} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return string(binary.BigEndian.AppendUint32(b, epoch))
}

// Epoch is the number of the key epoch at a time, counted from 1970 in steps of length, whole seconds. Times before 1970 are in epoch 0,
// and a length below a second counts as one.
func Epoch(now time.Time, length time.Duration) uint32 {
	step := max(int64(length/time.Second), 1)
	return uint32(min(max(now.Unix(), 0)/step, math.MaxUint32))
}

// Epoch is the domain's own, the number in its tokens.
func (d *Domain) Epoch() uint32 { return d.epoch }

// Destroy overwrites the key. NewMinter panics from then on; minters made before hold state derived from the key and must be let go too.
func (d *Domain) Destroy() {
	clear(d.key[:])
	d.live = false
}

const hidden = "[pseudonym key]"

// Format hides the key, whatever the verb.
func (Domain) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// String hides the key.
func (Domain) String() string { return hidden }

// LogValue hides the key.
func (Domain) LogValue() slog.Value { return slog.StringValue(hidden) }
