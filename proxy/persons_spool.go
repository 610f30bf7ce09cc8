package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/klauspost/compress/s2"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/spool"
	"winnow/proxy/subjects"
	"winnow/scrub"
	"winnow/scrub/pseudonym"
)

var (
	errAgain = errors.New("the batch names somebody whose records must not leave, and cannot be scrubbed again")
	errWaits = errors.New("the suppression list is not known: the batch waits")
)

// waitsForList is for how long a batch is left alone that nobody can judge.
const waitsForList = 5 * time.Second

// current is a batch that waited as it may leave now: without the records of whoever was restricted or erased since it was taken. held says
// that its memory is to be let go of when the batch is delivered; an Outcome with an error, or left that nothing is left to deliver, ends it.
func (p *proxy) current(e *spool.Entry, speaks codec.Codec, batch *codec.Batch, held *scrub.Held) (left bool, o spool.Outcome) {
	s := p.site.Load()
	if s == nil || !s.people.live.Ready() || s.people.shared && s.people.live.Age(p.o.Now()) > s.people.maxAge {
		return false, spool.Outcome{Err: errWaits, Resting: true, After: waitsForList}
	}
	if s.people.live.Empty() {
		return true, spool.Outcome{}
	}
	view := s.people.live.View(e.Tenant, e.Purpose)
	if !named(e, view) {
		return true, spool.Outcome{}
	}
	again, err := s.again(e, speaks, view, held)
	if err != nil {
		return false, spool.Outcome{Err: errAgain, Permanent: true}
	}
	*batch = again
	return again.Kept > 0, spool.Outcome{}
}

// named tells whether a batch has a pseudonym of somebody about whom there is an order.
func named(e *spool.Entry, view *subjects.View) bool {
	text := e.Body
	if e.Request.Fixed {
		plain, err := s2.Decode(nil, e.Body)
		if err != nil {
			return true // and so it is scrubbed again, which refuses it
		}
		text = plain
	}
	for at := 0; ; {
		start, end, ok := pseudonym.NextToken(text, at)
		if !ok {
			return false
		}
		if view.AboutToken(text[start:end]) != scrub.NoOrder {
			return true
		}
		at = end
	}
}

// again scrubs a batch that was scrubbed before: what left the fields that it had stays, and orders about persons are heeded.
func (s *site) again(e *spool.Entry, speaks codec.Codec, view *subjects.View, held *scrub.Held) (codec.Batch, error) {
	keys, err := s.keys.Domain(e.Tenant, e.Purpose, s.now())
	if err != nil {
		return codec.Batch{}, err
	}
	if p := speaks.Protocol(); p == config.ProtocolSyslog || p == config.ProtocolFluent {
		speaks = codec.JSON{} // their batches are lines of JSON
	}
	q := scrub.Request{
		Mode: config.ModeScrub, Keys: keys, LabelNames: speaks.Protocol() == config.ProtocolLoki, SubjectKeys: s.people.keys, Orders: view,
	}
	policy := s.policy
	if e.Purpose == training {
		policy = policy.Training() // there is one: mayTrain has seen to it
	}
	r := &e.Request
	run, b, err := codec.Passes(speaks, &codec.Request{
		Method: r.Method, Path: r.Path, ContentType: r.ContentType, Query: r.Query, Body: e.Body, MaxDecoded: s.maxDecoded, Received: e.Received,
	}, func(m *scrub.Marked) *scrub.Run {
		if m != nil {
			q.Marked = m
		}
		return policy.Begin(q)
	})
	s.people.count(run.Counts())
	run.Release(held)
	return b, err
}

// waiting finds records in the spool that hold one of the tokens.
func waiting(s *spool.Spool) func(context.Context, []string) ([]subjects.Waiting, error) {
	return func(ctx context.Context, tokens []string) (list []subjects.Waiting, err error) {
		if s == nil || len(tokens) == 0 {
			return nil, nil
		}
		wanted := map[string]bool{}
		for _, t := range tokens {
			wanted[t] = true
		}
		for _, q := range s.Queues() {
			err := q.Entries(ctx, func(e *spool.Entry, parked bool) bool {
				if records := recordsWith(e, wanted); len(records) > 0 {
					list = append(list, subjects.Waiting{
						Lane: q.Name(), Parked: parked, Tenant: e.Tenant, Purpose: e.Purpose, Received: e.Received, Records: records,
					})
				}
				return true
			})
			if err != nil {
				return nil, err
			}
		}
		return list, nil
	}
}

// recordsWith are the records of a batch that hold one of the tokens, as JSON.
func recordsWith(e *spool.Entry, wanted map[string]bool) (records []json.RawMessage) {
	speaks := codec.For(config.Protocol(e.Request.Protocol))
	if speaks == nil {
		return nil
	}
	r := &e.Request
	batch := codec.UncheckedBatch(speaks.Protocol(), r.ContentType, r.Text, r.Signal, e.Records, e.Body)
	rows, err := speaks.AppendLines(nil, &batch)
	if err != nil {
		return nil
	}
	for line := range bytes.Lines(rows) {
		if line = bytes.TrimSpace(line); holds(line, wanted) && json.Valid(line) {
			records = append(records, slices.Clone(line))
		}
	}
	return records
}

func holds(line []byte, wanted map[string]bool) bool {
	for at := 0; ; {
		start, end, ok := pseudonym.NextToken(line, at)
		if !ok {
			return false
		}
		if wanted[string(line[start:end])] {
			return true
		}
		at = end
	}
}
