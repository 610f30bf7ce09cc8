package proxy

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"winnow/config"
)

// Reload implements admin.Policies: it reads the configuration anew. One that is wrong leaves the old one in force.
func (p *proxy) Reload() error {
	p.reloading.Lock()
	defer p.reloading.Unlock()
	if p.draining.Load() {
		return errDraining
	}
	c, err := p.o.Load()
	if err == nil {
		p.warnRestart(c)
		err = p.put(c)
	}
	if err != nil {
		p.metrics.Reloaded(false, p.o.Now())
		p.logMistakes(err)
		return err
	}
	p.o.Log.Info("configuration reloaded", "policy", p.policy.String())
	return nil
}

// logMistakes logs each mistake with its place. They never hold a secret.
func (p *proxy) logMistakes(err error) {
	var list config.Mistakes
	if !errors.As(err, &list) {
		p.o.Log.Error("configuration not taken: the old one stays", "error", err.Error())
		return
	}
	for _, m := range list {
		p.o.Log.Error("configuration not taken: the old one stays", "error", m.Error())
	}
}

// warnRestart names what has changed and is read at start only.
func (p *proxy) warnRestart(c *config.Config) {
	old, now := p.config, c
	for _, v := range []struct {
		what    string
		changed bool
	}{
		{"listen", old.Listen != now.Listen},
		{"tls", old.TLS.On() != now.TLS.On()},
		{"spool", !sameSpool(old.Spool, now.Spool)},
		{"listeners", !slices.EqualFunc(old.Listeners, now.Listeners, sameSocket)},
		{"admin.listen", old.Admin.Listen != now.Admin.Listen},
		{"admin.tls", old.Admin.TLS.On() != now.Admin.TLS.On()},
		{"limits.max_header_bytes", old.Limits.MaxHeaderBytes != now.Limits.MaxHeaderBytes},
		{"limits.max_connections", old.Limits.MaxConnections != now.Limits.MaxConnections},
		{"limits.read_timeout", old.Limits.ReadTimeout != now.Limits.ReadTimeout},
		{"limits.write_timeout", old.Limits.WriteTimeout != now.Limits.WriteTimeout},
		{"limits.idle_timeout", old.Limits.IdleTimeout != now.Limits.IdleTimeout},
		{"log.level", old.Log.Level != now.Log.Level},
	} {
		if v.changed {
			p.o.Log.Warn("this change needs a restart", "key", v.what)
		}
	}
}

// sameSpool tells whether two spools differ in nothing that is read at start only.
func sameSpool(a, b config.Spool) bool {
	a.MaxAge = b.MaxAge
	return reflect.DeepEqual(a, b)
}

// sameSocket tells whether two listeners differ in nothing that is read at start only.
func sameSocket(a, b config.Listener) bool {
	a.TLS, b.TLS = config.TLS{}, config.TLS{}
	a.Upstream, a.Mode, a.Classes, a.Tenant, a.TenantFrom = b.Upstream, b.Mode, b.Classes, b.Tenant, b.TenantFrom
	return reflect.DeepEqual(a, b)
}

// settle is how long a file must be quiet: editors and Kubernetes change a file in several steps.
const settle = 200 * time.Millisecond

// watch reloads on a signal, and when the configuration or a geo database has changed. Folders are watched rather than files, since a file
// is often replaced by renaming; that a file has really changed is known by its content.
func (p *proxy) watch(ctx context.Context, seen prints) {
	hangups, stop := p.hangups()
	defer stop()
	w, err := fsnotify.NewBufferedWatcher(64)
	if err != nil {
		p.o.Log.Warn("files cannot be watched: reload with SIGHUP")
		p.obey(ctx, hangups)
		return
	}
	defer func() { _ = w.Close() }()
	p.follow(w)
	timer := time.NewTimer(settle) // once at the start: a file may have changed since it was read
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			seen = p.reloadAll(nil)
		case <-w.Events:
			timer.Reset(settle)
			continue
		case err := <-w.Errors:
			if err != nil {
				p.o.Log.Warn("a file watch failed; SIGHUP reloads all the same", "error", err.Error())
			}
			continue
		case <-timer.C:
			seen = p.reloadAll(seen)
		}
		p.follow(w)
	}
}

