package admin

import "github.com/prometheus/client_golang/prometheus"

// The metrics of the spool. Those of batches have twins for the records in them.
//
//	winnow_spool_batches_total{lane,fate}            received, refused, repeated (known, not stored again), acked, found (at start), delivered,
//	                                                 erased (their key), expired (max_age), dropped (by the operator), lost, elsewhere (another
//	                                                 node of a cluster has the lane)
//	winnow_spool_records_total{lane,fate}
//	winnow_spool_batches{lane,state}                 pending or parked now; deferred: those of the pending that were tried in vain while
//	                                                 others arrived
//	winnow_spool_records{lane,state}
//	winnow_spool_bytes{lane,state}                   pending or parked, on disk, sealed
//	winnow_spool_frames{lane}                        frames that wait
//	winnow_spool_oldest_seconds{lane}                age of the oldest batch that waits
//	winnow_spool_deliveries_total{lane,outcome}      attempts
//	winnow_spool_rescrubbed_total{lane}              attempts for which a batch was scrubbed again, under the policy then in force
//	winnow_spool_refusals_total{lane,reason}         batches refused before acceptance
//	winnow_spool_restarts_total                      restarts of a store that did not answer
//	winnow_spool_problems                            what is wrong now; /healthz says it in words
//
// At rest: received = refused + acked, and found + acked = delivered + erased + expired + dropped + lost + elsewhere + pending +
// parked.
type spoolCollector struct{ state func() (SpoolState, bool) }

func spoolDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("winnow_spool_"+name, help, labels, nil)
}

var (
	spoolFates    = spoolDesc("batches_total", "Batches of the spool by what became of them.", "lane", "fate")
	spoolRecords  = spoolDesc("records_total", "Records of the spool by what became of them.", "lane", "fate")
	spoolNow      = spoolDesc("batches", "Batches in the spool.", "lane", "state")
	spoolNowIn    = spoolDesc("records", "Records in the spool.", "lane", "state")
	spoolBytes    = spoolDesc("bytes", "Bytes in the spool.", "lane", "state")
	spoolFrames   = spoolDesc("frames", "Frames that wait.", "lane")
	spoolOldest   = spoolDesc("oldest_seconds", "Age of the oldest batch that waits.", "lane")
	spoolRestarts = spoolDesc("restarts_total", "Restarts of a store that did not answer.")
	spoolProblems = spoolDesc("problems", "What is wrong with the spool now.")
)

// Describe implements prometheus.Collector. What it collects depends on the lanes there are, so it describes nothing.
func (spoolCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c spoolCollector) Collect(ch chan<- prometheus.Metric) {
	state, there := c.state()
	if !there {
		return
	}
	put := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	put(spoolRestarts, prometheus.CounterValue, float64(state.Restarts))
	put(spoolProblems, prometheus.GaugeValue, float64(len(state.Problems)))
	for i := range state.Lanes {
		l := &state.Lanes[i]
		for fate, n := range l.Fates {
			put(spoolFates, prometheus.CounterValue, float64(n.Batches), l.Lane, fate)
			put(spoolRecords, prometheus.CounterValue, float64(n.Records), l.Lane, fate)
		}
		for name, n := range map[string]SpoolCount{"pending": l.Pending, "deferred": l.Deferred, "parked": l.Parked} {
			put(spoolNow, prometheus.GaugeValue, float64(n.Batches), l.Lane, name)
			put(spoolNowIn, prometheus.GaugeValue, float64(n.Records), l.Lane, name)
		}
		put(spoolBytes, prometheus.GaugeValue, float64(l.Bytes), l.Lane, "pending")
		put(spoolBytes, prometheus.GaugeValue, float64(l.ParkedBytes), l.Lane, "parked")
		put(spoolFrames, prometheus.GaugeValue, float64(l.Frames), l.Lane)
		put(spoolOldest, prometheus.GaugeValue, l.Oldest, l.Lane)
	}
}

// Lane counts what happens at one lane of the spool.
type Lane struct {
	outcomes, refusals Reasons
	rescrubbed         prometheus.Counter
}

// Lane makes the counters of a lane. Attempts to deliver end in one of the outcomes, refusals have one of the reasons.
func (m *Metrics) Lane(name string, outcomes, refusals []string) *Lane {
	l := &Lane{rescrubbed: m.rescrubbed.WithLabelValues(name)}
	for _, outcome := range outcomes {
		l.outcomes.counters = append(l.outcomes.counters, m.deliveries.WithLabelValues(name, outcome))
	}
	for _, reason := range refusals {
		l.refusals.counters = append(l.refusals.counters, m.spoolRefusals.WithLabelValues(name, reason))
	}
	return l
}

// Tried counts an attempt to deliver, by its outcome on the list.
func (l *Lane) Tried(outcome int) { l.outcomes.Count(outcome) }

// Rescrubbed counts an attempt for which a batch was scrubbed again.
func (l *Lane) Rescrubbed() { l.rescrubbed.Inc() }

// Refused counts a batch that was not taken, by its reason on the list.
func (l *Lane) Refused(reason int) { l.refusals.Count(reason) }
