// Package keys makes, keeps and destroys the keys of pseudonyms (KEEP-1, TRAIN-2).
//
// Time is cut into epochs, which all nodes agree on. Each tenant has for each purpose and epoch a key of its own, 32 random bytes, made when it is
// first needed and kept wrapped under a key derived from the master secret. So pseudonyms of two tenants, purposes or epochs cannot be joined, and
// destroying a key makes the pseudonyms under it random for ever, also for who has the master secret.
//
// The bucket holds
//
//	check                      a constant, wrapped: tells a wrong master secret
//	epochs                     the list of epochs, JSON, changed by compare-and-swap only
//	key/TENANT/PURPOSE/EPOCH   a key: AES-256-GCM (NIST SP 800-38D) with a random nonce of 12 bytes before it, bound to this name
//	made/TENANT/PURPOSE/EPOCH  when that key was made, SHA-256 of it as wrapped, and when it was destroyed: JSON
//
// A key is used only once its "made" is stored, so that a key which is lost is told from one that was never made: it is not made a second time.
// Doubt withholds: whoever cannot read the state gets no key, and what was read is believed for Options.MaxStaleness.
//
// An epoch number that an unset clock gave, and a key that two nodes make at once, cannot do harm: the bucket decides. A clock that jumps back leads
// to no older epoch, and one that jumps ahead ends one epoch.
package keys

import (
	"context"
	"crypto/cipher"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// Options of a Ring. Values, Master, Tell and Now must be set.
type Options struct {
	// Values is the bucket. It stays the caller's, and is used until Run has ended.
	Values values.Bucket
	// Master secret, at least pseudonym.MinMasterBytes. It is not kept.
	Master []byte
	// Settings at first.
	Settings Settings
	// Tell tells the audit log of an act before it happens; after an error it does not happen.
	Tell func(Act) error
	// Head is the last line of the audit log, for proofs.
	Head func() string
	// Now is the clock.
	Now func() time.Time
	// Log hears of what an operator should know. Nil: nobody. Never a key.
	Log *slog.Logger
}

// Settings may change while a Ring is in use.
type Settings struct {
	// Length of an epoch.
	Length time.Duration
	// Keep is how many epochs are kept beside the current one; keys of older ones are destroyed.
	Keep int
	// MaxStaleness is how long what was read of the state is believed. So it is how long an epoch may be overdue.
	MaxStaleness time.Duration
}

// Act is what the audit log is told.
type Act struct {
	// Actor is who does it: a token's id, "cli", or "winnow" itself.
	Actor string
	// Name is keys.begin of an epoch that begins, or keys.shred of keys that are destroyed.
	Name string
	// Object is the epoch's number, or the tenant.
	Object  string
	Details map[string]string
}

const actBegin, actShred = "keys.begin", "keys.shred"

// Errors of a Ring. Others are about the state, which cannot be read.
var (
	ErrMaster = errors.New("the master secret is not the one that the keys of pseudonyms were made under: restore it, or, to begin with new " +
		"pseudonyms that join with none from before, move the state away (state/pseudonyms in data_dir, or the bucket winnow_pseudonyms of the cluster) " +
		"and remove its line from state.known in data_dir")
	ErrLost = errors.New("the state of the keys of pseudonyms is not whole: restore it from a copy, or begin a new epoch with `winnow keys rotate`")
	ErrGone = errors.New("the key was destroyed")
	// ErrStale is about a state that was last read too long ago.
	ErrStale = errors.New("the state of the keys of pseudonyms was not reached for longer than max_staleness")
	// ErrNoEpoch is about an epoch that never was.
	ErrNoEpoch = errors.New("there is no such epoch; `winnow keys list` shows all")
)

// Ring has the keys that are in use. It is safe for concurrent use.
type Ring struct {
	o        Options
	wrap     cipher.AEAD
	follower *values.Follower

	view   atomic.Pointer[view]
	untidy atomic.Bool // an epoch has begun since the last Tidy

	destroyed atomic.Pointer[time.Time] // when a key was, here

	mu       sync.Mutex // whoever replaces the view
	settings Settings
	failed   map[domain]failure // the empty domain: the state itself
}

// domain is whose a key is.
type domain struct{ tenant, purpose string }

// view is what requests see. It is immutable.
type view struct {
	epochs  list
	due     time.Time     // when the next epoch begins
	stale   time.Duration // MaxStaleness
	domains map[domain]*pseudonym.Domain
}

// failure is why there was no key. It is not tried again at once, so that requests do not queue for a state that does not answer.
type failure struct {
	err error
	at  time.Time
}

const (
	retryAfter = time.Second     // a failure
	patience   = 2 * time.Second // with the state, while a request waits
)

// Open reads the state, and begins it if there is none. The error is ErrMaster under another master secret than before, and ErrLost if a part of
// the state is missing; then nothing has changed.
func Open(ctx context.Context, o Options) (*Ring, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	wrap, err := wrapper(o.Master)
	if err != nil {
		return nil, err
	}
	o.Master = nil
	r := &Ring{o: o, wrap: wrap, settings: o.Settings, failed: map[domain]failure{}}
	r.follower = r.follow()
	r.view.Store(&view{})
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.renew(ctx, o.Now()); err != nil {
		return nil, err
	}
	return r, nil
}

// begin checks the master secret against the state, and makes the state if there is none.
func (r *Ring) begin(ctx context.Context) error {
	names, err := r.o.Values.Names(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		err := r.o.Values.Create(ctx, checkName, r.seal(checkName, []byte(checkText)))
		if err != nil && !errors.Is(err, values.ErrExists) {
			return err
		}
	}
	if err := r.check(ctx); err != nil {
		return err
	}
	if _, err := r.o.Values.Get(ctx, epochsName); !errors.Is(err, values.ErrNone) {
		return err
	}
	for _, name := range names {
		if name != checkName {
			return ErrLost
		}
	}
	return r.first(ctx)
}

// check finds out whether the wrapped constant opens.
func (r *Ring) check(ctx context.Context) error {
	sealed, err := r.o.Values.Get(ctx, checkName)
	if errors.Is(err, values.ErrNone) {
		return ErrLost
	}
	if err != nil {
		return err
	}
	if text, err := r.open(checkName, sealed); err != nil || string(text) != checkText {
		return ErrMaster
	}
	return nil
}

// Check returns ErrMaster if this is another master secret than the one in use.
func (r *Ring) Check(ctx context.Context, master []byte) error {
	wrap, err := wrapper(master)
	if err != nil {
		return err
	}
	other := &Ring{o: r.o, wrap: wrap}
	return other.check(ctx)
}

// Set puts settings in force.
func (r *Ring) Set(s Settings) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settings = s
	v := *r.view.Load()
	v.due, v.stale = v.epochs.due(s.Length), s.MaxStaleness
	r.view.Store(&v)
}

// Domain returns the current key of a tenant and purpose. It is made if there is none yet, and a new epoch begins if the time has come. After an
// error what needs the key must be withheld. It costs an atomic load and a look into a map, and allocates nothing, as long as nothing is new.
func (r *Ring) Domain(tenant, purpose string, now time.Time) (*pseudonym.Domain, error) {
	v := r.view.Load()
	if d := v.domains[domain{tenant, purpose}]; d != nil && r.current(v, now) {
		return d, nil
	}
	return r.domainSlow(domain{tenant, purpose}, now)
}

// current tells whether a view may still be believed, and its epoch has not ended.
func (r *Ring) current(v *view, now time.Time) bool {
	return r.follower.Age(now) <= v.stale && now.Before(v.due)
}
