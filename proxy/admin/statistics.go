package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Statistics is what was released about all tenants together.
type Statistics interface {
	// Statistics tells what was spent and released. The error is ErrNoStatistics if none are made.
	Statistics(ctx context.Context) (StatisticsState, error)
}

// StatisticsState is the budget, and the last release of this process.
type StatisticsState struct {
	// Spent of Budget, both in epsilon, in the period that ends at Until.
	Spent    float64   `json:"spent_epsilon"`
	Budget   float64   `json:"budget_epsilon"`
	Until    time.Time `json:"until"`
	Releases int       `json:"releases"`
	// Unsent releases wait for their upstream.
	Unsent int `json:"unsent"`
	// From and To of the last window that was released; absent before the first.
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
	// Last are its lines, as the upstream gets them.
	Last []any `json:"last,omitempty"`
}

// ErrNoStatistics is about a configuration without statistics.
var ErrNoStatistics = NewProblem(http.StatusNotFound, "no_statistics", "no statistics are made: statistics.upstream names no upstream")

// StatisticsResource is what is under /api/v1/statistics.
func StatisticsResource(s Statistics) Resource {
	return Resource{{
		Method: http.MethodGet, Path: "/api/v1/statistics", Roles: everyone,
		Read: func(c *Call) (any, error) {
			if err := c.only(); err != nil {
				return nil, err
			}
			return s.Statistics(c.Context())
		},
	}}
}

// StatisticCell is a cell of the last release.
type StatisticCell struct {
	Labels            [9]string // in the order of statisticLabels
	Requests, Records float64
}

// statisticLabels are those of released cells; one that a cell's table is not by is empty.
var statisticLabels = []string{"table", "hour", "route", "status", "browser", "os", "language", "country", "error"}

// The metrics of statistics. They hold released values only, with their noise.
//
//	winnow_statistics_requests{table,hour,route,status,browser,os,language,country,error}  requests of a cell in the last window released
//	winnow_statistics_records{...}                                                          records, the same
//	winnow_statistics_windows_total{fate}                                                   windows released, unpaid (the budget is spent), failed, lost
//	                                                                                        (released, and the upstream was down for too long), or cut
//	                                                                                        (what was counted before a restart is not in it)
type statisticsCollector struct{ cells func() []StatisticCell }

var (
	statisticRequests = prometheus.NewDesc("winnow_statistics_requests", "Requests in the last window released, with noise.", statisticLabels, nil)
	statisticRecords  = prometheus.NewDesc("winnow_statistics_records", "Records in the last window released, with noise.", statisticLabels, nil)
)

// Describe implements prometheus.Collector.
func (statisticsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- statisticRequests
	ch <- statisticRecords
}

// Collect implements prometheus.Collector.
func (c statisticsCollector) Collect(ch chan<- prometheus.Metric) {
	for _, cell := range c.cells() {
		ch <- prometheus.MustNewConstMetric(statisticRequests, prometheus.GaugeValue, cell.Requests, cell.Labels[:]...)
		ch <- prometheus.MustNewConstMetric(statisticRecords, prometheus.GaugeValue, cell.Records, cell.Labels[:]...)
	}
}

// Statistics makes these metrics, once, and returns what counts windows.
func (m *Metrics) Statistics(cells func() []StatisticCell) (released, unpaid, failed, lost, cut func()) {
	windows := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "winnow_statistics_windows_total", Help: "Windows by what became of them."}, []string{"fate"})
	m.registry.MustRegister(windows, statisticsCollector{cells})
	counts := func(fate string) func() { return windows.WithLabelValues(fate).Inc }
	return counts("released"), counts("unpaid"), counts("failed"), counts("lost"), counts("cut")
}
