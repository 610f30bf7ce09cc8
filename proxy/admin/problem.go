package admin

import (
	"encoding/json"
	"errors"
	"net/http"

	"winnow/config"
)

// Problem is what an administrator is told when something does not happen (RFC 9457, type about:blank). It is an error, and never holds
// anything of a record.
type Problem struct {
	// Title is the status in words.
	Title string `json:"title"`
	// Status of the answer.
	Status int `json:"status"`
	// Code is a word for programs, from a closed list in openapi.yaml.
	Code string `json:"code"`
	// Detail says what is wrong and how to mend it.
	Detail string `json:"detail"`
	// Needs are the roles of which the caller must have one.
	Needs []config.Role `json:"needs,omitempty"`
	// Mistakes of a configuration, each with its place.
	Mistakes []string `json:"mistakes,omitempty"`
}

// NewProblem makes a problem of a status, a code and a sentence.
func NewProblem(status int, code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// Error says what is wrong.
func (p *Problem) Error() string { return p.Detail }

// Is tells whether target is a problem of the same code.
func (p *Problem) Is(target error) bool {
	t, ok := target.(*Problem)
	return ok && t.Code == p.Code
}

// problemOf is what an error is answered with. One that is no Problem is of the state: the store is away, say, and may be back.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return NewProblem(http.StatusServiceUnavailable, "unavailable", err.Error())
}

// problemType is the media type of a Problem.
const problemType = "application/problem+json"

func refuse(w http.ResponseWriter, p *Problem) { write(w, p.Status, problemType, p) }

// write answers with a value as JSON.
func write(w http.ResponseWriter, status int, kind string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that is gone hears nothing
}
