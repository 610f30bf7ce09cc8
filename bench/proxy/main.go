// Command proxy measures winnow as a proxy: a load-generating client, the real winnow as a child process, and a sink. In the same run,
// turn by turn, a bare fasthttp reverse proxy stands in winnow's place, so that every figure has its ratio to a proxy that does nothing.
//
//	go run ./bench/proxy [-json] [-duration 3s] [-protocol json,loki,elasticsearch,otlp,splunk,datadog,clickhouse,sentry,browser,gelf] [-body 113KB,2.4KB]
//	  [-format same|loki|...] [-clients 16]
//
// CPU time is that of the proxy's process alone, user and system, from /proc: it runs on Linux only. Client and sink share the bench's
// own process. Before anything is measured one body of each kind goes through winnow and is searched, at the sink, for what was planted
// in it: a figure for a proxy that leaks is worth nothing, and the command fails.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"winnow/bench/corpora"
)

// options are what the command line chose.
type options struct {
	json      bool
	duration  time.Duration
	protocols []string
	sizes     []string
	format    string // of winnow's upstream
	clients   int
}

// protocolWords are the words of -protocol.
var protocolWords = []string{"json", "elasticsearch", "loki", "otlp", "splunk", "datadog", "clickhouse", "sentry", "browser", "gelf"}

// bodySizes maps the words of -body to bytes.
var bodySizes = map[string]int{"113KB": corpora.LargeBody, "2.4KB": corpora.SmallBody}

func main() {
	if len(os.Args) == 3 && os.Args[1] == bareFlag {
		exit(serveBare(os.Args[2]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	exit(run(ctx, o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/proxy:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func parse(args []string) (options, error) {
	flags := flag.NewFlagSet("proxy", flag.ContinueOnError)
	var o options
	flags.BoolVar(&o.json, "json", false, "one JSON object a line instead of a table")
	flags.DurationVar(&o.duration, "duration", 3*time.Second, "of load, for each proxy, kind of body and phase (full load, half load)")
	protocols := flags.String("protocol", "json", "protocols, joined by commas: "+strings.Join(protocolWords, ", ")+"; or all")
	sizes := flags.String("body", "113KB", "sizes of body, joined by commas: 113KB, 2.4KB; or all")
	flags.StringVar(&o.format, "format", "same", "what winnow hands over: same (the client's own protocol), "+strings.Join(formatWords, ", "))
	flags.IntVar(&o.clients, "clients", 16, "connections at full load")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if *protocols == "all" {
		*protocols = strings.Join(protocolWords, ",")
	}
	if *sizes == "all" {
		*sizes = "113KB,2.4KB"
	}
	o.protocols, o.sizes = strings.Split(*protocols, ","), strings.Split(*sizes, ",")
	return o, o.check()
}

// formatWords are the formats of records.
var formatWords = []string{"ndjson", "loki", "elasticsearch", "otlp", "splunk"}

// to names the format behind that of the body, where it is another.
func (o *options) to() string {
	if o.format == "same" {
		return ""
	}
	return "-to-" + o.format
}

func (o *options) check() error {
	for _, p := range o.protocols {
		if !slices.Contains(protocolWords, p) {
			return fmt.Errorf("unknown protocol %q: choose of %s", p, strings.Join(protocolWords, ", "))
		}
	}
	if o.format != "same" && !slices.Contains(formatWords, o.format) {
		return fmt.Errorf("unknown format %q: choose same or of %s", o.format, strings.Join(formatWords, ", "))
	}
	for _, s := range o.sizes {
		if bodySizes[s] == 0 {
			return fmt.Errorf("unknown size of body %q: choose 113KB or 2.4KB", s)
		}
	}
	if o.clients < 1 || o.duration < 100*time.Millisecond {
		return fmt.Errorf("%d clients for %v measure nothing: at least 1 and 100ms", o.clients, o.duration)
	}
	return nil
}

func run(ctx context.Context, o options) error {
	binary, remove, err := buildWinnow(ctx)
	if err != nil {
		return err
	}
	defer remove()
	report := newReport(os.Stdout, o.json)
	for _, size := range o.sizes {
		for _, protocol := range o.protocols {
			for _, load := range loads(protocol, bodySizes[size]) {
				rows, err := measureLoad(ctx, binary, load, o)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", load.name, size, err)
				}
				for i := range rows {
					rows[i].Name = fmt.Sprintf("proxy=%s/format=%s/body=%s", rows[i].proxy, load.name+o.to(), size)
				}
				if err := report.add(rows); err != nil {
					return err
				}
			}
		}
	}
	return report.finish()
}
