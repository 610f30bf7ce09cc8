// Package admin is the administrators' listener: metrics, health, reload, and the spool. It is apart from ingest, on the loopback interface
// unless the configuration says otherwise, and has no part in the way of the data: nothing here ever sees a record,
// but for the scrubbed body of a parked batch that an administrator asks for.
package admin

import (
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Control is what an administrator may do.
type Control interface {
	// Ready is nil when requests are taken, and else says in words why not.
	Ready() error
	// Problems are what is wrong in words, though requests may still be taken.
	Problems() []string
	// Reload reads the configuration anew. The error says what is wrong in it; the old one then stays.
	Reload() error
}

// NewServer makes the server of GET /metrics, /healthz, /readyz and POST /-/reload, and of what is under /-/spool.
func NewServer(m *Metrics, c Control, s Spool) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { // a new process would not mend the problems
		say(w, http.StatusOK, strings.Join(append([]string{"ok"}, c.Problems()...), "\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := c.Ready(); err != nil {
			say(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		say(w, http.StatusOK, "ready")
	})
	mux.HandleFunc("POST /-/reload", func(w http.ResponseWriter, _ *http.Request) {
		if err := c.Reload(); err != nil {
			say(w, http.StatusUnprocessableEntity, err.Error())
			return
		}
		say(w, http.StatusOK, "reloaded")
	})
	serveSpool(mux, s)
	return &http.Server{
		Handler:           http.NewCrossOriginProtection().Handler(mux), // no web page may have a browser reload us
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // it quotes the client
	}
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // a client that is gone hears nothing
}
