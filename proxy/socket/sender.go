package socket

import (
	"time"

	"winnow/proxy/codec"
)

// The pause before a batch is handed over again is random, below a bound that doubles each time.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
)

// sender hands batches over until it hears what has become of them.
type sender struct {
	o *Options
	// given is closed when nobody waits any longer.
	given <-chan struct{}
}

// outcome is what became of a batch.
type outcome uint8

const (
	taken   outcome = iota
	refused         // for good
	givenUp
)

// send hands m over, which holds n messages, and has answer see what would be the answer over HTTP; nil: nobody wants to. An outcome other
// than taken is counted.
func (s *sender) send(m *codec.Message, n int, answer func(*codec.Response)) outcome {
	again, ok := s.try(m, answer)
	if again {
		return s.retry(m, n, answer)
	}
	return s.final(ok, n)
}

// retry is send for a batch that has failed before.
func (s *sender) retry(m *codec.Message, n int, answer func(*codec.Response)) outcome {
	for bound := firstPause; ; bound = min(2*bound, longestPause) {
		s.o.Counters.Retried()
		select {
		case <-s.o.After(bound/2 + time.Duration(s.o.Random(int64(bound/2)))):
		case <-s.given:
			s.o.Counters.Lost(LostGivenUp, n)
			return givenUp
		}
		if again, ok := s.try(m, answer); !again {
			return s.final(ok, n)
		}
	}
}

func (s *sender) final(ok bool, n int) outcome {
	if ok {
		return taken
	}
	s.o.Counters.Lost(LostRefused, n)
	return refused
}

// try hands m over once, and tells whether it was taken, and else whether it may be when tried again.
func (s *sender) try(m *codec.Message, answer func(*codec.Response)) (again, ok bool) {
	s.o.Submit(m, func(r *codec.Response, why codec.Refusal, _ string) {
		again, ok = judge(r.Status, why)
		if ok && answer != nil {
			answer(r)
		}
	})
	return again, ok
}

// judge reads an answer. Only what says that this batch is wrong is final: all else can be mended from outside, by time or by an operator.
func judge(status int, why codec.Refusal) (again, ok bool) {
	switch why {
	case 0:
	case codec.Malformed, codec.TooLarge, codec.UnsupportedEncoding:
		return false, false
	default:
		return true, false
	}
	switch {
	case status/100 == 2:
		return false, true
	case status == 400, status == 413, status == 415, status == 422:
		return false, false
	}
	return true, false
}
