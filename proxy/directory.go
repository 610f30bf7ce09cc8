package proxy

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"winnow/config"
	"winnow/proxy/audit"
	"winnow/proxy/subjects"
)

// Bounds on one reading of the directory.
const (
	directoryTimeout = 10 * time.Minute
	directoryPage    = time.Minute
	directoryTick    = 10 * time.Second // how soon a directory that is newly configured is read
)

// followDirectory reads the directory of users as often as the configuration says (RIGHT-4), until ctx is done.
func (p *proxy) followDirectory(ctx context.Context) {
	tick := time.NewTicker(directoryTick)
	defer tick.Stop()
	var last time.Time
	var read config.Directory
	for {
		p.reloading.Lock()
		d := p.config.Directory
		p.reloading.Unlock()
		if now := p.o.Now(); d.On() && (d != read || now.Sub(last) >= time.Duration(d.Every)) {
			read, last = d, now
			p.syncDirectory(ctx, d)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// syncDirectory reads it once. What cannot be read, or believed, changes nothing.
func (p *proxy) syncDirectory(ctx context.Context, d config.Directory) {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	users, err := (&subjects.Directory{
		File: d.File, URL: d.URL, Token: d.Token.Reveal(), Client: &http.Client{Timeout: directoryPage},
	}).Read(ctx)
	var done subjects.Sync
	if err == nil {
		err = p.record(audit.Entry{Actor: "directory", Act: "subject.sync", Object: d.Tenant, Details: map[string]string{"users": fmt.Sprint(len(users))}})
	}
	if err == nil {
		var desk *subjects.Desk
		if desk, err = p.personsDesk().desk(); err == nil {
			done, err = desk.Follow(ctx, users, subjects.Order{Action: subjects.Action(d.Action), Tenant: d.Tenant, Why: "RIGHT-4"})
		}
	}
	p.persons.counters.Synced(err == nil, p.o.Now())
	if err != nil {
		p.o.Log.Error("the directory of users changed nothing: whom it restricted stays so", "error", err.Error())
		return
	}
	if done.Restricted+done.Released > 0 {
		_ = p.record(audit.Entry{Actor: "directory", Act: "subject.sync", Object: d.Tenant, Details: map[string]string{ // logs its own failure
			"restricted": fmt.Sprint(done.Restricted), "released": fmt.Sprint(done.Released), "result": "done",
		}})
	}
}
