package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// SpoolClient is the Spool of a winnow that runs, through its administrators' listener. URL is that listener's, without a path.
type SpoolClient struct{ URL string }

// maxSpoolError bounds an answer that says what is wrong.
const maxSpoolError = 4 << 10

// State implements Spool.
func (c SpoolClient) State(ctx context.Context) (state SpoolState, err error) {
	return state, c.call(ctx, http.MethodGet, "", &state)
}

// Parked implements Spool.
func (c SpoolClient) Parked(ctx context.Context, lane string, number uint64, body bool) (b SpoolBatch, err error) {
	path := "/" + url.PathEscape(lane) + "/" + strconv.FormatUint(number, 10)
	if body {
		path += "?body=1"
	}
	return b, c.call(ctx, http.MethodGet, path, &b)
}

// Replay implements Spool.
func (c SpoolClient) Replay(ctx context.Context, lane string, number uint64) (int, error) {
	return c.act(ctx, lane, number, "replay")
}

// Drop implements Spool.
func (c SpoolClient) Drop(ctx context.Context, lane string, number uint64) (int, error) {
	return c.act(ctx, lane, number, "drop")
}

func (c SpoolClient) act(ctx context.Context, lane string, number uint64, verb string) (int, error) {
	which := "all"
	if number > 0 {
		which = strconv.FormatUint(number, 10)
	}
	var done spoolDone
	err := c.call(ctx, http.MethodPost, "/"+url.PathEscape(lane)+"/"+which+"/"+verb, &done)
	return done.Batches, err
}

// Verify implements Spool.
func (c SpoolClient) Verify(ctx context.Context, lane string) (list []SpoolReport, err error) {
	return list, c.call(ctx, http.MethodPost, "/verify?lane="+url.QueryEscape(lane), &list)
}

func (c SpoolClient) call(ctx context.Context, method, path string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+"/-/spool"+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("cannot reach the winnow that has the spool: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxSpoolError))
		said := strings.TrimSpace(string(text))
		for _, known := range [...]error{ErrNoSpool, ErrNoLane, ErrNoBatch} {
			if said == known.Error() {
				return known
			}
		}
		return errors.New(said)
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}
