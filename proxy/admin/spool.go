package admin

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"winnow/config"
)

// Spool is what an administrator sees of batches that wait and of those that are parked, and does with them.
type Spool interface {
	// State of all lanes.
	State(ctx context.Context) (SpoolState, error)
	// Lane is nil if there is a lane of this name.
	Lane(name string) error
	// Parked returns one parked batch, its body only if asked for.
	Parked(ctx context.Context, lane string, number uint64, body bool) (SpoolBatch, error)
	// Replay puts parked batches back into their lane, one by its number or all of it (0), and tells how many.
	Replay(ctx context.Context, lane string, number uint64) (int, error)
	// Drop removes parked batches for ever, one by its number or all of it (0), and tells how many.
	Drop(ctx context.Context, lane string, number uint64) (int, error)
	// Verify reads everything in a lane, or in all for an empty name.
	Verify(ctx context.Context, lane string) ([]SpoolReport, error)
}

// Errors of a Spool.
var (
	ErrNoSpool    = NewProblem(http.StatusNotFound, "no_spool", "no route delivers through the spool, and nothing waits in it")
	ErrNoLane     = NewProblem(http.StatusNotFound, "no_lane", "there is no such lane; `winnow spool list` shows all")
	ErrNoBatch    = NewProblem(http.StatusNotFound, "no_batch", "no batch is parked under this number; `winnow spool list` shows all")
	ErrUnreadable = NewProblem(http.StatusConflict, "unreadable_batch", "the batch cannot be read; it can only be dropped")
	ErrNewer      = NewProblem(http.StatusConflict, "newer_batch", "a later winnow wrote the batch: start that one, and replay it there")
	ErrTooOld     = NewProblem(http.StatusConflict, "old_batch", "the batch is older than may leave: it is erased within the hour, or when the legal hold ends that keeps it")
)

// SpoolState is the state of a spool.
type SpoolState struct {
	// Restarts of a store that did not answer.
	Restarts int64 `json:"restarts"`
	// Problems in words: the disk nearly full, batches lost, the store away.
	Problems []string    `json:"problems,omitempty"`
	Lanes    []SpoolLane `json:"lanes"`
}

// SpoolLane is the state of one lane.
type SpoolLane struct {
	Lane string `json:"lane"`
	// Frames and Bytes that wait, and Bytes that are parked.
	Frames      uint64 `json:"frames"`
	Bytes       uint64 `json:"bytes"`
	ParkedBytes uint64 `json:"parked_bytes"`
	// Oldest is the age in seconds of the oldest batch that waits; 0 if none does.
	Oldest float64 `json:"oldest_seconds"`
	// Pending and Parked batches of now, and of the pending ones those that are Deferred: tried in vain while others arrived.
	Pending  SpoolCount `json:"pending"`
	Deferred SpoolCount `json:"deferred"`
	Parked   SpoolCount `json:"parked"`
	// Fates of batches since the process began, by the names that the metrics have.
	Fates map[string]SpoolCount `json:"fates"`
	// Batches that are parked, oldest first, at most MaxSpoolListed.
	Batches []SpoolParked `json:"batches,omitempty"`
}

// MaxSpoolListed bounds how many parked batches are listed.
const MaxSpoolListed = 1000

// SpoolCount counts batches and the records in them.
type SpoolCount struct {
	Batches int64 `json:"batches"`
	Records int64 `json:"records"`
}

// SpoolParked is one parked batch.
type SpoolParked struct {
	Number uint64    `json:"number"`
	Reason string    `json:"reason"`
	Parked time.Time `json:"parked"`
	// Tenant is empty if the key is gone.
	Tenant  string `json:"tenant"`
	Records int    `json:"records"`
	// Bytes it takes.
	Bytes int `json:"bytes"`
}

// SpoolBatch is a parked batch in full.
type SpoolBatch struct {
	SpoolParked
	// Readable tells whether the rest is known.
	Readable    bool      `json:"readable"`
	Received    time.Time `json:"received"`
	Purpose     string    `json:"purpose"`
	Policy      string    `json:"policy"`
	Protocol    string    `json:"protocol"`
	Path        string    `json:"path"`
	ContentType string    `json:"content_type"`
	BodyBytes   int       `json:"body_bytes"`
	// Body as it was scrubbed.
	Body []byte `json:"body,omitempty"`
}

