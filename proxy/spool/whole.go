package spool

import (
	"context"
	"errors"
	"fmt"

	"winnow/proxy/pause"
)

// A copy of a lane that is damaged passes over what it lacks: in a cluster its server serves the rest as if nothing were missing. As frames have numbers
// without holes, that shows when the next one comes. What is missing is then read from the copy that leads, and if that has not got it, from the
// others one after the other, and is delivered before what came. What no copy has is told as lost by the numbering of its writer.
//
// JetStream counts what such a copy passed over as acknowledged with what follows it, and removes it from all copies as soon as another server looks
// after the consumer, or any looks at how far that is. So when something is missing the consumer is removed at once, and the lane gives nothing until
// what was read is settled.

// errAlone is about a lane that has no other copy.
var errAlone = errors.New("the lane has no other copy")

// copiesAsked is how many other copies are asked for what one lacks.
const copiesAsked = 3

// puller pulls the frames of a lane in the order of their numbers.
type puller struct {
	q     *Queue
	next  uint64   // after the highest that was passed on
	ahead []Pulled // that came, and was not passed on
	until uint64   // nothing is pulled before this number is settled, which was read
}

// pull waits for frames. One that comes again has a number below those that came before.
func (p *puller) pull(ctx context.Context, r room) (list []Pulled, err error) {
	if len(p.ahead) == 0 && p.until > p.q.marks.settled.Load() {
		pause.For(ctx, checkAgain)
		return nil, nil
	}
	if len(p.ahead) == 0 {
		wait, cancel := context.WithTimeout(ctx, pullWait)
		defer cancel()
		if p.ahead, err = p.q.lane.Pull(wait, r.frames, r.bytes); err != nil {
			if wait.Err() != nil {
				return nil, nil
			}
			return nil, err
		}
	}
	if to := p.ahead[0].Number(); to > p.next {
		if !p.release(ctx) {
			return nil, nil
		}
		if list = p.q.between(ctx, p.next, to, r); len(list) > 0 {
			p.next = list[len(list)-1].Number() + 1
			p.until = p.next - 1
			return list, nil
		}
		p.next = to
	}
	n := 0
	for n < len(p.ahead) && p.ahead[n].Number() <= p.next {
		p.next = max(p.next, p.ahead[n].Number()+1)
		n++
	}
	list, p.ahead = p.ahead[:n:n], p.ahead[n:]
	return list, nil
}

// release has the lane give nothing. It is false if ctx is done before that is known.
func (p *puller) release(ctx context.Context) bool {
	for ctx.Err() == nil {
		limit, cancel := context.WithTimeout(ctx, takeOverTime)
		err := p.q.lane.Release(limit)
		cancel()
		if err == nil {
			return true
		}
		pause.For(ctx, electionPause)
	}
	return false
}

// between reads frames from one number to before another that came without them, as far as there is room. It has none if no copy of the lane has any.
func (q *Queue) between(ctx context.Context, from, to uint64, r room) (list []Pulled) {
	server, _ := q.fromSound(ctx, func() (uint64, error) {
		if list = q.readBetween(ctx, from, to, r); len(list) > 0 && list[0].Number() == from {
			return 0, nil
		}
		return to - from, nil
	})
	q.blame(server)
	return list
}

// fromSound has look look at the copy that leads, and at others while it says that frames are lacking, and that it could look. server is whose copy
// lacked what the next one has; empty: nobody's.
func (q *Queue) fromSound(ctx context.Context, look func() (lacking uint64, err error)) (server string, err error) {
	for asked := 0; ; asked++ {
		lacking, err := look()
		if err != nil {
			return "", err
		}
		if lacking == 0 {
			return server, nil
		}
		if asked == copiesAsked {
			return "", nil
		}
		var other bool
		if server, other = q.elsewhereOf(ctx, q.lane, lacking); !other {
			return "", nil
		}
	}
}

// readBetween is between for the copy that leads, which is asked until it answers.
func (q *Queue) readBetween(ctx context.Context, from, to uint64, r room) (list []Pulled) {
	for ctx.Err() == nil {
		limit, cancel := context.WithTimeout(ctx, takeOverTime)
		size := 0
		list = list[:0]
		err := q.lane.Read(limit, from, func(number uint64, frame []byte) bool {
			if number >= to {
				return false
			}
			list = append(list, readFrame{q.lane, number, append([]byte{}, frame...)})
			size += len(frame)
			return len(list) < r.frames && size < r.bytes
		})
		cancel()
		if err == nil {
			return list
		}
		pause.For(ctx, electionPause)
	}
	return nil
}

// elsewhereOf has another copy of a lane lead, as this one lacks frames, and tells whether there is one, and whose this one is.
func (q *Queue) elsewhereOf(ctx context.Context, lane Lane, frames uint64) (server string, is bool) {
	limit, cancel := context.WithTimeout(ctx, takeOverTime)
	defer cancel()
	server, err := lane.Elsewhere(limit)
	if errors.Is(err, errAlone) {
		return "", false
	}
	q.spool.o.Log.Warn("a copy of a lane lacks frames: another is asked", "lane", q.name, "frames", frames, "server", server)
	return server, err == nil
}

// blame notes that a server's copy of the lane is damaged, as another has what it lacks; no server: nobody's is.
func (q *Queue) blame(server string) {
	if server != "" {
		q.damaged.Store(&server)
	}
}

// warnings are what is wrong with copies of the lane.
func (q *Queue) warnings() (list []string) {
	if server := q.damaged.Load(); server != nil {
		list = append(list, fmt.Sprintf("lane %s: the copy on server %s lacked frames that another had: look at its disk, and have it make its copy anew", q.name, *server))
	}
	return list
}

// readFrame is a frame that was read, and not given.
type readFrame struct {
	lane   Lane
	number uint64
	frame  []byte
}

func (f readFrame) Number() uint64                { return f.number }
func (f readFrame) Frame() []byte                 { return f.frame }
func (f readFrame) Ack(ctx context.Context) error { return f.lane.Remove(ctx, f.number) }
func (f readFrame) Working() error                { return nil }
func (f readFrame) Again() error                  { return nil }

// statsOfSound are of a copy of the lane that has no hole and reaches to the last frame that was acknowledged, if there is one. One that ends too early
// need not be damaged: a server that was cut off from the others believes for a moment that it still leads.
func (q *Queue) statsOfSound(ctx context.Context) (s LaneStats, err error) {
	damaged := false
	server, err := q.fromSound(ctx, func() (uint64, error) {
		appended := q.marks.appended.Load() // before what is there is asked for
		if s, err = q.lane.Stats(ctx); err != nil {
			return 0, err
		}
		inside := s.hole() - min(s.hole(), q.marks.inside.Load())
		damaged = damaged || inside > 0
		return inside + appended - min(appended, s.Last), nil
	})
	if damaged {
		q.blame(server)
	}
	return s, err
}

// hole is how many numbers have no frame, and are not known to be settled.
func (s *LaneStats) hole() uint64 {
	span := s.Last + 1 - max(1, s.First)
	return span - min(s.Frames+s.Settled, span)
}
