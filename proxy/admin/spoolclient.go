package admin

import (
	"context"
	"net/url"
	"strconv"
)

// SpoolClient handles a spool through the API.
type SpoolClient struct{ *Client }

// State is that of all lanes.
func (c SpoolClient) State(ctx context.Context) (state SpoolState, err error) {
	return state, c.Get(ctx, "/api/v1/spool", &state)
}

// Parked returns one parked batch, its body only if asked for.
func (c SpoolClient) Parked(ctx context.Context, lane string, number uint64, body bool) (b SpoolBatch, err error) {
	path := parkedPath(lane, number)
	if body {
		path += "/body"
	}
	return b, c.Get(ctx, path, &b)
}

// Replay puts parked batches back into their lane, one by its number or all of it (0), and tells how many.
func (c SpoolClient) Replay(ctx context.Context, lane string, number uint64) (int, error) {
	var done spoolDone
	err := c.Post(ctx, parkedPath(lane, number)+"/replay", nil, &done)
	return done.Batches, err
}

// Drop removes parked batches for ever, one by its number or all of it (0), and tells how many.
func (c SpoolClient) Drop(ctx context.Context, lane string, number uint64) (int, error) {
	var done spoolDone
	err := c.Post(ctx, parkedPath(lane, number)+"/drop", nil, &done)
	return done.Batches, err
}

// Verify reads everything in a lane, or in all for an empty name.
func (c SpoolClient) Verify(ctx context.Context, lane string) (list []SpoolReport, err error) {
	path := "/api/v1/spool/verify"
	if lane != "" {
		path += "?lane=" + url.QueryEscape(lane)
	}
	return list, c.Post(ctx, path, nil, &list)
}

func parkedPath(lane string, number uint64) string {
	which := "all"
	if number > 0 {
		which = strconv.FormatUint(number, 10)
	}
	return "/api/v1/spool/" + url.PathEscape(lane) + "/parked/" + which
}
