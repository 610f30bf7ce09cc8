package admin

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are winnow's own, in a registry of their own. No label ever comes from a request: routes, upstreams, rules and the policy's name are
// the configuration's, everything else is from closed lists. Durations are seconds.
//
//	winnow_requests_total{route,protocol,code}                 answers, by class of status ("2xx")
//	winnow_request_duration_seconds{route,protocol}            from header to answer
//	winnow_received_bytes_total{route,protocol}                bodies as they came
//	winnow_decoded_bytes_total{route,protocol}                 bodies after their encoding was undone
//	winnow_scrubbed_bytes_total{route,protocol}                bodies after scrubbing, before they are encoded
//	winnow_records_total{route,protocol,fate}                  kept, dropped (by policy) or withheld (unreadable, too long)
//	winnow_refusals_total{reason}                              requests refused
//	winnow_panics_total                                        requests that made winnow itself fail; each was refused
//	winnow_findings_total{detector,action}                     personal data found in text
//	winnow_rule_fields_total{rule}                             fields decided by a rule
//	winnow_fields_removed_total{reason}                        no_rule (strict mode) or unfit (not of the shape that the action needs)
//	winnow_residency_total{region,outcome}                     requests by where they belong: kept (in the region), default (in none), stripped, refused
//	winnow_upstream_request_duration_seconds{upstream}         deliveries, failed ones included
//	winnow_upstream_errors_total{upstream,reason}              deliveries that failed
//	winnow_upstream_up{upstream}                               1, or 0 while it is given time
//	winnow_inflight_bytes, winnow_inflight_limit_bytes         bodies held now, and how much may be
//	winnow_inflight_stage                                      0; 1 from 70 % of the limit on, 2 from 85 %, 3 from 95 %
//	winnow_connections                                         ingest connections open now
//	winnow_listener_connections{listener}                      connections of a listener beside HTTP open now
//	winnow_listener_lost_total{listener,reason}                messages lost: no_room (UDP), refused, broken or given_up (at the end)
//	winnow_listener_truncated_total{listener}                  messages cut because they were longer than a record may be
//	winnow_listener_retries_total{listener}                    batches handed over once more
//	winnow_policy_info{name,digest,mode}                       1 for the policy in force
//	winnow_policies_in_force                                   policies in force on the nodes of a cluster; only where nodes share one
//	winnow_config_last_reload_successful                       1, or 0 when the last file was not taken
//	winnow_config_last_reload_timestamp_seconds                when a file was last taken, Unix time
//	winnow_geo_database_timestamp_seconds{database}            when a database was built, Unix time
//	winnow_admin_denied_total{reason}                          requests to the administrators' listener that were not let in
//	winnow_build_info{version,go}                              1
//
// Those of the spool are listed at spoolCollector.
type Metrics struct {
	registry *prometheus.Registry

	requests, received, decoded, scrubbed, records, refusals, findings, rules, removed, upstreamErrors *prometheus.CounterVec

	duration, upstreamDuration *prometheus.HistogramVec

	lost, truncated, retries, deliveries, rescrubbed, spoolRefusals, denied, residency *prometheus.CounterVec
	tenantRequests, tenantBytes, tenantRecords, tenantRefused, keyRequests             *prometheus.CounterVec

	policy, geo, open *prometheus.GaugeVec

	panics prometheus.Counter
	reload lastTime
	room   prometheus.Gauge
}

// Gauges are read when somebody asks for metrics.
type Gauges struct {
	// InflightBytes, InflightStage and Connections are those of now.
	InflightBytes, InflightStage, Connections func() float64
	// UpstreamsUp tells for each upstream by id whether it is up.
	UpstreamsUp func() map[string]bool
	// Spool is its state, and whether there is one. Nil: never.
	Spool func() (SpoolState, bool)
}

// buckets of durations: from a file's sync to the longest time-out.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// NewMetrics makes all metrics.
func NewMetrics(version string, g Gauges) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.counters()
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
		m.registry.MustRegister(h)
		return h
	}
	m.duration = histogram("winnow_request_duration_seconds", "Time from header to answer.", "route", "protocol")
	m.upstreamDuration = histogram("winnow_upstream_request_duration_seconds", "Time of deliveries, failed ones included.", "upstream")
	m.gauges(g)
	build := m.gauge("winnow_build_info", "Always 1.", "version", "go")
	build.WithLabelValues(version, runtime.Version()).Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), upGauge{g.UpstreamsUp})
	if g.Spool != nil {
		m.registry.MustRegister(spoolCollector{g.Spool})
	}
	return m
}

