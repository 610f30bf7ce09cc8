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
	if text := c.Query("from"); text != "" {
		if q.From, err = time.Parse(time.RFC3339, text); err != nil {
			return q, NewProblem(http.StatusBadRequest, "bad_parameter", "from: write a time such as 2026-03-01T00:00:00Z")
		}
	}
	return q, nil
}
