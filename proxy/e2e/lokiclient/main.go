// Lokiclient ships entries with Grafana's own Go client, as an application that uses it would.
//
// It is a module of its own: the client's dependency graph has hundreds of modules and would hold back those of the other clients.
// Entries come on standard input, one JSON object each; the exit code is 0 once the client has nothing left to send and dropped nothing.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"time"

	"github.com/grafana/loki-client-go/loki"
	"github.com/grafana/loki/pkg/push"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
)

// entry is one line to ship.
type entry struct {
	Labels   model.LabelSet    `json:"labels"`
	Line     string            `json:"line"`
	Metadata map[string]string `json:"metadata"`
}

func main() {
	url := flag.String("url", "", "push URL, whole")
	tenant := flag.String("tenant", "", "value of X-Scope-OrgID")
	flag.Parse()
	if err := ship(os.Stdin, *url, *tenant); err != nil {
		fmt.Fprintln(os.Stderr, "lokiclient:", err)
		os.Exit(1)
	}
}

// ship sends all entries of r and waits until the client is done with them.
func ship(r io.Reader, url, tenant string) error {
	client, err := connect(url, tenant)
	if err != nil {
		return err
	}
	n, err := feed(client, json.NewDecoder(r))
	client.Stop()
	if err != nil {
		return err
	}
	return settle(n)
}

// connect makes the client with one retry, so that a refusal shows soon.
func connect(url, tenant string) (*loki.Client, error) {
	cfg, err := loki.NewDefaultConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.TenantID = tenant
	cfg.BackoffConfig.MaxRetries = 2
	cfg.BackoffConfig.MaxBackoff = time.Second
	return loki.New(cfg)
}

// feed hands every entry to the client and returns how many there were.
func feed(client *loki.Client, dec *json.Decoder) (int, error) {
	for n := 0; ; n++ {
		var e entry
		if err := dec.Decode(&e); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, fmt.Errorf("entry %d: %w", n+1, err)
		}
		if err := client.HandleWithMetadata(e.Labels, time.Now(), e.Line, metadata(e.Metadata)); err != nil {
			return n, err
		}
	}
}

// metadata returns m in a stable order.
func metadata(m map[string]string) push.LabelsAdapter {
	out := make(push.LabelsAdapter, 0, len(m))
	for k, v := range m {
		out = append(out, push.LabelAdapter{Name: k, Value: v})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// settle compares what the client says it sent with what it was given: it reports failures nowhere but in its metrics.
func settle(want int) error {
	families, err := prometheus.DefaultGatherer.Gather()
	if err != nil {
		return err
	}
	for _, f := range families {
		if f.GetName() != "promtail_sent_entries_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			want -= int(m.GetCounter().GetValue())
		}
	}
	if want != 0 {
		return fmt.Errorf("%d entries were not accepted; the client's log above says why", want)
	}
	return nil
}