// obey reloads on a signal only.
func (p *proxy) obey(ctx context.Context, hangups <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			_ = p.reloadAll(nil)
		}
	}
}

// prints are hashes of files by name. One that cannot be read has the zero hash.
type prints map[string][sha256.Size]byte

// reloadAll reloads what differs from what was seen; all, if that is nil. It returns what it saw before it began to read.
func (p *proxy) reloadAll(seen prints) (now prints) {
	now = p.fingerprint()
	if p.policyChanged(seen, now) {
		_ = p.Reload() // logs and counts its own failure
	}
	p.reloading.Lock()
	defer p.reloading.Unlock()
	changed := seen == nil
	for _, name := range p.geoFiles() {
		changed = changed || seen[name] != now[name]
	}
	if !changed {
		return now
	}
	if err := p.geo.Reload(); err != nil {
		p.o.Log.Error("geo database not taken: the old one stays", "error", err.Error())
	}
	p.tellGeo()
	return now
}

// policyChanged tells whether the configuration, or a file that it names, differs.
func (p *proxy) policyChanged(seen, now prints) bool {
	if seen == nil || seen[p.o.File] != now[p.o.File] {
		return true
	}
	p.reloading.Lock()
	defer p.reloading.Unlock()
	return slices.ContainsFunc(p.namedFiles(), func(name string) bool { return seen[name] != now[name] })
}

// namedFiles are those that are read with the configuration: words and certificates.
func (p *proxy) namedFiles() (files []string) {
	for _, r := range p.config.Policy.Custom {
		files = append(files, r.WordsFile)
	}
	shown := []config.TLS{p.config.TLS, p.config.Admin.TLS}
	for _, l := range p.config.Listeners {
		shown = append(shown, l.TLS)
	}
	for _, t := range shown {
		files = append(files, t.CertFile, t.KeyFile, t.ClientCAFile)
	}
	return slices.DeleteFunc(files, func(name string) bool { return name == "" })
}

func (p *proxy) geoFiles() []string {
	g := p.config.Geo
	return slices.DeleteFunc([]string{g.Country, g.ASN, g.ISP}, func(name string) bool { return name == "" })
}

// watched lists the files whose change matters.
func (p *proxy) watched() []string {
	p.reloading.Lock()
	defer p.reloading.Unlock()
	files := append(p.geoFiles(), p.namedFiles()...)
	if p.o.File != "" {
		files = append(files, p.o.File)
	}
	return files
}

// follow watches the folders of the files that matter.
func (p *proxy) follow(w *fsnotify.Watcher) {
	for _, name := range p.watched() {
		if w.Add(filepath.Dir(name)) != nil {
			p.o.Log.Warn("a folder cannot be watched: reload with SIGHUP", "folder", filepath.Dir(name))
		}
	}
}

// fingerprint hashes the files that matter.
func (p *proxy) fingerprint() prints {
	seen := prints{}
	for _, name := range p.watched() {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		h := sha256.New()
		if _, err := io.Copy(h, f); err == nil {
			seen[name] = [sha256.Size]byte(h.Sum(nil))
		}
		f.Close()
	}
	return seen
}

// tendEvery is how often upstreams are looked after.
const tendEvery = 10 * time.Second

// tend probes upstreams that are down, lets files age, and releases statistics.
func (p *proxy) tend(ctx context.Context) {
	tick, old := time.NewTicker(tendEvery), time.NewTicker(expireEvery)
	defer old.Stop()
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.tendUpstreams()
			p.publish(ctx)
			p.keepQuotas(ctx)
		case <-old.C:
			p.retain(ctx)
			p.api.Tick()
		}
	}
}

func (p *proxy) tendUpstreams() {
	p.holding.Lock()
	targets := make([]*held, 0, len(p.targets))
	for _, h := range p.targets {
		targets = append(targets, h)
	}
	p.holding.Unlock()
	for _, h := range targets {
		switch u := h.Upstream.(type) {
		case interface{ Probe() }:
			u.Probe()
		case interface{ Tidy() }:
			u.Tidy()
		}
	}
}
