package admin

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Route counts what happens on one route. Its counters are looked up once.
type Route struct {
	codes                    [6]prometheus.Counter // by first digit of the status
	received, decoded, clean prometheus.Counter
	kept, dropped, withheld  prometheus.Counter
	duration                 prometheus.Observer
}

// Route makes the counters of a route.
func (m *Metrics) Route(template, protocol string) *Route {
	r := &Route{
		received: m.received.WithLabelValues(template, protocol),
		decoded:  m.decoded.WithLabelValues(template, protocol),
		clean:    m.scrubbed.WithLabelValues(template, protocol),
		kept:     m.records.WithLabelValues(template, protocol, "kept"),
		dropped:  m.records.WithLabelValues(template, protocol, "dropped"),
		withheld: m.records.WithLabelValues(template, protocol, "withheld"),
		duration: m.duration.WithLabelValues(template, protocol),
	}
	for i, code := range [...]string{"other", "1xx", "2xx", "3xx", "4xx", "5xx"} {
		r.codes[i] = m.requests.WithLabelValues(template, protocol, code)
	}
	return r
}

// Answered counts an answer to a request with a body of so many bytes.
func (r *Route) Answered(status, bytes int, took time.Duration) {
	class := status / 100
	if class < 1 || class > 5 {
		class = 0
	}
	r.codes[class].Inc()
	r.received.Add(float64(bytes))
	r.duration.Observe(took.Seconds())
}

// Scrubbed counts a body of so many bytes before and after, and the records in it.
func (r *Route) Scrubbed(before, after, kept, dropped, withheld int) {
	r.decoded.Add(float64(before))
	r.clean.Add(float64(after))
	add(r.kept, kept)
	add(r.dropped, dropped)
	add(r.withheld, withheld)
}

// add spares the atomic operation where there is nothing to count.
func add(c prometheus.Counter, n int) {
	if n > 0 {
		c.Add(float64(n))
	}
}

// Policy counts what a policy finds and decides. Its counters are looked up once.
type Policy struct {
	rules, findings []prometheus.Counter
	unnamed, unfit  prometheus.Counter
}

// Finding is one detector and the action on what it finds.
type Finding struct{ Detector, Action string }

// PolicyCounters makes the counters of a policy's rules and findings, each in the order given.
func (m *Metrics) PolicyCounters(rules []string, findings []Finding) *Policy {
	p := &Policy{unnamed: m.removed.WithLabelValues("no_rule"), unfit: m.removed.WithLabelValues("unfit")}
	for _, id := range rules {
		p.rules = append(p.rules, m.rules.WithLabelValues(id))
	}
	for _, f := range findings {
		p.findings = append(p.findings, m.findings.WithLabelValues(f.Detector, f.Action))
	}
	return p
}

// Count adds the numbers of one body: rules and findings in the order in which the counters were made.
func (p *Policy) Count(rules, findings []int, unnamed, unfit int) {
	for i, n := range rules {
		add(p.rules[i], n)
	}
	for i, n := range findings {
		add(p.findings[i], n)
	}
	add(p.unnamed, unnamed)
	add(p.unfit, unfit)
}

// Reasons counts failures by a closed list of reasons.
type Reasons struct{ counters []prometheus.Counter }

// Count adds one. A reason that is not on the list counts as the first.
func (r *Reasons) Count(reason int) {
	if reason < 0 || reason >= len(r.counters) {
		reason = 0
	}
	r.counters[reason].Inc()
}

// Refusals makes the counters of refused requests.
func (m *Metrics) Refusals(reasons []string) *Reasons {
	r := &Reasons{}
	for _, reason := range reasons {
		r.counters = append(r.counters, m.refusals.WithLabelValues(reason))
	}
	return r
}

// Denied makes the counters of who is not let in by an API.
func (m *Metrics) Denied() *Reasons {
	r := &Reasons{}
	for _, reason := range deniedReasons {
		r.counters = append(r.counters, m.denied.WithLabelValues(reason))
	}
	return r
}

// Upstream counts what happens at one upstream.
type Upstream struct {
	duration prometheus.Observer
	errors   Reasons
}

// Upstream makes the counters of an upstream.
func (m *Metrics) Upstream(id string, reasons []string) *Upstream {
	u := &Upstream{duration: m.upstreamDuration.WithLabelValues(id)}
	for _, reason := range reasons {
		u.errors.counters = append(u.errors.counters, m.upstreamErrors.WithLabelValues(id, reason))
	}
	return u
}

// Delivered counts a delivery that took so long, and failed for a reason, 0 if it did not.
func (u *Upstream) Delivered(took time.Duration, reason int) {
	u.duration.Observe(took.Seconds())
	if reason > 0 {
		u.errors.Count(reason)
	}
}

// Listener counts what happens at a listener beside HTTP.
type Listener struct {
	open               prometheus.Gauge
	losses             []prometheus.Counter
	truncated, retries prometheus.Counter
}

// Listener makes the counters of a listener, by its address as configured. Messages are lost for one of the reasons.
func (m *Metrics) Listener(address string, reasons []string) *Listener {
	l := &Listener{
		open: m.open.WithLabelValues(address), truncated: m.truncated.WithLabelValues(address), retries: m.retries.WithLabelValues(address),
	}
	for _, reason := range reasons {
		l.losses = append(l.losses, m.lost.WithLabelValues(address, reason))
	}
	return l
}

// Connected counts a connection that begins (1) or ends (-1).
func (l *Listener) Connected(delta int) { l.open.Add(float64(delta)) }

// Lost counts n messages that are gone for a reason of the list.
func (l *Listener) Lost(reason, n int) { l.losses[reason].Add(float64(n)) }

// Truncated counts a message that was cut.
func (l *Listener) Truncated() { l.truncated.Inc() }

// Retried counts a batch that is handed over again.
func (l *Listener) Retried() { l.retries.Inc() }
