package admin

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"winnow/config"
)

// Client calls the API of a winnow: of one that runs, or in the same process (API.Direct). It is safe for concurrent use.
type Client struct {
	url, token string
	http       *http.Client
}

// NewClient makes a client of the API at a URL without a path, http://127.0.0.1:8081. t is nil for plain HTTP, and for https by the system's
// authorities.
func NewClient(url, token string, t *tls.Config) *Client {
	return &Client{url, token, &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: t, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, TLSHandshakeTimeout: 5 * time.Second, DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect }, // the token is for this address alone
	}}
}

var errRedirect = errors.New("it leads elsewhere: this is no winnow")

// Get reads what is at a path, /api/v1/spool, into answer.
func (c *Client) Get(ctx context.Context, path string, answer any) error {
	return c.call(ctx, http.MethodGet, path, nil, answer)
}

// Post sends body, nil for none, and reads what comes back into answer, if that is not nil.
func (c *Client) Post(ctx context.Context, path string, body, answer any) error {
	return c.call(ctx, http.MethodPost, path, body, answer)
}

// Delete removes what is at a path.
func (c *Client) Delete(ctx context.Context, path string, answer any) error {
	return c.call(ctx, http.MethodDelete, path, nil, answer)
}

// Stream reads what is at a path piece by piece. Who gets it closes it.
func (c *Client) Stream(ctx context.Context, path string) (io.ReadCloser, error) {
	resp, err := c.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func (c *Client) call(ctx context.Context, method, path string, body, answer any) error {
	resp, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return errors.New("the answer is not what a winnow of this version gives: ask it with the winnow that runs")
	}
	return nil
}

// maxProblem bounds an answer that says what is wrong.
const maxProblem = 256 << 10

// send sends a request. What is not answered with 200 is an error, a *Problem if a winnow answered.
func (c *Client) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var text io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		text = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, text)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the administrators' listener: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	p := &Problem{}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	if err != nil || json.Unmarshal(data, p) != nil || p.Code == "" {
		return nil, fmt.Errorf("status %d, and no answer of a winnow: is this the administrators' listener?", resp.StatusCode)
	}
	return nil, p
}

// direct serves requests in this process.
type direct struct{ api *API }

// RoundTrip implements http.RoundTripper.
func (d direct) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	answer := &recorded{header: http.Header{}, status: http.StatusOK}
	defer func() {
		if broke := recover(); broke != nil {
			if e, ok := broke.(error); !ok || !errors.Is(e, http.ErrAbortHandler) {
				panic(broke)
			}
			resp, err = nil, errors.New("the answer broke off")
		}
	}()
	in := r.Clone(context.WithValue(r.Context(), directKey{}, Caller{localID, config.RoleAdmin}))
	if in.Body == nil {
		in.Body = http.NoBody
	}
	d.api.mux.ServeHTTP(answer, in)
	return &http.Response{StatusCode: answer.status, Header: answer.header, Body: io.NopCloser(&answer.body), Request: r}, nil
}

// recorded is an answer in memory.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorded) Header() http.Header { return r.header }

// Write implements http.ResponseWriter.
func (r *recorded) Write(p []byte) (int, error) { return r.body.Write(p) }

// WriteHeader implements http.ResponseWriter.
func (r *recorded) WriteHeader(status int) { r.status = status }
