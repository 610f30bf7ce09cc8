package spool

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"winnow/proxy/pause"
)

// Elsewhere implements Lane: the server that leads the stream is asked to hand over to the next by name (JetStream's API, STREAM.LEADER.STEPDOWN with
// a preferred placement).
func (l *jetLane) Elsewhere(ctx context.Context) (string, error) {
	s, err := l.stream(ctx)
	if err != nil {
		return "", err
	}
	leads, next := copiesOf(s)
	if next == "" {
		return leads, errAlone
	}
	conn, err := l.j.connected()
	if err != nil {
		return leads, err
	}
	body, err := json.Marshal(server.JSApiLeaderStepdownRequest{Placement: &server.Placement{Preferred: next}})
	if err != nil {
		return leads, err
	}
	m, err := conn.RequestWithContext(ctx, fmt.Sprintf(server.JSApiStreamLeaderStepDownT, l.name), body)
	if err != nil {
		return leads, err
	}
	var answer server.JSApiStreamLeaderStepDownResponse
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return leads, err
	}
	if answer.Error != nil {
		return leads, fmt.Errorf("nats answers %d when a lane's leader is to change", answer.Error.ErrCode)
	}
	for {
		if s, err = l.stream(ctx); err != nil {
			return leads, err
		}
		if now, _ := copiesOf(s); now != "" && now != leads {
			return leads, nil
		}
		if !pause.For(ctx, behindLook) {
			return leads, ctx.Err()
		}
	}
}

// copiesOf tells on which server the copy of a stream is that leads, and on which the next by name is that is up; empty: there is none.
func copiesOf(s jetstream.Stream) (leads, next string) {
	c := s.CachedInfo().Cluster
	if c == nil {
		return "", ""
	}
	names := []string{c.Leader}
	for _, r := range c.Replicas {
		if !r.Offline {
			names = append(names, r.Name)
		}
	}
	if len(names) < 2 {
		return c.Leader, ""
	}
	slices.Sort(names)
	return c.Leader, names[(slices.Index(names, c.Leader)+1)%len(names)]
}
