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
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
)

var (
	errAgain = errors.New("the batch names somebody whose records must not leave, and cannot be scrubbed again")
	errWaits = errors.New("the suppression list is not known: the batch waits")
)

// waitsForList is for how long a batch is left alone that nobody can judge.
const waitsForList = 5 * time.Second

// current brings a batch that waited to what may leave of it now: without the records of whoever was restricted or erased since it was taken.
// Of one of which nothing is left the records are 0. An outcome with an error says what to do with it. done gives back what the body is held in.
func (p *proxy) current(e *spool.Entry) (o spool.Outcome, done func()) {
	done = func() {}
	s := p.site.Load()
	if s == nil || !s.people.live.Ready() || s.people.shared && s.people.live.Age(p.o.Now()) > s.people.maxAge {
		return spool.Outcome{Err: errWaits, Resting: true, After: waitsForList}, done
	}
	if s.people.live.Empty() {
		return spool.Outcome{}, done
	}
	view := s.people.live.View(e.Tenant, e.Purpose)
	if !named(e, view) {
		return spool.Outcome{}, done
	}
	run, err := p.withoutNamed(s, e, view)
	if err != nil {
		return spool.Outcome{Err: errAgain, Permanent: true}, done
	}
	s.people.count(run.Counts())
	return spool.Outcome{}, run.Close
}

// named tells whether a batch has a pseudonym of somebody about whom there is an order.
func named(e *spool.Entry, view *subjects.View) bool {
	body := e.Body
	if e.Request.Fixed {
		plain, err := s2.Decode(nil, body)
		if err != nil {
			return true // and so it is scrubbed again, which refuses it
		}
		body = plain
	}
	query, ok := codec.Unescape(e.Request.Query)
	about := func(token []byte) bool { return view.AboutToken(token) != scrub.NoOrder }
	return !ok || holds(body, about) || holds(query, about)
}

// withoutNamed scrubs a batch that was scrubbed before: what left the fields that it had stays, the stamp of its policy too, and orders about
// persons are heeded.
func (p *proxy) withoutNamed(s *site, e *spool.Entry, view *subjects.View) (*scrub.Run, error) {
	keys, err := s.keys.Domain(e.Tenant, e.Purpose, s.now())
	if err != nil {
		return nil, err
	}
	policy := s.policy
	if e.Purpose == training {
		policy = policy.Training() // there is one: mayTrain has seen to it
	}
	q := scrub.Request{Mode: config.ModeScrub, Keys: keys, SubjectKeys: s.people.keys, Orders: view}
	if stamp, on := policy.Meta().Stamp(e.Policy); on {
		q.Meta = []meta.Field{stamp}
	}
	return p.rescrub(e, policy, q)
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

// recordsWith are the records of a batch that hold one of the tokens, as JSON: all, if the query does, which is about all.
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
	is := func(token []byte) bool { return wanted[string(token)] }
	query, ok := codec.Unescape(r.Query)
	all := ok && holds(query, is)
	for line := range bytes.Lines(rows) {
		if line = bytes.TrimSpace(line); (all || holds(line, is)) && json.Valid(line) {
			records = append(records, slices.Clone(line))
		}
	}
	return records
}

// holds tells whether one of the pseudonyms in a text is one of some.
func holds(text []byte, is func(token []byte) bool) bool {
	for at := 0; ; {
		start, end, ok := pseudonym.NextToken(text, at)
		if !ok {
			return false
		}
		if is(text[start:end]) {
			return true
		}
		at = end
	}
}
