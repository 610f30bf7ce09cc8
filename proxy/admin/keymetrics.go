package admin

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// KeyEpochs is what there is of the keys of pseudonyms.
type KeyEpochs struct {
	Current   uint32
	Began     time.Time
	Kept      int
	Destroyed time.Time // zero: never
}

// The metrics of keys of pseudonyms. No number says anything of a key.
//
//	winnow_key_epoch                               number of the current epoch, which stands in pseudonyms
//	winnow_key_epoch_age_seconds                   for how long it has been the current one
//	winnow_key_epochs_kept                         epochs whose keys are kept, the current one among them
//	winnow_key_last_rotation_timestamp_seconds     when it began
//	winnow_key_last_destruction_timestamp_seconds  when keys were last destroyed: those of an epoch, or others since the start; 0: never
type keyCollector struct {
	ask func() (KeyEpochs, bool)
	now func() time.Time
}

var (
	keyEpoch     = prometheus.NewDesc("winnow_key_epoch", "Number of the current epoch of keys.", nil, nil)
	keyAge       = prometheus.NewDesc("winnow_key_epoch_age_seconds", "Age of the current epoch of keys.", nil, nil)
	keysKept     = prometheus.NewDesc("winnow_key_epochs_kept", "Epochs whose keys are kept.", nil, nil)
	keyRotated   = prometheus.NewDesc("winnow_key_last_rotation_timestamp_seconds", "When the current epoch of keys began.", nil, nil)
	keyDestroyed = prometheus.NewDesc("winnow_key_last_destruction_timestamp_seconds", "When keys were last destroyed, 0 if never.", nil, nil)
)

// Keys has Prometheus ask for the epochs of keys, of which there are none as long as ask says so.
func (m *Metrics) Keys(ask func() (KeyEpochs, bool), now func() time.Time) {
	m.registry.MustRegister(keyCollector{ask, now})
}

// Describe implements prometheus.Collector.
func (keyCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{keyEpoch, keyAge, keysKept, keyRotated, keyDestroyed} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c keyCollector) Collect(ch chan<- prometheus.Metric) {
	k, ok := c.ask()
	if !ok {
		return
	}
	gauge := func(d *prometheus.Desc, v float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	gauge(keyEpoch, float64(k.Current))
	gauge(keyAge, c.now().Sub(k.Began).Seconds())
	gauge(keysKept, float64(k.Kept))
	gauge(keyRotated, float64(k.Began.Unix()))
	if k.Destroyed.IsZero() {
		k.Destroyed = time.Unix(0, 0)
	}
	gauge(keyDestroyed, float64(k.Destroyed.Unix()))
}
