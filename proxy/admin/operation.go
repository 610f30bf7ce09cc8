package admin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"winnow/config"
)

// Operation is one method on one path: who may, what is told, what is done. Exactly one of Read, Plan and Serve is set.
type Operation struct {
	// Method is GET for what only reads, else POST, PUT or DELETE.
	Method string
	// Path as http.ServeMux has it, with parameters as {name}: "/api/v1/spool/{lane}/parked/{number}".
	Path string
	// Roles that may, each by name: none holds another.
	Roles []config.Role
	// Act is the word in the audit log, "spool.drop", of what Plan plans. Empty with Read and Serve.
	Act string
	// Read answers at once; nothing is told.
	Read func(*Call) (any, error)
	// Plan looks at the request and says what it would do. It must not change anything: an error means that nothing is told and nothing done.
	Plan func(*Call) (Plan, error)
	// Serve answers in a form of its own.
	Serve func(http.ResponseWriter, *Call)
	// Open says who needs no token: nobody, for the zero value.
	Open Open
}

// Open says where an operation needs no token.
type Open int

// Nowhere, on a loopback listener, everywhere.
const (
	OpenNever Open = iota
	OpenLoopback
	OpenAlways
)

// Plan is an act about to happen.
type Plan struct {
	// Object is what is acted upon, as the configuration or the state names it: never a text of the request that was not looked up.
	Object string
	// Details for the audit log, by name. No clear identifier of a person.
	Details map[string]string
	// Do is called once the audit log has told of the act. It answers with a value that becomes JSON, and may put more into result, which the
	// audit log tells afterwards.
	Do func(ctx context.Context, result map[string]string) (any, error)
}

// Stream is an answer that is written piece by piece.
type Stream struct {
	// Type is its media type.
	Type string
	// Write writes all of it. An error after the first byte cuts the answer short, so that nobody takes it for whole.
	Write func(io.Writer) error
}

// Resource is the operations about one thing. Each resource has a file here and an interface that proxy implements.
type Resource []Operation

// Caller is who calls: a token.
type Caller struct {
	// ID is told in the audit log. Empty: nobody, on an operation that is open.
	ID string `json:"id"`
	// Role of the token.
	Role config.Role `json:"role"`
}

// Call is one request of a caller who may make it.
type Call struct {
	*http.Request
	Caller Caller
	// Trusted tells whether the caller has a token, or the listener is for this machine alone.
	Trusted bool
}

// Query is a parameter of the query; empty if there is none.
func (c *Call) Query(name string) string { return c.URL.Query().Get(name) }

// Number is a parameter of the query that must be a whole number of at most limit, or absent: then it is otherwise.
func (c *Call) Number(name string, otherwise, limit uint64) (uint64, error) {
	text := c.Query(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > limit {
		return 0, NewProblem(http.StatusBadRequest, "bad_parameter", name+": write a whole number of at most "+strconv.FormatUint(limit, 10))
	}
	return n, nil
}

// only refuses parameters of the query that an operation does not know: one that is mistyped must not go unheeded.
func (c *Call) only(names ...string) error {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return NewProblem(http.StatusBadRequest, "bad_parameter", "the query cannot be read")
	}
	for name, list := range values {
		if len(list) > 1 || !slices.Contains(names, name) {
			return NewProblem(http.StatusBadRequest, "bad_parameter", "unknown or repeated parameter; known are: "+strings.Join(names, ", "))
		}
	}
	return nil
}

// maxRequestBytes bounds the body of a request.
const maxRequestBytes = 1 << 20

// Decode reads the request's body, one JSON value, into v. Members that v does not have are refused. The error never holds anything of the body.
func (c *Call) Decode(v any) error {
	if kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return NewProblem(http.StatusUnsupportedMediaType, "bad_body", "send Content-Type: application/json")
	}
	in := json.NewDecoder(http.MaxBytesReader(nil, c.Body, maxRequestBytes))
	in.DisallowUnknownFields()
	err := in.Decode(v)
	if err == nil {
		if _, more := in.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	var wrong *json.UnmarshalTypeError
	var long *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &long):
		return NewProblem(http.StatusRequestEntityTooLarge, "bad_body", "the body is longer than 1 MiB")
	case errors.As(err, &wrong) && wrong.Field != "":
		return NewProblem(http.StatusBadRequest, "bad_body", "body: "+wrong.Field+" is no "+wrong.Type.Kind().String())
	}
	return NewProblem(http.StatusBadRequest, "bad_body", "the body is not the JSON object that openapi.yaml describes: malformed, or with members that are unknown")
}