// SpoolReport is what verifying a lane found.
type SpoolReport struct {
	Lane    string `json:"lane"`
	Sound   bool   `json:"sound"`
	Frames  int64  `json:"frames"`
	Batches int64  `json:"batches"`
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
	Parked  int64  `json:"parked"`
	// Erased batches have a key that is destroyed; nothing is wrong with that.
	Erased int64 `json:"erased"`
	// Missing, Unreadable, Torn, Damaged and Sealed are what is wrong.
	Missing    int64 `json:"missing"`
	Unreadable int64 `json:"unreadable"`
	Torn       int64 `json:"torn"`
	Damaged    int64 `json:"damaged"`
	Sealed     int64 `json:"sealed"`
}

// officers see and erase what is kept.
var officers = []config.Role{config.RolePrivacyOfficer, config.RoleAdmin}

// SpoolResource is what is under /api/v1/spool.
func SpoolResource(s Spool) Resource {
	parked := "/api/v1/spool/{lane}/parked/{number}"
	return Resource{
		{
			Method: http.MethodGet, Path: "/api/v1/spool", Roles: everyone,
			Read: func(c *Call) (any, error) { return s.State(c.Context()) },
		},
		{
			Method: http.MethodGet, Path: parked, Roles: everyone,
			Read: func(c *Call) (any, error) {
				number, err := batchNumber(c, false)
				if err != nil {
					return nil, err
				}
				return s.Parked(c.Context(), c.PathValue("lane"), number, false)
			},
		},
		{Method: http.MethodGet, Path: parked + "/body", Roles: officers, Act: "spool.show", Plan: showBody(s)},
		{Method: http.MethodPost, Path: parked + "/replay", Roles: []config.Role{config.RoleAdmin}, Act: "spool.replay", Plan: handle(s, s.Replay)},
		{Method: http.MethodPost, Path: parked + "/drop", Roles: officers, Act: "spool.drop", Plan: handle(s, s.Drop)},
		{Method: http.MethodPost, Path: "/api/v1/spool/verify", Roles: officers, Act: "spool.verify", Plan: verifySpool(s)},
	}
}

// batchNumber is the number of a parked batch in a path; 0 for "all", where that may stand.
func batchNumber(c *Call, all bool) (uint64, error) {
	text := c.PathValue("number")
	if all && text == "all" {
		return 0, nil
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil || number == 0 {
		return 0, ErrNoBatch
	}
	return number, nil
}

// showBody shows what a parked batch holds, which somebody may ask about later.
func showBody(s Spool) func(*Call) (Plan, error) {
	return func(c *Call) (Plan, error) {
		lane := c.PathValue("lane")
		number, err := batchNumber(c, false)
		if err == nil {
			err = s.Lane(lane)
		}
		return Plan{
			Object: lane, Details: which(number),
			Do: func(ctx context.Context, _ map[string]string) (any, error) { return s.Parked(ctx, lane, number, true) },
		}, err
	}
}

// which names parked batches in the audit log.
func which(number uint64) map[string]string {
	if number == 0 {
		return map[string]string{"parked": "all"}
	}
	return map[string]string{"parked": strconv.FormatUint(number, 10)}
}

// handle plans something to be done with one parked batch, or with all.
func handle(s Spool, do func(ctx context.Context, lane string, number uint64) (int, error)) func(*Call) (Plan, error) {
	return func(c *Call) (Plan, error) {
		lane := c.PathValue("lane")
		number, err := batchNumber(c, true)
		if err == nil {
			err = s.Lane(lane)
		}
		return Plan{Object: lane, Details: which(number), Do: func(ctx context.Context, result map[string]string) (any, error) {
			n, err := do(ctx, lane, number)
			result["batches"] = strconv.Itoa(n)
			if err != nil && n > 0 {
				err = fmt.Errorf("after %d of the batches: %w", n, err)
			}
			return spoolDone{n}, err
		}}, err
	}
}

// verifySpool reads one lane, or all.
func verifySpool(s Spool) func(*Call) (Plan, error) {
	return func(c *Call) (Plan, error) {
		lane := c.Query("lane")
		err := c.only("lane")
		if err == nil && lane != "" {
			err = s.Lane(lane)
		}
		return Plan{Object: lane, Do: func(ctx context.Context, result map[string]string) (any, error) {
			list, err := s.Verify(ctx, lane)
			unsound := 0
			for i := range list {
				if !list[i].Sound {
					unsound++
				}
			}
			result["unsound"] = strconv.Itoa(unsound)
			return list, err
		}}, err
	}
}

// spoolDone is how many batches an act was about.
type spoolDone struct {
	Batches int `json:"batches"`
}
