package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Spool is what an administrator sees of batches that wait and of those that are parked, and does with them.
type Spool interface {
	// State of all lanes.
	State(ctx context.Context) (SpoolState, error)
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
	ErrNoSpool = errors.New("no route delivers through the spool, and nothing waits in it")
	ErrNoLane  = errors.New("there is no such lane; `winnow spool list` shows all")
	ErrNoBatch = errors.New("no batch is parked under this number; `winnow spool list` shows all")
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
	// Pending and Parked batches of now.
	Pending SpoolCount `json:"pending"`
	Parked  SpoolCount `json:"parked"`
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

// serveSpool adds what is under /-/spool.
func serveSpool(mux *http.ServeMux, s Spool) {
	mux.HandleFunc("GET /-/spool", func(w http.ResponseWriter, r *http.Request) {
		state, err := s.State(r.Context())
		tell(w, state, err)
	})
	mux.HandleFunc("GET /-/spool/{lane}/{number}", func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.ParseUint(r.PathValue("number"), 10, 64)
		if err != nil || number == 0 {
			tell(w, nil, ErrNoBatch)
			return
		}
		batch, err := s.Parked(r.Context(), r.PathValue("lane"), number, r.URL.Query().Get("body") == "1")
		tell(w, batch, err)
	})
	act := func(do func(ctx context.Context, lane string, number uint64) (int, error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			number, err := strconv.ParseUint(r.PathValue("number"), 10, 64)
			switch {
			case r.PathValue("number") == "all":
				number = 0
			case err != nil || number == 0:
				tell(w, nil, ErrNoBatch)
				return
			}
			_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // it may take as long as it takes
			n, err := do(r.Context(), r.PathValue("lane"), number)
			tell(w, spoolDone{n}, err)
		}
	}
	mux.HandleFunc("POST /-/spool/{lane}/{number}/replay", act(s.Replay))
	mux.HandleFunc("POST /-/spool/{lane}/{number}/drop", act(s.Drop))
	mux.HandleFunc("POST /-/spool/verify", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // everything is read
		list, err := s.Verify(r.Context(), r.URL.Query().Get("lane"))
		tell(w, list, err)
	})
}

// spoolDone is how many batches an act was about.
type spoolDone struct {
	Batches int `json:"batches"`
}

// tell answers with a value as JSON, or with an error in words.
func tell(w http.ResponseWriter, v any, err error) {
	switch {
	case errors.Is(err, ErrNoSpool), errors.Is(err, ErrNoLane), errors.Is(err, ErrNoBatch):
		say(w, http.StatusNotFound, err.Error())
		return
	case err != nil:
		say(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // a client that is gone hears nothing
}
