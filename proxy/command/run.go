package command

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/proxy"
)

func newRun(con *console) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the proxy",
		Long: `run takes logs in, scrubs them and sends them on; it answers once the upstream has them. Without --config it runs with the embedded
defaults: on 127.0.0.1:8080, only named fields leave, into files below ./winnow-data, which ` + "`winnow tail`" + ` shows.

SIGHUP, or a change of the file, reloads it; a file with a mistake leaves the old one in force. SIGTERM and SIGINT finish what is in
flight and end; a second one ends at once. The log goes to stderr as JSON and never holds a value from a record.

Exit codes: 0 ended by a signal, 1 it could not start or a listener broke, 2 the command line is wrong.`,
		Example: `  winnow run
  winnow run --config winnow.yaml`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // the second signal ends the process
			return con.run(ctx, file)
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "config file (default: the embedded one)")
	return cmd
}

func (c *console) run(ctx context.Context, file string) error {
	if err := withholdCores(); err != nil {
		return fmt.Errorf("core files cannot be switched off: %w", err)
	}
	cfg, err := load(file)
	if err != nil {
		return err
	}
	return proxy.Run(ctx, proxy.Options{
		Load:    func() (*config.Config, error) { return load(file) },
		File:    file,
		Version: version(),
		Log:     slog.New(slog.NewJSONHandler(c.stderr, &slog.HandlerOptions{Level: level(cfg.Log.Level), ReplaceAttr: durationInWords})),
		Ready:   func(i proxy.Info) { c.welcome(i) },
	})
}

// durationInWords writes durations as the config file does, 25s, not as nanoseconds.
func durationInWords(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

func level(word string) slog.Level {
	var l slog.Level
	if l.UnmarshalText([]byte(word)) != nil {
		return slog.LevelInfo
	}
	return l
}

// welcome says what runs, and how to try it.
func (c *console) welcome(i proxy.Info) {
	cfg := i.Config
	fmt.Fprintf(c.out, "%s listens on %s://%s", c.paint(bold, "winnow"), scheme(cfg.TLS), i.Listen)
	if i.Admin != "" {
		fmt.Fprintf(c.out, ", metrics and health on %s://%s", scheme(cfg.Admin.TLS), i.Admin)
	}
	fmt.Fprintf(c.out, "\npolicy %s\n", i.Policy)
	for _, u := range cfg.Upstreams {
		fmt.Fprintf(c.out, "records go to %s: %s\n", u.ID, destination(u))
	}
	if i.NewSecret != "" {
		fmt.Fprintf(c.out, "made a secret for pseudonyms: %s; keep it, and keep it to yourself\n", i.NewSecret)
	}
	for _, m := range cfg.Warnings {
		fmt.Fprintln(c.out, c.paint(yellow, "mind "+m.Error()))
	}
	if line := tryLine(cfg, i.Listen); line != "" {
		fmt.Fprintf(c.out, "\nTry it:\n\n%s\n\n", line)
	}
	if cfg.Upstreams[0].Type == config.UpstreamFile {
		fmt.Fprintf(c.out, "and see what was kept: %s\n", c.paint(bold, tailLine(i)))
	}
}

// scheme is that of a listener's URL.
func scheme(t config.TLS) string {
	if t.On() {
		return "https"
	}
	return "http"
}

// tailLine is the command that shows what a file upstream wrote, as it is called here: by go run, or by its name.
func tailLine(i proxy.Info) string {
	line := "winnow tail"
	if strings.Contains(os.Args[0], "go-build") {
		line = "go run . tail"
	}
	if dir := i.Config.Upstreams[0].Dir; dir != config.Default().Upstreams[0].Dir {
		line += " --dir " + quoted(dir)
	}
	return line
}

// quoted is a word as a shell reads it.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

func destination(u config.Upstream) string {
	if u.Type == config.UpstreamFile {
		return "files in " + u.Dir
	}
	if u.Type == config.UpstreamS3 {
		return "objects in bucket " + u.Bucket
	}
	return u.URL
}

// sample is a log line with an address, a card number and a token in it; made up, all of them.
const sample = `{"level":"info","message":"login of alice@example.com, card 4111111111111111, Authorization: Bearer dGhpcyBpcyBhIHNhbXBsZQ"}`

// tryLine is a command that sends the sample, fit to be pasted into a shell; empty if the config takes no JSON on a path of its own.
func tryLine(c *config.Config, listen string) string {
	path := ""
	for _, r := range c.Routes {
		if r.Protocol == config.ProtocolJSON && !strings.HasSuffix(r.Path, "*") && fits(c, r) {
			path = r.Path
			break
		}
	}
	if path == "" {
		return ""
	}
	key := ""
	for _, t := range c.Tenants {
		if t.Keyed() {
			key = ` -H "Authorization: Bearer $WINNOW_KEY"`
		}
	}
	return fmt.Sprintf("curl -sS %s://%s%s -H 'Content-Type: application/json'%s -d '%s'", scheme(c.TLS), reachable(listen), path, key, sample)
}

// fits tells whether a route's upstream takes lines on the route's path. VictoriaLogs is the one backend that does, on a path of its own.
func fits(c *config.Config, r config.Route) bool {
	for _, u := range c.Upstreams {
		if u.ID == r.Upstream {
			return u.Type == config.UpstreamFile || u.Type == config.UpstreamS3 || u.Type == config.UpstreamHTTP && (r.UpstreamPath != "" || strings.HasSuffix(r.Path, "/insert/jsonline"))
		}
	}
	return false
}

// reachable is an address that a client on this machine can use.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
