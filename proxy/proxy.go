// Package proxy is winnow at work: it wires the listeners, the policy, the codecs and the upstreams, and owns their life.
//
// The way of the data is in flow.go; nothing but that file brings a request's body and an upstream together, and it does so through
// scrub. A configuration becomes a site (site.go), which requests that begin use until they end; a reload puts another one in
// force and leaves listeners open. Nothing here logs or counts anything that comes from a request.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/audit"
	"winnow/proxy/codec"
	"winnow/proxy/geo"
	"winnow/proxy/ingest"
	"winnow/proxy/keys"
	"winnow/proxy/quota"
	"winnow/proxy/spool"
	"winnow/proxy/values"
	"winnow/scrub"
)

// Options are what Run needs. Load and Log must be set.
type Options struct {
	// Load reads the configuration: at start, and again at every reload. Its error may be config.Mistakes.
	Load func() (*config.Config, error)
	// File is watched, and read again when it changes. Empty: none.
	File string
	// Version in metrics and in the User-Agent towards upstreams.
	Version string
	// Log of winnow's own. It never receives anything from a record.
	Log *slog.Logger
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
	// Reload asks for a reload with every signal. Nil: SIGHUP does.
	Reload <-chan os.Signal
	// Ready is called once, when requests are taken.
	Ready func(Info)
}

// Info is what has started.
type Info struct {
	// Listen and Admin are the addresses in use. Admin is empty when that listener is off.
	Listen, Admin string
	// Sockets are the addresses of the listeners, in the order of the configuration.
	Sockets []string
	// Policy in one line.
	Policy string
	// Upstreams by id.
	Upstreams []string
	// NewSecret is the file of a master secret that was made just now; empty if there was one.
	NewSecret string
	// Config in force.
	Config *config.Config
}

// FileLoader reads the configuration from a file, with the process's environment. An empty path is the embedded default.
func FileLoader(path string) func() (*config.Config, error) {
	return func() (*config.Config, error) {
		if path == "" {
			return config.Default(), nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read the configuration: %w", err)
		}
		return config.Parse(path, text, config.Env{Lookup: os.LookupEnv, ReadFile: os.ReadFile})
	}
}

// Run takes requests until ctx is done, and then drains: it turns unready, waits for the shutdown delay, stops listening, lets the
// requests in flight finish within the drain time-out, closes the upstreams and returns nil. An error means that it could not
// start, or that a listener broke.
func Run(ctx context.Context, o Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &proxy{
		o: o, config: &config.Config{}, targets: map[string]*held{}, codecs: codec.All(), queues: map[string]*queue{},
	}
	seen := p.fingerprint()
	c, err := o.Load()
	if err != nil {
		return err
	}
	p.config = c
	p.states = NewState(c, o.Log, o.Now)
	p.policies = &policies{bucket: func() (values.Bucket, error) { return p.state(policyTexts) }, now: o.Now, kept: map[string]time.Time{}}
	for name, hash := range p.fingerprint() {
		if _, before := seen[name]; !before {
			seen[name] = hash
		}
	}
	if err := p.open(c); err != nil {
		return errors.Join(err, p.close())
	}
	p.agree()
	return p.run(ctx, seen)
}

// proxy is one Run.
type proxy struct {
	o        Options
	codecs   []codec.Codec // kept over reloads, for what they remember
	metrics  *admin.Metrics
	budget   *ingest.Budget
	server   *ingest.Server
	api      *admin.API
	control  *http.Server // of api; nil: off
	tokenDir string       // with the token of the command line

	listen, adminListen net.Listener
	sockets             []socket

	spool    *spool.Spool                // nil: no route uses it, and nothing waits
	spooling atomic.Pointer[spool.Spool] // the same, for who asks meanwhile
	folder   io.Closer                   // the lock of its folder
	queues   map[string]*queue           // by lane

	states     *State
	statistics statistics
	quotas     atomic.Pointer[quota.Quotas]
	keys       *keys.Ring
	persons    *persons
	consents   *consents
	copies     *copies
	site       atomic.Pointer[site] // in force
	audit      *audit.Log           // nil: off
	receipts   *receipting          // nil: off
	secured    []*secured           // of ingest, then of the listeners; nil: plain

	reloading sync.Mutex // one at a time
	config    *config.Config
	policy    *scrub.Policy
	geo       *geo.DB
	newSecret string

	holding sync.Mutex
	targets map[string]*held // upstreams in use, by id

	retiring sync.WaitGroup // sites that wait for their last request
	draining atomic.Bool

	kept      kept       // what is too old and stays
	policies  *policies  // under which something may wait in the spool
	agreement *agreement // nil: nobody shares the state
}

