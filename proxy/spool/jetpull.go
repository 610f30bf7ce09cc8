package spool

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"winnow/proxy/pause"
)

// Frames are pulled by requests of JetStream's own protocol (the consumer's MSG.NEXT subject), one at a time for each lane and bounded in
// frames and bytes. The client library's streams of messages give them up above their own bounds, to come again after AckWait.

// flow is what comes of a lane on one connection. It is used by one Pull at a time.
type flow struct {
	conn  *nats.Conn
	sub   *nats.Subscription
	left  int       // of the request that is under way; 0: none is
	none  bool      // it has brought nothing yet
	large bool      // the next frame is larger than what was asked for
	until time.Time // the request has ended by then, whatever was heard
}

// pullRequest is the body of a request.
type pullRequest struct {
	Batch    int           `json:"batch"`
	MaxBytes int           `json:"max_bytes"`
	Expires  time.Duration `json:"expires"`
}

const (
	pullExpires = 10 * time.Second // of a request
	pullGrace   = 2 * time.Second  // after which its end was not heard
	gatherTime  = time.Millisecond // for further frames, once there is one
)

// Statuses that come in place of a frame.
const (
	statusHeader   = "Status"
	statusAlive    = "100"
	statusNone     = "404"
	statusTimeout  = "408"
	statusDone     = "409 done"  // all frames that were asked for have come, which was counted
	statusTooLarge = "409 large" // the next frame is above what is left of the request's bound of bytes
	statusOver     = "409 over"  // another server leads
)

var errNothing = errors.New("the lane gave nothing")

// Pull implements Lane. It is called by one goroutine at a time.
func (l *jetLane) Pull(ctx context.Context, count, bytes int) (list []Pulled, err error) {
	taker, err := l.taking(ctx)
	if err != nil {
		return nil, err
	}
	f, err := l.flowing()
	if err != nil {
		return nil, err
	}
	for size := 0; len(list) < count && size < bytes; {
		if err = f.request(l, taker, count, bytes); err != nil {
			break
		}
		var m *nats.Msg
		if m, err = f.next(ctx, len(list) > 0); errors.Is(err, nats.ErrNoResponders) && len(list) == 0 && ctx.Err() == nil {
			f.left = 0 // a cluster chooses who looks after the consumer
			pause.For(ctx, electionPause)
			continue
		}
		if err != nil {
			if ctx.Err() == nil && len(list) == 0 {
				l.drop()
			}
			break
		}
		if m == nil { // the request is over
			if len(list) > 0 {
				break
			}
			continue
		}
		var p Pulled
		if p, err = l.pulled(ctx, m); err != nil {
			break
		}
		if p != nil {
			list = append(list, p)
			size += len(m.Data)
		}
	}
	if len(list) == 0 {
		return nil, cmp.Or(ctx.Err(), err, errNothing)
	}
	return list, nil
}

// flowing is the flow on the connection in use now.
func (l *jetLane) flowing() (*flow, error) {
	conn, err := l.j.connected()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flow != nil && l.flow.conn == conn {
		return l.flow, nil
	}
	sub, err := conn.SubscribeSync(conn.NewInbox())
	if err != nil {
		return nil, err
	}
	if err := sub.SetPendingLimits(-1, -1); err != nil { // the requests are bounded
		return nil, err
	}
	l.flow = &flow{conn: conn, sub: sub}
	return l.flow, nil
}

// drop ends the flow.
func (l *jetLane) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flow != nil {
		_ = l.flow.sub.Unsubscribe() // what it still gets comes again
		l.flow = nil
	}
}

// request asks for frames if nothing is under way. A frame that is larger than the bound is asked for alone.
func (f *flow) request(l *jetLane, taker string, count, bytes int) error {
	if f.left > 0 && time.Now().Before(f.until) {
		return nil
	}
	if f.large {
		count, bytes = 1, max(bytes, l.j.o.MaxFrameBytes+maxOverhead)
	}
	body, err := json.Marshal(pullRequest{Batch: count, MaxBytes: bytes, Expires: pullExpires})
	if err != nil {
		return err
	}
	f.left, f.none, f.large, f.until = count, true, false, time.Now().Add(pullExpires+pullGrace)
	return f.conn.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+l.name+"."+taker, f.sub.Subject, body)
}

// next waits for a frame, or only a moment if there are some already. It is nil without an error when the request is over.
func (f *flow) next(ctx context.Context, some bool) (*nats.Msg, error) {
	for {
		var m *nats.Msg
		var err error
		if some {
			m, err = f.sub.NextMsg(gatherTime)
		} else {
			limit, cancel := context.WithDeadline(ctx, f.until)
			m, err = f.sub.NextMsgWithContext(limit)
			cancel()
			if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
				f.left = 0
				return nil, nil
			}
		}
		if err != nil {
			return nil, err
		}
		status := statusOf(m)
		switch status {
		case "":
			f.left--
			f.none = false
			return m, nil
		case statusAlive, statusDone:
		case statusTooLarge:
			f.left, f.large = 0, f.none
			return nil, nil
		case statusNone, statusTimeout, statusOver:
			f.left = 0
			return nil, nil
		default: // 409: the consumer is gone, or a bound of it is reached
			f.left = 0
			return nil, fmt.Errorf("%w: %s %s", errNothing, status, m.Header.Get("Description"))
		}
	}
}

// statusOf is empty for a frame.
func statusOf(m *nats.Msg) string {
	status := m.Header.Get(statusHeader)
	if len(m.Data) > 0 || status != "409" {
		return status
	}
	switch m.Header.Get("Description") {
	case "Batch Completed":
		return statusDone
	case "Message Size Exceeds MaxBytes":
		return statusTooLarge
	case "Leadership Change":
		return statusOver
	}
	return status
}

// pulled is nil for a frame that is settled already: a copy of it had been on its way here.
func (l *jetLane) pulled(ctx context.Context, m *nats.Msg) (Pulled, error) {
	meta, err := m.Metadata()
	if err != nil {
		return nil, err
	}
	if number := meta.Sequence.Stream; !l.settled.has(number) {
		return jetPulled{m, l, number}, nil
	}
	return nil, m.AckSync(nats.Context(ctx))
}

// jetPulled is a message.
type jetPulled struct {
	*nats.Msg
	lane   *jetLane
	number uint64
}

func (p jetPulled) Number() uint64 { return p.number }
func (p jetPulled) Frame() []byte  { return p.Data }
func (p jetPulled) Working() error { return p.InProgress() }
func (p jetPulled) Again() error   { return p.Nak() }

func (p jetPulled) Ack(ctx context.Context) error {
	err := p.AckSync(nats.Context(ctx))
	if err == nil {
		p.lane.settled.add(p.number)
	}
	return err
}
