package keys

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"winnow/proxy/master"
	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

const (
	checkName = "check"
	checkText = "winnow pseudonym keys"
)

// wrapper makes the AEAD that keys are wrapped with.
func wrapper(secret []byte) (cipher.AEAD, error) {
	if len(secret) < pseudonym.MinMasterBytes {
		return nil, fmt.Errorf("master secret of %d bytes: at least %d are needed", len(secret), pseudonym.MinMasterBytes)
	}
	return master.AEAD(secret, master.PseudonymKeys)
}

// seal wraps, and binds what is wrapped to its name.
func (r *Ring) seal(name string, plain []byte) []byte {
	return r.wrap.Seal(nil, nil, plain, []byte(name))
}

func (r *Ring) open(name string, sealed []byte) ([]byte, error) {
	return r.wrap.Open(nil, nil, sealed, []byte(name))
}

// keyID is what a key is for.
type keyID struct {
	domain
	epoch uint32
}

func keyOf(d domain, epoch uint32) keyID { return keyID{d, epoch} }

const keyPrefix, madePrefix = "key/", "made/"

func (n keyID) path() string { return n.tenant + "/" + n.purpose + "/" + number(n.epoch) }

// key and made are the names of the two values.
func (n keyID) key() string  { return keyPrefix + n.path() }
func (n keyID) made() string { return madePrefix + n.path() }

// parseKey reads the name of a key.
func parseKey(name string) (n keyID, ok bool) {
	rest, ok := strings.CutPrefix(name, keyPrefix)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 {
		return n, false
	}
	epoch, err := strconv.ParseUint(parts[2], 10, 32)
	n = keyOf(domain{parts[0], parts[1]}, uint32(epoch))
	return n, err == nil && n.valid() == nil && n.key() == name
}

// valid tells whether tenant and purpose can stand in a name: a-z, 0-9, - and _, as the configuration demands.
func (n keyID) valid() error {
	for _, word := range [...]string{n.tenant, n.purpose} {
		for _, c := range []byte(word) {
			if c-'a' >= 26 && c-'0' >= 10 && c != '-' && c != '_' {
				return errors.New("the id of a tenant or purpose is a-z, 0-9, - and _")
			}
		}
		if word == "" || len(word) > 63 {
			return errors.New("the id of a tenant or purpose has 1 to 63 characters")
		}
	}
	return nil
}

// made is what is remembered of a key.
type made struct {
	Made time.Time `json:"made"`
	// Digest is SHA-256 of the wrapped key, in hexadecimal.
	Digest string `json:"digest"`
	// Destroyed is when the key was; nil: it is kept.
	Destroyed *time.Time `json:"destroyed,omitempty"`
}

func digest(sealed []byte) string {
	sum := sha256.Sum256(sealed)
	return hex.EncodeToString(sum[:])
}

// errNever is about a key that was never made.
var errNever = errors.New("the key was never made")

// remembered returns what is remembered of a key.
func (r *Ring) remembered(ctx context.Context, n keyID) (m made, err error) {
	text, err := r.o.Values.Get(ctx, n.made())
	if errors.Is(err, values.ErrNone) {
		return m, errNever
	}
	if err == nil && values.ReadJSON(text, &m) != nil {
		err = ErrLost
	}
	return m, err
}

// fetch reads and opens a key. The error is errNever, ErrGone, or ErrLost if it was made and is not there or not the one that was made.
func (r *Ring) fetch(ctx context.Context, n keyID) (*pseudonym.Domain, error) {
	m, err := r.remembered(ctx, n)
	if err != nil {
		return nil, err
	}
	if m.Destroyed != nil {
		return nil, ErrGone
	}
	sealed, err := r.o.Values.Get(ctx, n.key())
	if errors.Is(err, values.ErrNone) || err == nil && digest(sealed) != m.Digest {
		return nil, ErrLost
	}
	if err != nil {
		return nil, err
	}
	plain, err := r.open(n.key(), sealed)
	if err != nil || len(plain) != master.KeyBytes {
		return nil, ErrMaster
	}
	defer clear(plain)
	return pseudonym.Derive(plain, n.tenant, n.purpose, n.epoch)
}

// make makes a key that was never made. Of several that make it at once one makes it. A key of an epoch that ended meanwhile is taken back.
func (r *Ring) make(ctx context.Context, n keyID) error {
	plain := make([]byte, master.KeyBytes)
	rand.Read(plain)
	sealed := r.seal(n.key(), plain)
	clear(plain)
	err := r.o.Values.Create(ctx, n.key(), sealed)
	if errors.Is(err, values.ErrExists) { // another was quicker, or was stopped before it could say so
		sealed, err = r.o.Values.Get(ctx, n.key())
	}
	if err != nil {
		return err
	}
	l, _, err := r.read(ctx)
	if err != nil {
		return err
	}
	if e, err := l.current(n.domain); err != nil || e.Number != n.epoch {
		return errors.Join(ErrGone, err, r.o.Values.Destroy(ctx, n.key()))
	}
	m := made{Made: r.o.Now().UTC(), Digest: digest(sealed)}
	if err = r.o.Values.Create(ctx, n.made(), values.JSON(m)); errors.Is(err, values.ErrExists) {
		return nil
	}
	return err
}
