package admin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"winnow/config"
)

// Told is what the audit log is told of an act.
type Told struct {
	Actor, Act, Object string
	Details            map[string]string
}

// Options of an API. All but Denied must be set.
type Options struct {
	// Resources are what there is.
	Resources []Resource
	// Tell writes into the audit log. After its error an act does not happen.
	Tell func(Told) error
	// Now is the clock.
	Now func() time.Time
	// Loopback says that only this machine can reach the listener.
	Loopback bool
	// Denied counts who is not let in: Metrics.Denied makes it. Nil: nobody counts.
	Denied *Reasons
	// Panicked counts requests that made winnow itself fail. Nil: nobody counts.
	Panicked func()
}

// API is the administrators' API: a table of operations, and who may use them. It is safe for concurrent use.
type API struct {
	o       Options
	mux     *http.ServeMux
	access  access
	denials denials
}

// NewAPI makes an API that lets nobody in: see Use and UseLocal.
func NewAPI(o Options) *API {
	a := &API{o: o, mux: http.NewServeMux(), denials: denials{tell: o.Tell}}
	paths := map[string]map[string]*Operation{}
	for _, op := range a.Operations() {
		if paths[op.Path] == nil {
			paths[op.Path] = map[string]*Operation{}
		}
		paths[op.Path][op.Method] = &op
	}
	for path, methods := range paths {
		a.mux.Handle(path, a.methods(methods))
	}
	a.mux.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, NewProblem(http.StatusNotFound, "no_operation", "there is nothing at this path; GET /api/v1/openapi.yaml describes what there is"))
	}))
	return a
}

// Operations lists all there are. The caller owns the list.
func (a *API) Operations() (list []Operation) {
	for _, r := range slices.Concat(a.o.Resources, []Resource{description()}) {
		list = append(list, r...)
	}
	return list
}

// Use puts other tokens in force, from the next request on. It keeps the list.
func (a *API) Use(tokens []Token) { a.access.tokens.Store(&tokens) }

// UseLocal lets in who knows the token in the data folder, from this machine.
func (a *API) UseLocal(token string) { a.access.local = sha256.Sum256([]byte(token)) }

// Tick tells the audit log what waited to be told. It is called every hour or so.
func (a *API) Tick() { a.denials.flush(a.o.Now()) }

// Close tells the audit log what waited to be told, at the end.
func (a *API) Close() { a.denials.close() }

// methods answers requests to one path.
func (a *API) methods(methods map[string]*Operation) http.Handler {
	var allow []string
	for m := range methods {
		allow = append(allow, m)
	}
	slices.Sort(allow)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		op := methods[method]
		if op == nil {
			w.Header().Set("Allow", strings.Join(allow, ", "))
			refuse(w, NewProblem(http.StatusMethodNotAllowed, "no_operation", "this path has no such method; it has "+strings.Join(allow, ", ")))
			return
		}
		a.serve(w, r, op)
	})
}

// serve lets a caller in, or not, and does what an operation says.
func (a *API) serve(w http.ResponseWriter, r *http.Request, op *Operation) {
	caller, direct := r.Context().Value(directKey{}).(Caller)
	trusted := direct || op.Open != OpenNever && a.o.Loopback
	if !trusted {
		var reason int
		switch caller, reason = a.access.who(r, a.o.Now()); {
		case reason < 0 && slices.Contains(op.Roles, caller.Role):
			trusted = true
		case op.Open == OpenAlways:
		default:
			if reason < 0 {
				reason = deniedRole
			}
			a.deny(w, r, op, caller, reason)
			return
		}
	}
	a.answer(w, &Call{Request: r, Caller: caller, Trusted: trusted}, op)
}

