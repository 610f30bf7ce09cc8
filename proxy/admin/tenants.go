package admin

import "github.com/prometheus/client_golang/prometheus"

// Tenant counts what one tenant sends. Tenants are the configuration's, so that there are no more than it names.
//
//	winnow_tenant_requests_total{tenant}              requests taken
//	winnow_tenant_bytes_total{tenant}                 their bodies, as they came
//	winnow_tenant_records_total{tenant}               records in them, kept or not
//	winnow_tenant_refused_total{tenant,reason}        requests refused: rate, or day (the daily quota)
//	winnow_key_requests_total{tenant,key}             requests with a scoped key, whether it was good for them or not
type Tenant struct {
	requests, bytes, records prometheus.Counter
	refused                  Reasons
}

// Tenant makes the counters of a tenant. Requests are refused for one of the reasons.
func (m *Metrics) Tenant(id string, reasons []string) *Tenant {
	t := &Tenant{requests: m.tenantRequests.WithLabelValues(id), bytes: m.tenantBytes.WithLabelValues(id), records: m.tenantRecords.WithLabelValues(id)}
	for _, reason := range reasons {
		t.refused.counters = append(t.refused.counters, m.tenantRefused.WithLabelValues(id, reason))
	}
	return t
}

// Sent counts a request with a body of so many bytes.
func (t *Tenant) Sent(bytes int) {
	t.requests.Inc()
	t.bytes.Add(float64(bytes))
}

// Records counts the records of a request.
func (t *Tenant) Records(n int) { add(t.records, n) }

// Refused counts a request that was refused, by the number of the reason.
func (t *Tenant) Refused(reason int) { t.refused.Count(reason) }

// KeyUsed makes what counts the requests with a scoped key of a tenant. Keys, too, are the configuration's.
func (m *Metrics) KeyUsed(tenant, key string) func() {
	return m.keyRequests.WithLabelValues(tenant, key).Inc
}
