package admin

import (
	"io"
	"math"
	"net/http"
	"time"
)

// AuditLog is the log of who changed what.
type AuditLog interface {
	// Head is its last line.
	Head() (AuditHead, error)
	// Entries writes the lines that are asked for, oldest first, each as it stands in the log. It fails at the first that was changed.
	Entries(w io.Writer, q AuditQuery) error
	// Breach reports what left to an upstream, from the log of receipts, as JSON has it.
	Breach(q BreachQuery) (any, error)
}

// BreachQuery says what a breach report is about.
type BreachQuery struct {
	Upstream string
	// From and To are the times between which something left.
	From, To time.Time
	// Tenant is the only one; empty for all.
	Tenant string
}

// AuditHead is the last line of a log: noted elsewhere, it proves later that none before it was changed or removed.
type AuditHead struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
}

// AuditQuery says which lines of the log are asked for.
type AuditQuery struct {
	// After is the number of the line before the first.
	After uint64
	// From is the earliest time; the zero time for all.
	From time.Time
	// Act is the only act; empty for all.
	Act string
	// Limit is how many lines at most; 0 for all.
	Limit uint64
}

// ErrNoAudit is about a log that is not kept.
var ErrNoAudit = NewProblem(http.StatusNotFound, "no_audit", "audit.off says that no audit log is kept")

// AuditResource is what is under /api/v1/audit.
func AuditResource(l AuditLog) Resource {
	return Resource{
		{
			Method: http.MethodGet, Path: "/api/v1/audit/head", Roles: everyone,
			Read: func(*Call) (any, error) { return l.Head() },
		},
		{
			Method: http.MethodGet, Path: "/api/v1/audit/entries", Roles: officers,
			Read: func(c *Call) (any, error) {
				q, err := auditQuery(c)
				if err != nil {
					return nil, err
				}
				return Stream{"application/x-ndjson", func(w io.Writer) error { return l.Entries(w, q) }}, nil
			},
		},
		{
			Method: http.MethodGet, Path: "/api/v1/audit/breach", Roles: officers,
			Read: func(c *Call) (any, error) {
				q, err := breachQuery(c)
				if err != nil {
					return nil, err
				}
				return l.Breach(q)
			},
		},
	}
}

func auditQuery(c *Call) (q AuditQuery, err error) {
	if err := c.only("after", "from", "act", "limit"); err != nil {
		return q, err
	}
	q.Act = c.Query("act")
	if q.After, err = c.Number("after", 0, math.MaxInt64); err != nil {
		return q, err
	}
	if q.Limit, err = c.Number("limit", 0, math.MaxInt64); err != nil {
		return q, err
	}
	if c.Query("from") != "" {
		q.From, err = c.moment("from")
	}
	return q, err
}

// moment is a parameter of the query that must be a time.
func (c *Call) moment(name string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, c.Query(name))
	if err != nil {
		return t, NewProblem(http.StatusBadRequest, "bad_parameter", name+": write a time such as 2026-03-01T00:00:00Z")
	}
	return t, nil
}

func breachQuery(c *Call) (q BreachQuery, err error) {
	if err := c.only("upstream", "from", "to", "tenant"); err != nil {
		return q, err
	}
	q.Upstream, q.Tenant = c.Query("upstream"), c.Query("tenant")
	if q.From, err = c.moment("from"); err != nil {
		return q, err
	}
	if q.To, err = c.moment("to"); err != nil {
		return q, err
	}
	if q.Upstream == "" || q.To.Before(q.From) {
		return q, NewProblem(http.StatusBadRequest, "bad_parameter", "name an upstream, and a time to that is not before from")
	}
	return q, nil
}
