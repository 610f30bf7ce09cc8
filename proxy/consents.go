package proxy

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"winnow/config"
	"winnow/proxy/consent"
	"winnow/proxy/values"
)

// consentsBucket is the bucket of what tenants decided.
const consentsBucket = "consents"

// consents is what one Run knows of tenants' decisions, over all reloads.
type consents struct {
	live    *consent.Live
	problem lastProblem // why not all can be read
	stop    func()
	done    sync.WaitGroup
}

// consentsOpening is how long the start waits for the consents. No statistics and no training for as long as they are not there.
const consentsOpening = 5 * time.Second

// followConsents begins to follow the tenants' decisions.
func (p *proxy) followConsents(c *config.Config) {
	ctx, stop := context.WithCancel(context.Background())
	first := make(chan struct{}, 1)
	s := &consents{stop: stop}
	s.live = consent.NewLive(consent.Options{
		Bucket: func() (values.Bucket, error) { return p.state(consentsBucket) }, MaxStaleness: time.Duration(c.MaxStaleness), Now: p.o.Now,
		Problem: func(err error) {
			s.tell(p, err)
			select {
			case first <- struct{}{}:
			default:
			}
		},
	})
	s.done.Go(func() { s.live.Run(ctx) })
	select {
	case <-first:
	case <-time.After(consentsOpening):
	}
	p.consents = s
}

// tell logs a problem that is new.
func (s *consents) tell(p *proxy, err error) {
	if s.problem.news(err) {
		p.o.Log.Error("consents cannot be read: what they are about is withheld from statistics and training", "error", err.Error())
	}
}

// lastProblem is what is wrong now, of what is tried again and again: it is logged once. It is safe for concurrent use.
type lastProblem struct {
	text atomic.Pointer[string] // nil: nothing is
}

// news takes what is wrong, nil if nothing is, and tells whether that is something wrong that was not before.
func (l *lastProblem) news(err error) bool {
	if err == nil {
		l.text.Store(nil)
		return false
	}
	text := err.Error()
	before := l.text.Swap(&text)
	return before == nil || *before != text
}

// about is what is wrong in a list of one, with what it is about before it; nil if nothing is.
func (l *lastProblem) about(what string) []string {
	if text := l.text.Load(); text != nil {
		return []string{what + ": " + *text}
	}
	return nil
}

// problems are for an administrator to see. It is safe on nil.
func (s *consents) problems() (list []string) {
	if s == nil {
		return nil
	}
	list = s.problem.about("consents")
	if !s.live.Fresh() {
		list = append(list, "consents: not reached for longer than max_staleness: no statistics, no training")
	}
	return list
}

// close ends the following. It is safe on nil.
func (s *consents) close() {
	if s != nil {
		s.stop()
		s.done.Wait()
	}
}

// optedOut tells whether a tenant takes no part in statistics (STAT-1), or nobody knows.
func (p *proxy) optedOut(tenant string) bool { return p.consents.live.OptedOut(tenant) }
