package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"winnow/config"
)

// Token is what lets its holder in. The zero Expires is never.
type Token struct {
	ID      string
	Hash    [sha256.Size]byte
	Role    config.Role
	Expires time.Time
}

// localID is who uses the token in the data folder: the command line.
const localID = "cli"

// access knows the tokens. It is safe for concurrent use; the zero access lets nobody in.
type access struct {
	tokens atomic.Pointer[[]Token]
	local  [sha256.Size]byte // zero, which is the hash of nothing known, until there is one
	limit  failures
}

// The reasons for which somebody is not let in, by which they are counted and told.
const (
	deniedNoToken = iota
	deniedWrongToken
	deniedExpired
	deniedRole
	deniedTooMany
	deniedOrigin
)

// deniedReasons names them.
var deniedReasons = []string{
	deniedNoToken: "no_token", deniedWrongToken: "wrong_token", deniedExpired: "expired", deniedRole: "role", deniedTooMany: "too_many",
	deniedOrigin: "cross_origin",
}

// bearer is the token of a request (RFC 6750); empty without one.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// who finds the holder of a request's token; reason says why there is none, -1 if there is. An address that failed too often is refused
// unheard, but for the token in the data folder: nobody else on this machine shall lock the command line out.
func (a *access) who(r *http.Request, now time.Time) (c Caller, reason int) {
	text := bearer(r)
	if text == "" {
		return Caller{}, deniedNoToken
	}
	hash := sha256.Sum256([]byte(text))
	from := peer(r)
	if subtle.ConstantTimeCompare(hash[:], a.local[:]) == 1 && from.IsLoopback() {
		return Caller{localID, config.RoleAdmin}, -1
	}
	if !a.limit.may(from, now) {
		return Caller{}, deniedTooMany
	}
	found := -1
	list := a.tokens.Load()
	for i := range deref(list) {
		if subtle.ConstantTimeCompare(hash[:], (*list)[i].Hash[:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		a.limit.failed(from, now)
		return Caller{}, deniedWrongToken
	}
	t := &(*list)[found]
	c = Caller{t.ID, t.Role}
	if !t.Expires.IsZero() && !now.Before(t.Expires) {
		a.limit.failed(from, now)
		return c, deniedExpired
	}
	return c, -1
}

func deref(list *[]Token) []Token {
	if list == nil {
		return nil
	}
	return *list
}

// peer is the address that a request comes from.
func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// network is as much of an address as is remembered and told: no person's.
func network(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "unknown"
	case a.IsLoopback():
		return "loopback"
	}
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// failures bounds how often one address may fail. It is safe for concurrent use.
type failures struct {
	mu    sync.Mutex
	from  map[netip.Prefix]*rate.Limiter
	rest  *rate.Limiter // shared by those for whom there is no more room
	swept time.Time
}

// An address may fail ten times at once, and ten times a minute after that. Of so many addresses is kept account.
const (
	failBurst  = 10
	failEvery  = 6 * time.Second
	maxAccused = 4096
	sweepEvery = time.Minute
)

// may tells whether an address may still try.
func (f *failures) may(a netip.Addr, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.from[address(a)]
	if l == nil && len(f.from) >= maxAccused {
		l = f.rest
	}
	return l == nil || l.TokensAt(now) >= 1
}

// failed notes a failure.
func (f *failures) failed(a netip.Addr, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := address(a)
	l := f.from[key]
	if l == nil {
		l = f.room(key, now)
	}
	l.AllowN(now, 1)
}

// room makes an account for an address. Those who have not failed lately lose theirs when there is no room.
func (f *failures) room(key netip.Prefix, now time.Time) *rate.Limiter {
	if f.from == nil {
		f.from, f.rest = map[netip.Prefix]*rate.Limiter{}, newFailLimit()
	}
	if len(f.from) >= maxAccused && now.Sub(f.swept) >= sweepEvery {
		f.swept = now
		for k, l := range f.from {
			if l.TokensAt(now) >= failBurst {
				delete(f.from, k)
			}
		}
	}
	if len(f.from) >= maxAccused {
		return f.rest
	}
	l := newFailLimit()
	f.from[key] = l
	return l
}

func newFailLimit() *rate.Limiter { return rate.NewLimiter(rate.Every(failEvery), failBurst) }

// address is what one machine can call its own: an IPv4 address, or the 64 bits that an IPv6 link has.
func address(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
