package admin

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Persons counts what is done about persons:
//
//	winnow_subject_orders_total{action}   orders met in records: drop (the record went), strip (records without anything personal)
//	winnow_minor_persons_total{fate}      persons named in records of minors: listed, or lost because too many were named at once
//	winnow_objections_total{signal}       requests with a signal that the policy heeds: dnt, gpc
//	winnow_restricted_subjects            persons on the suppression list
//	winnow_directory_last_sync_successful and ..._timestamp_seconds: of the directory of users; 0 and 0 without one
//	winnow_suppression_age_seconds        for how long the list's store was not in reach; only where other nodes share it
type Persons struct {
	Removed, Stripped prometheus.Counter
	// Listed and Lost persons of records of minors.
	Listed, Lost prometheus.Counter
	DNT, GPC     prometheus.Counter

	sync lastTime
}

// Synced tells how the last reading of the directory ended.
func (p *Persons) Synced(ok bool, now time.Time) { p.sync.note(ok, now) }

// Persons makes these metrics, once. restricted is asked when somebody wants them, and so is age, nil for never.
func (m *Metrics) Persons(restricted, age func() float64) *Persons {
	counter := func(name, help, label string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
		m.registry.MustRegister(c)
		return c
	}
	orders := counter("winnow_subject_orders_total", "Orders about persons met in records.", "action")
	minors := counter("winnow_minor_persons_total", "Persons named in records of minors.", "fate")
	signals := counter("winnow_objections_total", "Requests with a signal that the policy heeds.", "signal")
	gauge := func(name, help string, of func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, of))
	}
	gauge("winnow_restricted_subjects", "Persons on the suppression list.", restricted)
	if age != nil {
		gauge("winnow_suppression_age_seconds", "For how long the suppression list was not in reach.", age)
	}
	return &Persons{
		sync: lastTime{
			ok: m.gauge("winnow_directory_last_sync_successful", "Whether the directory of users was taken when it was read last.").WithLabelValues(),
			at: m.gauge("winnow_directory_last_sync_timestamp_seconds", "When the directory of users was last taken.").WithLabelValues(),
		},
		Removed: orders.WithLabelValues("drop"), Stripped: orders.WithLabelValues("strip"),
		Listed: minors.WithLabelValues("listed"), Lost: minors.WithLabelValues("lost"),
		DNT: signals.WithLabelValues("dnt"), GPC: signals.WithLabelValues("gpc"),
	}
}
