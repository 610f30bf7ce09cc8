package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Frames of an embedded store are read by batch requests of JetStream's direct-get protocol (ADR-31), which answers with one message each and a
// last one that says how it ended: the server loads what comes next while what came is looked at. Those of a cluster are asked for one by one of
// the stream's leader: a copy that is behind could answer a direct request.

// readRequest is the body of a batch request.
type readRequest struct {
	Seq      uint64 `json:"seq"`
	Batch    int    `json:"batch"`
	MaxBytes int    `json:"max_bytes"`
}

// Bounds of a batch request. Who reads one frame asks for no more at first.
const (
	readGrowth = 8
	readFrames = 512
	readBytes  = 8 << 20
)

// Statuses that end a batch request.
const (
	statusEnd     = "204"
	statusMissing = "404"
)

// Read implements Lane.
func (l *jetLane) Read(ctx context.Context, from uint64, f func(number uint64, frame []byte) bool) error {
	if l.j.o.Dir == "" {
		return l.readLeader(ctx, from, f)
	}
	conn, err := l.j.connected()
	if err != nil {
		return err
	}
	sub, err := conn.SubscribeSync(conn.NewInbox())
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }()             // the connection may be gone
	if err := sub.SetPendingLimits(-1, -1); err != nil { // the requests are bounded
		return err
	}
	for count := 1; ; count = min(count*readGrowth, readFrames) {
		last, more, err := l.readBatch(ctx, sub, conn, readRequest{from, count, readBytes}, f)
		if err != nil || !more {
			return err
		}
		from = last + 1
	}
}

// readBatch makes one request. last is the number of the last frame that was shown; more says that there may be others, and that f wants them.
func (l *jetLane) readBatch(ctx context.Context, sub *nats.Subscription, conn *nats.Conn, r readRequest, f func(uint64, []byte) bool) (last uint64, more bool, err error) {
	body, err := json.Marshal(r)
	if err != nil {
		return 0, false, err
	}
	if err := conn.PublishRequest("$JS.API.DIRECT.GET."+l.name, sub.Subject, body); err != nil {
		return 0, false, err
	}
	for {
		limit, cancel := context.WithTimeout(ctx, attemptTime)
		m, err := sub.NextMsgWithContext(limit)
		cancel()
		if err != nil {
			return 0, false, err
		}
		switch status := m.Header.Get(statusHeader); {
		case len(m.Data) == 0 && status == statusEnd:
			return last, last > 0, nil
		case len(m.Data) == 0 && status == statusMissing:
			return last, false, nil
		case len(m.Data) == 0 && status != "":
			return 0, false, fmt.Errorf("nats answers %s when a lane is read", status)
		}
		if last, err = strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64); err != nil {
			return 0, false, errors.New("nats sends a frame without a number")
		}
		if !f(last, m.Data) {
			return last, false, nil
		}
	}
}

// allSubjects are those of all sources.
const allSubjects = ">"

// Sources implements Lane.
func (l *jetLane) Sources(ctx context.Context) (frames map[string]uint64, err error) {
	s, err := l.stream(ctx)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(allSubjects))
	if err != nil {
		return nil, err
	}
	frames = map[string]uint64{}
	for subject, n := range info.State.Subjects {
		frames[strings.TrimPrefix(subject[len(l.subject):], ".")] = n
	}
	return frames, nil
}

// Ends implements Lane.
func (l *jetLane) Ends(ctx context.Context, source string) (first, last []byte, err error) {
	s, err := l.stream(ctx)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(l.of(source)))
	if err == nil {
		var z *jetstream.RawStreamMsg
		if z, err = s.GetLastMsgForSubject(ctx, l.of(source)); err == nil {
			return a.Data, z.Data, nil
		}
	}
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		err = errNotThere
	}
	return nil, nil, err
}

// readLeader reads one by one.
func (l *jetLane) readLeader(ctx context.Context, from uint64, f func(number uint64, frame []byte) bool) error {
	s, err := l.stream(ctx)
	if err != nil {
		return err
	}
	for {
		m, err := s.GetMsg(ctx, from, jetstream.WithGetMsgSubject(allSubjects))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !f(m.Sequence, m.Data) {
			return nil
		}
		from = m.Sequence + 1
	}
}
