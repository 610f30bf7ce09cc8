package spool

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"winnow/proxy/master"
	"winnow/proxy/pause"
	"winnow/proxy/values"
)

// A data key seals the entries of one tenant and purpose that came in on one day (UTC). It is random, is kept in the bucket "keys" sealed for
// master.SpoolDataKeys, and is named by 64 random bits that stand in the frame. Destroying the value erases all that it sealed, in every
// lane and in every copy of the disk that has no copy of the bucket.
//
// Sealed bytes (proxy/master) are over the entry as a packer has it (compress.go); the entry's id and the key's name are authenticated with it. A key
// seals far fewer than the 2^32 entries that random nonces allow.

// keyring makes, keeps and destroys data keys. It is safe for concurrent use.
type keyring struct {
	values values.Bucket
	erased values.Bucket // by key id in hex: those that were destroyed, so that a key which is lost is told from them
	wrap   cipher.AEAD

	mu     sync.RWMutex
	byName map[string]*dataKey // "tenant/purpose/day", see keyName
	byID   map[uint64]*dataKey
	lost   map[uint64]bool // looked for in vain as long as a copy may be behind

	behind time.Duration // how long a copy of the buckets may be
}

// dataKey is one key. Its name in the bucket is keyName and its ID.
type dataKey struct {
	id   uint64
	name string
	aead cipher.AEAD
}

var (
	errGone   = errors.New("the key of the entry is destroyed")
	errNoKey  = errors.New("the key of the entry is lost")
	errSealed = errors.New("the entry cannot be opened")
	// errWrapped is not a matter of waiting.
	errWrapped = errors.New("a data key of the spool cannot be unwrapped: was it made under another master secret?")
)

// newKeyring reads the keys there are.
func newKeyring(ctx context.Context, made, erased values.Bucket, secret []byte, behind time.Duration) (*keyring, error) {
	wrap, err := master.AEAD(secret, master.SpoolDataKeys)
	if err != nil {
		return nil, err
	}
	k := &keyring{
		values: made, erased: erased, wrap: wrap, behind: behind,
		byName: map[string]*dataKey{}, byID: map[uint64]*dataKey{}, lost: map[uint64]bool{},
	}
	names, err := made.Names(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := k.load(ctx, name); err != nil && !errors.Is(err, values.ErrNone) {
			return nil, err
		}
	}
	return k, nil
}

// keyName is what a key is for, as a name of a value.
func keyName(tenant, purpose string, day time.Time) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tenant)) + "/" + purpose + "/" + day.UTC().Format("20060102")
}

// tenant of the key.
func (d *dataKey) tenant() string {
	encoded, _, _ := strings.Cut(d.name, "/")
	name, _ := base64.RawURLEncoding.DecodeString(encoded) // made by keyName
	return string(name)
}

// purpose of the key.
func (d *dataKey) purpose() string {
	_, rest, _ := strings.Cut(d.name, "/")
	purpose, _, _ := strings.Cut(rest, "/")
	return purpose
}

// sealedFor are tenant and purpose of a key that is in memory; empty if it is not.
func (k *keyring) sealedFor(id uint64) (tenant, purpose string) {
	k.mu.RLock()
	d := k.byID[id]
	k.mu.RUnlock()
	if d == nil {
		return "", ""
	}
	return d.tenant(), d.purpose()
}

// purpose of a key that is in memory.
func (k *keyring) purpose(id uint64) string {
	_, purpose := k.sealedFor(id)
	return purpose
}

// load takes a key of the bucket into use.
func (k *keyring) load(ctx context.Context, name string) error {
	wrapped, err := k.values.Get(ctx, name)
	if err != nil {
		return err
	}
	plain, err := k.wrap.Open(nil, nil, wrapped, []byte(name))
	if err != nil || len(plain) != 8+master.KeyBytes {
		return errWrapped
	}
	aead, err := master.GCM(plain[8:])
	if err != nil {
		return err
	}
	k.keep(&dataKey{id: binary.BigEndian.Uint64(plain), name: name, aead: aead})
	return nil
}

func (k *keyring) keep(d *dataKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byName[d.name], k.byID[d.id] = d, d
}

