package admin

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// rebound refuses what calls this machine by a name of the network: a page whose name was made to lead here, so that a browser takes what needs no
// token for the page's own (DNS rebinding).
func (a *API) rebound(next http.Handler) http.Handler {
	if !a.o.Loopback {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err != nil && host != "localhost" {
			a.note(r, nobody, "", deniedOrigin)
			refuse(w, NewProblem(http.StatusForbidden, "cross_origin", "this listener is for this machine alone: call it by 127.0.0.1, [::1] or localhost"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Server makes the server of the API. No web page may have a browser act for it.
func (a *API) Server() *http.Server {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.note(r, nobody, "", deniedOrigin)
		refuse(w, NewProblem(http.StatusForbidden, "cross_origin", "a page of another origin may not act here"))
	}))
	return &http.Server{
		Handler:           a.rebound(guard.Handler(a.mux)),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // it quotes the client
	}
}

// note counts and tells that somebody was not let in.
func (a *API) note(r *http.Request, actor, operation string, reason int) {
	if a.o.Denied != nil {
		a.o.Denied.Count(reason)
	}
	a.denials.add(denial{actor, operation, deniedReasons[reason], network(peer(r))}, a.o.Now())
}
