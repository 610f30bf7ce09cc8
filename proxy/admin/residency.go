package admin

import "github.com/prometheus/client_golang/prometheus"

// Residency counts by region and outcome where requests went. Its counters are looked up once.
type Residency struct{ counters [][]prometheus.Counter }

// Residency makes the counters of regions, by every outcome.
func (m *Metrics) Residency(regions, outcomes []string) *Residency {
	r := &Residency{}
	for _, region := range regions {
		var list []prometheus.Counter
		for _, outcome := range outcomes {
			list = append(list, m.residency.WithLabelValues(region, outcome))
		}
		r.counters = append(r.counters, list)
	}
	return r
}

// Count adds one, by place in the lists that the counters were made of.
func (r *Residency) Count(region, outcome int) { r.counters[region][outcome].Inc() }
