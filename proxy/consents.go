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
	problem atomic.Pointer[string] // why not all can be read; nil: it can
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
	if err == nil {
		s.problem.Store(nil)
		return
	}
	text := err.Error()
	if before := s.problem.Swap(&text); before == nil || *before != text {
		p.o.Log.Error("consents cannot be read: what they are about is withheld from statistics and training", "error", text)
	}
}

// problems are for an administrator to see. It is safe on nil.
func (s *consents) problems() (list []string) {
	if s == nil {
		return nil
	}
	if text := s.problem.Load(); text != nil {
		list = append(list, "consents: "+*text)
	}
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