// current is the key for what a tenant sends on a day; it is made if there is none.
func (k *keyring) current(ctx context.Context, tenant, purpose string, now time.Time) (*dataKey, error) {
	name := keyName(tenant, purpose, now)
	k.mu.RLock()
	d := k.byName[name]
	k.mu.RUnlock()
	if d != nil {
		return d, nil
	}
	for began := time.Now(); ; {
		err := k.create(ctx, name)
		if err == nil {
			break
		}
		if ctx.Err() != nil || time.Since(began) > keyPatience || errors.Is(err, errWrapped) {
			return nil, fmt.Errorf("%w: %w", ErrKey, err)
		}
		pause.For(ctx, behindLook)
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.byName[name], nil
}

// keyPatience is how long a store is asked for a new key that is in the middle of a restart, or elects a leader.
const keyPatience = 10 * time.Second

// create makes a key, unless there is one: another node may have been quicker, or the answer to an earlier try was lost.
func (k *keyring) create(ctx context.Context, name string) error {
	plain := make([]byte, 8+master.KeyBytes)
	rand.Read(plain)
	err := k.values.Create(ctx, name, k.wrap.Seal(nil, nil, plain, []byte(name)))
	if err != nil && !errors.Is(err, values.ErrExists) {
		return err
	}
	return k.patiently(ctx, func() error { return k.load(ctx, name) }) // what is stored counts
}

// patiently does something again while it finds no value, as long as a copy of the bucket may be behind.
func (k *keyring) patiently(ctx context.Context, do func() error) error {
	for began := time.Now(); ; {
		err := do()
		missing := errors.Is(err, values.ErrNone) || errors.Is(err, errNoKey)
		if !missing || time.Since(began) >= k.behind || ctx.Err() != nil {
			return err
		}
		pause.For(ctx, behindLook)
	}
}

// maxBehind is how long a copy of the bucket may be behind in a cluster; behindLook is how often it is asked meanwhile.
const (
	maxBehind  = 3 * time.Second
	behindLook = 50 * time.Millisecond
)

// find returns a key by its id. One that another node made is looked for in the bucket. The error is errNoKey if there is none, and errGone if it
// was destroyed.
func (k *keyring) find(ctx context.Context, id uint64) (d *dataKey, err error) {
	k.mu.RLock()
	d, lost := k.byID[id], k.lost[id]
	k.mu.RUnlock()
	if d != nil {
		return d, nil
	}
	look := func() error {
		d, err = k.search(ctx, id)
		return err
	}
	if lost {
		err = look()
		return d, err
	}
	if err = k.patiently(ctx, look); errors.Is(err, errNoKey) && ctx.Err() == nil {
		k.mu.Lock()
		k.lost[id] = true
		k.mu.Unlock()
	}
	return d, err
}

// search looks for a key in the bucket.
func (k *keyring) search(ctx context.Context, id uint64) (*dataKey, error) {
	names, err := k.values.Names(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		k.mu.RLock()
		known := k.byName[name] != nil
		k.mu.RUnlock()
		if known {
			continue
		}
		if err := k.load(ctx, name); err != nil && !errors.Is(err, values.ErrNone) {
			return nil, err
		}
	}
	k.mu.RLock()
	d := k.byID[id]
	k.mu.RUnlock()
	if d != nil {
		return d, nil
	}
	if _, err := k.erased.Get(ctx, idName(id)); err == nil {
		return nil, errGone
	} else if !errors.Is(err, values.ErrNone) {
		return nil, err
	}
	return nil, errNoKey
}

// idName is a key's id as the name of a value.
func idName(id uint64) string { return fmt.Sprintf("%016x", id) }

// erase destroys one key by its name. That it was destroyed is written down first.
func (k *keyring) erase(ctx context.Context, name string) error {
	if err := k.patiently(ctx, func() error { return k.load(ctx, name) }); errors.Is(err, values.ErrNone) {
		k.forget(name)
		return nil
	} else if err != nil {
		return err
	}
	k.mu.RLock()
	d := k.byName[name]
	k.mu.RUnlock()
	if d != nil {
		if err := k.erased.Put(ctx, idName(d.id), nil); err != nil {
			return err
		}
	}
	if err := k.values.Destroy(ctx, name); err != nil {
		return err
	}
	k.forget(name)
	return nil
}

// follow forgets keys that other nodes destroy, until ctx is done.
func (k *keyring) follow(ctx context.Context) {
	for ctx.Err() == nil {
		_ = k.values.Watch(ctx, func(name string, value []byte) {
			if value == nil {
				k.forget(name)
			}
		}, func() {})
		pause.For(ctx, time.Second)
	}
}

// destroy erases all that is sealed for a tenant, and of one purpose only if it is not empty. It returns how many keys there were.
func (k *keyring) destroy(ctx context.Context, tenant, purpose string) (n int, err error) {
	prefix := base64.RawURLEncoding.EncodeToString([]byte(tenant)) + "/"
	if purpose != "" {
		prefix += purpose + "/"
	}
	names, err := k.values.Names(ctx)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if len(name) < len(prefix) || name[:len(prefix)] != prefix {
			continue
		}
		if err := k.erase(ctx, name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (k *keyring) forget(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d := k.byName[name]; d != nil {
		delete(k.byName, name)
		delete(k.byID, d.id)
	}
}

// seal appends the sealed bytes of a packed entry to dst.
func (d *dataKey) seal(dst []byte, id ID, packed []byte) []byte {
	return d.aead.Seal(dst, nil, packed, d.bound(id))
}

// open returns the packed entry that was sealed.
func (d *dataKey) open(id ID, sealed []byte) ([]byte, error) {
	packed, err := d.aead.Open(nil, nil, sealed, d.bound(id))
	if err != nil {
		return nil, errSealed
	}
	return packed, nil
}

// bound is what is authenticated beside the entry.
func (d *dataKey) bound(id ID) []byte {
	return binary.BigEndian.AppendUint64(append(make([]byte, 0, 24), id[:]...), d.id)
}
