package admin

import "github.com/prometheus/client_golang/prometheus"

// Retention has Prometheus ask what is older than it may be and stays all the same, for a legal hold:
//
//	winnow_retention_held_back{what}   parked batches (spool), files of the audit log (audit) and of the receipts (receipts), segments of file
//	                                   upstreams (segments), tenants that left (former_tenants)
func (m *Metrics) Retention(heldBack func() map[string]int64) {
	m.registry.MustRegister(heldGauge{heldBack})
}

// heldGauge asks when it is collected.
type heldGauge struct{ ask func() map[string]int64 }

var heldDesc = prometheus.NewDesc("winnow_retention_held_back", "What is older than it may be, and a legal hold keeps.", []string{"what"}, nil)

func (heldGauge) Describe(ch chan<- *prometheus.Desc) { ch <- heldDesc }

func (g heldGauge) Collect(ch chan<- prometheus.Metric) {
	for what, n := range g.ask() {
		ch <- prometheus.MustNewConstMetric(heldDesc, prometheus.GaugeValue, float64(n), what)
	}
}
