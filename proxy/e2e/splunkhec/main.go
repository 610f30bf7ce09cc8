// Splunkhec is both ends of Splunk's HTTP event collector as the OpenTelemetry collector has them: its exporter ships records, its receiver
// takes them.
//
//	splunkhec send -url URL -token TOKEN [-raw] < records     one JSON object a line; exit code 0 once the other end has taken all
//	splunkhec receive -listen ADDRESS                          prints what it takes, one JSON object a line, until SIGTERM
//
// It is a module of its own: the collector's graph would hold back those of the other clients.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/splunkhecexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/splunkhecreceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "splunkhec:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("splunkhec", flag.ExitOnError)
	url := flags.String("url", "", "where to send to, whole")
	token := flags.String("token", "", "token of the collector")
	raw := flags.Bool("raw", false, "send only the messages, to the raw endpoint")
	listen := flags.String("listen", "", "address to receive on")
	if len(args) == 0 {
		return fmt.Errorf("say send or receive")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if args[0] == "receive" {
		return receive(*listen)
	}
	return send(os.Stdin, *url, *token, *raw)
}

// entry is one record to send.
type entry struct {
	Body       any            `json:"body"`
	Time       time.Time      `json:"time"`
	Severity   string         `json:"severity"`
	Resource   map[string]any `json:"resource"`
	Attributes map[string]any `json:"attributes"`
}

func send(r io.Reader, url, token string, raw bool) error {
	ctx := context.Background()
	logs, err := read(json.NewDecoder(r))
	if err != nil {
		return err
	}
	factory := splunkhecexporter.NewFactory()
	cfg := factory.CreateDefaultConfig().(*splunkhecexporter.Config)
	cfg.Endpoint, cfg.Token, cfg.ExportRaw = url, configopaque.String(token), raw
	cfg.Enabled = false // one attempt, so that a refusal shows
	cfg.QueueSettings.Get().WaitForResult = true
	e, err := factory.CreateLogs(ctx, exporter.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}, cfg)
	if err != nil {
		return err
	}
	if err := e.Start(ctx, componenttest.NewNopHost()); err != nil {
		return err
	}
	if err := e.ConsumeLogs(ctx, logs); err != nil {
		return err
	}
	return e.Shutdown(ctx)
}

func read(d *json.Decoder) (plog.Logs, error) {
	logs := plog.NewLogs()
	for {
		var e entry
		if err := d.Decode(&e); err == io.EOF {
			return logs, nil
		} else if err != nil {
			return logs, err
		}
		resource := logs.ResourceLogs().AppendEmpty()
		record := resource.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		record.SetTimestamp(timestamp(e.Time))
		record.SetSeverityText(e.Severity)
		for _, err := range []error{
			resource.Resource().Attributes().FromRaw(e.Resource), record.Attributes().FromRaw(e.Attributes), record.Body().FromRaw(e.Body),
		} {
			if err != nil {
				return logs, err
			}
		}
	}
}

// receive takes records until it is told to end.
func receive(address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	factory := splunkhecreceiver.NewFactory()
	cfg := factory.CreateDefaultConfig().(*splunkhecreceiver.Config)
	cfg.NetAddr.Endpoint = address
	out := bufio.NewWriter(os.Stdout)
	var mu sync.Mutex
	sink, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error {
		mu.Lock()
		defer mu.Unlock()
		return write(out, logs)
	})
	if err != nil {
		return err
	}
	r, err := factory.CreateLogs(ctx, receiver.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}, cfg, sink)
	if err != nil {
		return err
	}
	if err := r.Start(ctx, componenttest.NewNopHost()); err != nil {
		return err
	}
	<-ctx.Done()
	return r.Shutdown(context.WithoutCancel(ctx))
}

// write prints records.
func write(out *bufio.Writer, logs plog.Logs) error {
	e := json.NewEncoder(out)
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				row := entry{
					Body: record.Body().AsRaw(), Time: record.Timestamp().AsTime(), Resource: resource.Resource().Attributes().AsRaw(),
					Attributes: record.Attributes().AsRaw(),
				}
				if err := e.Encode(row); err != nil {
					return err
				}
			}
		}
	}
	return out.Flush()
}

func timestamp(t time.Time) pcommon.Timestamp { return pcommon.NewTimestampFromTime(t) }
