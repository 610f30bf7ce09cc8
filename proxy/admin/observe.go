package admin

import (
	"io"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"winnow/config"
)

// Health is what can be seen of how winnow is.
type Health interface {
	// Ready is nil when requests are taken, and else says in words why not.
	Ready() error
	// Problems are what is wrong in words, though requests may still be taken.
	Problems() []string
}

// everyone lists all roles.
var everyone = []config.Role{config.RoleViewer, config.RoleTuner, config.RolePrivacyOfficer, config.RoleAdmin}

// HealthResource is /metrics, /healthz and /readyz. Whether winnow lives and is ready is told to everyone who asks; in words, only to who may know.
func HealthResource(m *Metrics, h Health) Resource {
	metrics := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return Resource{
		{
			Method: http.MethodGet, Path: "/metrics", Roles: everyone, Open: OpenLoopback,
			Serve: func(w http.ResponseWriter, c *Call) { metrics.ServeHTTP(w, c.Request) },
		},
		{
			Method: http.MethodGet, Path: "/healthz", Roles: everyone, Open: OpenAlways,
			Serve: func(w http.ResponseWriter, c *Call) { // 200 all the same: a new process would not mend the problems
				lines := []string{"ok"}
				if c.Trusted {
					lines = append(lines, h.Problems()...)
				}
				say(w, http.StatusOK, strings.Join(lines, "\n"))
			},
		},
		{
			Method: http.MethodGet, Path: "/readyz", Roles: everyone, Open: OpenAlways,
			Serve: func(w http.ResponseWriter, c *Call) {
				switch err := h.Ready(); {
				case err == nil:
					say(w, http.StatusOK, "ready")
				case c.Trusted:
					say(w, http.StatusServiceUnavailable, err.Error())
				default:
					say(w, http.StatusServiceUnavailable, "not ready")
				}
			},
		},
	}
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // a client that is gone hears nothing
}
