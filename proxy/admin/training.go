package admin

import "github.com/prometheus/client_golang/prometheus"

// Training counts records of tenants who opted in to training, of the streams that they designated, that operations have taken:
//
//	winnow_training_records_total{outcome}   records by what became of their copies: stored (they wait, or have left), dropped (by the policy of
//	                                         copies, or for a person), objection (a signal of the browser), region (the data must stay elsewhere),
//	                                         failed (not scrubbed, or no key), refused (the spool has no room), withdrawn (stored, and not handed over
//	                                         because the tenant withdrew)
type Training struct{ outcomes []prometheus.Counter }

// Training makes these counters, once.
func (m *Metrics) Training(outcomes []string) *Training {
	records := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "winnow_training_records_total", Help: "Records of designated streams by what became of their copies for training.",
	}, []string{"outcome"})
	m.registry.MustRegister(records)
	t := &Training{}
	for _, outcome := range outcomes {
		t.outcomes = append(t.outcomes, records.WithLabelValues(outcome))
	}
	return t
}

// Count adds records, by the outcome on the list.
func (t *Training) Count(outcome, records int) { t.outcomes[outcome].Add(float64(records)) }