// open makes everything, and listens.
func (p *proxy) open(c *config.Config) error {
	p.budget = ingest.NewBudget(int64(c.Limits.MaxInflightBytes))
	p.server = ingest.New(ingest.Options{
		MaxHeaderBytes: int(c.Limits.MaxHeaderBytes),
		MaxConnections: c.Limits.MaxConnections,
		ReadTimeout:    time.Duration(c.Limits.ReadTimeout),
		WriteTimeout:   time.Duration(c.Limits.WriteTimeout),
		IdleTimeout:    time.Duration(c.Limits.IdleTimeout),
		Budget:         p.budget,
		Log:            p.o.Log,
		Now:            p.o.Now,
	})
	p.metrics = admin.NewMetrics(p.o.Version, admin.Gauges{
		InflightBytes: func() float64 { return float64(p.budget.Held()) },
		InflightStage: func() float64 { return float64(p.budget.Stage()) },
		Connections:   func() float64 { return float64(p.server.Connections()) },
		UpstreamsUp:   p.upstreamsUp,
		Spool:         p.spoolState,
	})
	p.statistics.released, p.statistics.unpaid, p.statistics.failed, p.statistics.lost, p.statistics.cut = p.metrics.Statistics(p.statisticCells)
	p.api = p.newAPI(c)
	p.followPersons()
	p.followConsents(c)
	p.metrics.Retention(p.kept.heldBack)
	p.copies = &copies{live: p.consents.live, counters: p.metrics.Training(copyOutcomes)}
	if err := p.put(c); err != nil {
		return err
	}
	var err error
	if p.listen, err = p.listenHTTP(c.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err = p.openSockets(c.Listeners); err != nil {
		return err
	}
	if c.Admin.Listen == "off" {
		return nil
	}
	return p.listenAdmin(c)
}

// run serves until ctx is done or a listener breaks.
func (p *proxy) run(ctx context.Context, seen prints) error {
	watching, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	p.keepQuotas(watching)
	background.Go(func() { p.watch(watching, seen) })
	background.Go(func() { p.tend(watching) })
	background.Go(func() { p.followDirectory(watching) })
	background.Go(func() { p.keys.Run(watching) })
	background.Go(func() { p.keepReceipts(watching) })
	background.Go(func() { p.agreement.run(watching) })
	broken := make(chan error, 2+len(p.sockets))
	go func() { broken <- p.server.Serve(p.listen) }()
	for _, s := range p.sockets {
		go func() { broken <- s.Serve() }()
	}
	if p.control != nil {
		go func() { broken <- p.control.Serve(p.adminListen) }()
	}
	p.retain(watching)
	p.announce()
	var err error
	select {
	case <-ctx.Done():
		p.drain()
	case err = <-broken:
		p.o.Log.Error("a listener broke: stopping")
	}
	stop()
	background.Wait()
	return errors.Join(err, p.close())
}

func (p *proxy) announce() {
	p.reloading.Lock()
	defer p.reloading.Unlock()
	i := Info{Listen: p.listen.Addr().String(), Policy: p.policy.String(), NewSecret: p.newSecret, Config: p.config}
	if p.adminListen != nil {
		i.Admin = p.adminListen.Addr().String()
	}
	for _, s := range p.sockets {
		i.Sockets = append(i.Sockets, s.Addr().String())
	}
	for _, u := range p.config.Upstreams {
		i.Upstreams = append(i.Upstreams, u.ID)
	}
	p.o.Log.Info("ready", "listen", i.Listen, "admin", i.Admin, "policy", i.Policy)
	if p.o.Ready != nil {
		p.o.Ready(i)
	}
}

// drain ends the taking of requests, in an order that load balancers can follow.
func (p *proxy) drain() {
	p.draining.Store(true)
	p.reloading.Lock()
	limits := p.config.Limits
	p.reloading.Unlock()
	p.o.Log.Info("draining", "delay", time.Duration(limits.ShutdownDelay), "at_most", time.Duration(limits.DrainTimeout))
	if limits.ShutdownDelay > 0 {
		<-time.After(time.Duration(limits.ShutdownDelay))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(limits.DrainTimeout))
	defer cancel()
	if errors.Join(p.shutSockets(ctx), p.server.Shutdown(ctx)) != nil {
		p.o.Log.Warn("drain_timeout is over: requests in flight are given up", "connections", p.server.Connections())
		return
	}
	p.retiring.Wait()
}

// close lets go of everything. Requests that were given up find their upstream closed.
func (p *proxy) close() error {
	var errs []error
	given, stop := context.WithCancel(context.Background())
	stop()
	_ = p.shutSockets(given) // has had its time
	errs = append(errs, p.closeAdmin())
	for _, l := range []net.Listener{p.listen, p.adminListen} {
		if l != nil {
			l.Close() // most are closed already
		}
	}
	p.server.Use(nil)
	p.copies.close()
	p.keepWindow()
	if p.spool != nil {
		errs = append(errs, p.closeSpool())
	}
	p.persons.close()
	p.keepQuotas(context.Background())
	p.consents.close()
	errs = append(errs, p.states.Close(), p.receipts.close(), p.audit.Close())
	p.holding.Lock()
	defer p.holding.Unlock()
	for _, h := range p.targets {
		errs = append(errs, h.Close())
	}
	return errors.Join(errs...)
}

// Ready implements admin.Health.
func (p *proxy) Ready() error {
	if p.draining.Load() {
		return errDraining
	}
	if !p.persons.live.Ready() {
		return errList
	}
	if s := p.spooling.Load(); s != nil {
		return s.Down()
	}
	return nil
}

// Problems implements admin.Health.
func (p *proxy) Problems() []string {
	list := append(p.keys.Problems(), p.consents.problems()...)
	list = append(list, p.persons.problem.about("suppression list")...)
	list = append(list, p.agreement.problems()...)
	if s := p.site.Load(); s != nil {
		list = append(list, expiringKeys(s.issued, p.o.Now())...)
	}
	if s := p.spooling.Load(); s != nil {
		list = append(list, problems(s)...)
	}
	if err := p.audit.Broken(); err != nil {
		list = append(list, "audit: nothing that must be told there happens until a restart: "+err.Error())
	}
	if err := p.receipts.problem(); err != nil {
		list = append(list, "receipts: what left since is counted in memory only: "+err.Error())
	}
	return list
}

var errDraining = admin.NewProblem(http.StatusServiceUnavailable, "draining", "draining")

// hangups are the signals that ask for a reload.
func (p *proxy) hangups() (signals <-chan os.Signal, stop func()) {
	if p.o.Reload != nil {
		return p.o.Reload, func() {}
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}