// deny refuses, counts and tells.
func (a *API) deny(w http.ResponseWriter, r *http.Request, op *Operation, caller Caller, reason int) {
	actor := caller.ID
	if actor == "" {
		actor = nobody
	}
	a.note(r, actor, op.Method+" "+op.Path, reason)
	var p *Problem
	switch reason {
	case deniedTooMany:
		w.Header().Set("Retry-After", "6")
		p = NewProblem(http.StatusTooManyRequests, "too_many", "too many wrong tokens came from this address: wait")
	case deniedRole:
		p = NewProblem(http.StatusForbidden, "role", "this needs another role: "+words(op.Roles))
	case deniedExpired:
		p = NewProblem(http.StatusUnauthorized, "expired", "the token has expired: ask who keeps admin.tokens for another; needed is the role "+words(op.Roles))
	case deniedWrongToken:
		p = NewProblem(http.StatusUnauthorized, "wrong_token", "nobody has this token; needed is one with the role "+words(op.Roles))
	default:
		p = NewProblem(http.StatusUnauthorized, "no_token", "send Authorization: Bearer TOKEN, with a token of the role "+words(op.Roles))
	}
	if p.Status == http.StatusUnauthorized {
		challenge := `Bearer realm="winnow"`
		if reason != deniedNoToken {
			challenge += `, error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
	}
	p.Needs = op.Roles
	refuse(w, p)
}

// words joins roles: "tuner or admin".
func words(roles []config.Role) string {
	text := ""
	for i, r := range roles {
		switch {
		case i > 0 && i == len(roles)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += string(r)
	}
	return text
}

// answer does what an operation says, and tells of it if it is an act.
func (a *API) answer(w http.ResponseWriter, c *Call, op *Operation) {
	if op.Serve != nil {
		op.Serve(w, c)
		return
	}
	control := http.NewResponseController(w) // it takes as long as it takes
	_, _ = control.SetReadDeadline(time.Time{}), control.SetWriteDeadline(time.Time{})
	var answer any
	var err error
	if op.Plan != nil {
		answer, err = a.act(c, op)
	} else {
		answer, err = a.guarded(func() (any, error) { return op.Read(c) })
	}
	if err != nil {
		refuse(w, problemOf(err))
		return
	}
	if s, ok := answer.(Stream); ok {
		s.send(w)
		return
	}
	write(w, http.StatusOK, "application/json", answer)
}

// act tells the audit log of an act, does it, and tells how it ended. A number in both lines says that they belong together.
func (a *API) act(c *Call, op *Operation) (any, error) {
	var plan Plan
	if _, err := a.guarded(func() (_ any, err error) { plan, err = op.Plan(c); return nil, err }); err != nil {
		return nil, err
	}
	var id [4]byte
	rand.Read(id[:])
	request := hex.EncodeToString(id[:])
	told := Told{Actor: c.Caller.ID, Act: op.Act, Object: plan.Object, Details: map[string]string{"request": request}}
	for name, value := range plan.Details {
		told.Details[name] = value
	}
	if err := a.o.Tell(told); err != nil {
		if p := (*Problem)(nil); errors.As(err, &p) {
			return nil, p
		}
		return nil, NewProblem(http.StatusServiceUnavailable, "audit", "the audit log takes nothing, so nothing was done; winnow's own log says why")
	}
	result := map[string]string{"request": request, "result": "done"}
	answer, err := a.guarded(func() (any, error) { return plan.Do(c.Context(), result) })
	if err != nil {
		result["result"], result["code"] = "failed", problemOf(err).Code
	}
	if a.o.Tell(Told{Actor: c.Caller.ID, Act: op.Act, Object: plan.Object, Details: result}) != nil && err == nil {
		err = NewProblem(http.StatusInternalServerError, "audit", "it was done, and the audit log, which takes nothing any more, does not tell how it ended")
	}
	return answer, err
}

// guarded turns a panic into an error that holds nothing of it: what made winnow fail may be anybody's text.
func (a *API) guarded(do func() (any, error)) (answer any, err error) {
	defer func() {
		if recover() == nil {
			return
		}
		if a.o.Panicked != nil {
			a.o.Panicked()
		}
		answer, err = nil, NewProblem(http.StatusInternalServerError, "failed", "winnow failed: this is a defect; winnow_panics_total counts it")
	}()
	return do()
}

// send writes a stream. Once it has begun, an error can only be shown by breaking off.
func (s Stream) send(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", s.Type)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	begun := &begun{w: w}
	switch err := s.Write(begun); {
	case err == nil:
	case !begun.yes:
		refuse(w, problemOf(err))
	default:
		panic(http.ErrAbortHandler)
	}
}

// begun notes whether anything was written.
type begun struct {
	w   http.ResponseWriter
	yes bool
}

// Write implements io.Writer.
func (b *begun) Write(p []byte) (n int, err error) {
	first := !b.yes
	b.yes = true
	n, err = b.w.Write(p)
	if first && err == nil {
		_ = http.NewResponseController(b.w).Flush() // so that breaking off shows as that
	}
	return n, err
}

// directKey is where a request in this process has its Caller.
type directKey struct{}

// Direct is a client of this API in the same process, for a command that has opened the state itself. It acts as the command line does, and
// what it does is told alike.
func (a *API) Direct() *Client { return &Client{http: &http.Client{Transport: direct{a}}} }