func (m *Metrics) counters() {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	m.requests = counter("winnow_requests_total", "Answers by class of status.", "route", "protocol", "code")
	m.received = counter("winnow_received_bytes_total", "Bodies as they came.", "route", "protocol")
	m.decoded = counter("winnow_decoded_bytes_total", "Bodies after their encoding was undone.", "route", "protocol")
	m.scrubbed = counter("winnow_scrubbed_bytes_total", "Bodies after scrubbing.", "route", "protocol")
	m.records = counter("winnow_records_total", "Records by what became of them.", "route", "protocol", "fate")
	m.refusals = counter("winnow_refusals_total", "Requests refused.", "reason")
	m.findings = counter("winnow_findings_total", "Personal data found in text.", "detector", "action")
	m.rules = counter("winnow_rule_fields_total", "Fields decided by a rule.", "rule")
	m.removed = counter("winnow_fields_removed_total", "Fields removed for other reasons than a rule.", "reason")
	m.upstreamErrors = counter("winnow_upstream_errors_total", "Deliveries that failed.", "upstream", "reason")
	m.tenantRequests = counter("winnow_tenant_requests_total", "Requests taken of a tenant.", "tenant")
	m.tenantBytes = counter("winnow_tenant_bytes_total", "Bodies of a tenant, as they came.", "tenant")
	m.tenantRecords = counter("winnow_tenant_records_total", "Records of a tenant, kept or not.", "tenant")
	m.tenantRefused = counter("winnow_tenant_refused_total", "Requests of a tenant that its limits refused.", "tenant", "reason")
	m.keyRequests = counter("winnow_key_requests_total", "Requests with a key of tenants[].scoped_keys.", "tenant", "key")
	m.lost = counter("winnow_listener_lost_total", "Messages lost.", "listener", "reason")
	m.truncated = counter("winnow_listener_truncated_total", "Messages cut because they were too long.", "listener")
	m.retries = counter("winnow_listener_retries_total", "Batches handed over once more.", "listener")
	m.deliveries = counter("winnow_spool_deliveries_total", "Attempts to deliver from the spool.", "lane", "outcome")
	m.rescrubbed = counter("winnow_spool_rescrubbed_total", "Attempts to deliver for which a batch was scrubbed again.", "lane")
	m.spoolRefusals = counter("winnow_spool_refusals_total", "Batches that the spool did not take.", "lane", "reason")
	m.residency = counter("winnow_residency_total", "Requests by the region they belong to, and what became of them.", "region", "outcome")
	m.denied = counter("winnow_admin_denied_total", "Administrators' requests that were not let in.", "reason")
	m.panics = counter("winnow_panics_total", "Requests that made winnow itself fail.").WithLabelValues()
}

func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(g)
	return g
}

func (m *Metrics) gauges(g Gauges) {
	m.policy = m.gauge("winnow_policy_info", "1 for the policy in force.", "name", "digest", "mode")
	m.open = m.gauge("winnow_listener_connections", "Connections of a listener open now.", "listener")
	m.geo = m.gauge("winnow_geo_database_timestamp_seconds", "When a database was built.", "database")
	m.reload = lastTime{
		ok: m.gauge("winnow_config_last_reload_successful", "Whether the last file was taken.").WithLabelValues(),
		at: m.gauge("winnow_config_last_reload_timestamp_seconds", "When a file was last taken.").WithLabelValues(),
	}
	m.room = m.gauge("winnow_inflight_limit_bytes", "How many bytes of bodies may be held.").WithLabelValues()
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "winnow_inflight_bytes", Help: "Bytes of bodies held now."}, g.InflightBytes),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "winnow_inflight_stage", Help: "How near the limit what is held is: 0 to 3."}, g.InflightStage),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "winnow_connections", Help: "Ingest connections open now."}, g.Connections),
	)
}

// upGauge asks the upstreams when it is collected.
type upGauge struct{ up func() map[string]bool }

var upDesc = prometheus.NewDesc("winnow_upstream_up", "1, or 0 while an upstream is given time.", []string{"upstream"}, nil)

func (upGauge) Describe(ch chan<- *prometheus.Desc) { ch <- upDesc }

func (u upGauge) Collect(ch chan<- prometheus.Metric) {
	for id, up := range u.up() {
		v := 0.0
		if up {
			v = 1
		}
		ch <- prometheus.MustNewConstMetric(upDesc, prometheus.GaugeValue, v, id)
	}
}

// Reloaded notes the outcome of reading the configuration.
func (m *Metrics) Reloaded(ok bool, at time.Time) { m.reload.note(ok, at) }

// lastTime is whether something was successful the last time, and when it last was.
type lastTime struct{ ok, at prometheus.Gauge }

func (l lastTime) note(ok bool, at time.Time) {
	if !ok {
		l.ok.Set(0)
		return
	}
	l.ok.Set(1)
	l.at.Set(float64(at.Unix()))
}

// Policy notes the policy in force, and what may be in flight.
func (m *Metrics) Policy(name, digest, mode string, maxInflight int64) {
	m.policy.Reset()
	m.policy.WithLabelValues(name, digest, mode).Set(1)
	m.room.Set(float64(maxInflight))
}

// Agreement has metrics tell how many policies are in force on all nodes.
func (m *Metrics) Agreement(policies func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "winnow_policies_in_force", Help: "Policies in force on the nodes of the cluster.",
	}, policies))
}

// Geo notes when a database was built.
func (m *Metrics) Geo(database string, built time.Time) {
	m.geo.WithLabelValues(database).Set(float64(built.Unix()))
}

// Panicked counts a request that made winnow fail.
func (m *Metrics) Panicked() { m.panics.Inc() }
