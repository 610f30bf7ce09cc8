package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"winnow/proxy/pause"
)

// ErrMemoryAcks is about servers that acknowledge what is not on stable storage yet.
var ErrMemoryAcks = errors.New("nats acknowledges from memory")

// serverInfo is what is read of a server's monitoring page /jsz.
type serverInfo struct {
	ID       string `json:"server_id"`
	Disabled bool   `json:"disabled"`
	Config   struct {
		SyncAlways bool `json:"sync_always"`
	} `json:"config"`
	Meta *struct {
		Size int `json:"cluster_size"`
	} `json:"meta_cluster"`
}

// VerifySync asks the monitoring pages of NATS servers, one URL each ("http://host:8222"), whether every server of the cluster writes to stable
// storage before it acknowledges (sync_interval: always). The error is ErrMemoryAcks, with the reason, if one does not, cannot be asked, or is
// not named. One that cannot be asked is passed over if it cannot acknowledge either: more than half of the cluster can be asked, and none of
// these is connected to it.
func VerifySync(ctx context.Context, client *http.Client, monitors []string) error {
	return verifySync(ctx, client, monitors, map[string]bool{})
}

// verifySync is VerifySync where servers are known that said so before, by their ids, which each start gives anew: one that cannot be asked now, as it
// is slow or out of reach, still does what it said. Those that say so are added.
func verifySync(ctx context.Context, client *http.Client, monitors []string, known map[string]bool) error {
	if len(monitors) == 0 {
		return fmt.Errorf("%w, for all that is known: name every server's monitoring URL in spool.monitor", ErrMemoryAcks)
	}
	servers, size := map[string]bool{}, 1
	var errs, silent []error
	var asked, idle []string
	for i, page := range askServers(ctx, client, monitors) {
		url, info := monitors[i], page.info
		switch {
		case page.err != nil:
			silent = append(silent, fmt.Errorf("%w, for all that is known: %s/jsz: %w", ErrMemoryAcks, url, page.err))
			continue
		case info.Disabled:
			silent, idle = append(silent, fmt.Errorf("%s: jetstream is not switched on, or was given up for want of room or for an error of the disk: look at the server's log, or write "+
				"jetstream { sync_interval: always } into its configuration", url)), append(idle, info.ID)
			continue
		case !info.Config.SyncAlways:
			errs = append(errs, fmt.Errorf("%w: %s: write jetstream { sync_interval: always } into its configuration", ErrMemoryAcks, url))
		default:
			known[info.ID] = true
		}
		asked = append(asked, url)
		servers[info.ID] = true
		if info.Meta != nil {
			size = max(size, info.Meta.Size)
		}
	}
	if len(silent) > 0 && !(2*len(servers) > size && alone(ctx, client, asked, known, idle)) {
		errs = append(errs, silent...)
	}
	if named := len(servers) + len(silent); len(errs) == 0 && named < size {
		errs = append(errs, fmt.Errorf("%w, for all that is known: the cluster has %d servers, and spool.monitor names %d", ErrMemoryAcks, size, named))
	}
	return errors.Join(errs...)
}

// serverAnswer is what a server says of itself, or why it says nothing.
type serverAnswer struct {
	info serverInfo
	err  error
}

// askServers asks all servers at once: one that is out of reach is waited for.
func askServers(ctx context.Context, client *http.Client, monitors []string) []serverAnswer {
	list := make([]serverAnswer, len(monitors))
	var all sync.WaitGroup
	for i, url := range monitors {
		all.Go(func() { list[i].err = askServer(ctx, client, url, "/jsz", &list[i].info) })
	}
	all.Wait()
	return list
}

// alone tells whether servers are connected only to such as are known, or idle: these keep nothing, and acknowledge nothing.
func alone(ctx context.Context, client *http.Client, monitors []string, known map[string]bool, idle []string) bool {
	for _, url := range monitors {
		var page serverRoutes
		if askServer(ctx, client, url, "/routez", &page) != nil {
			return false
		}
		for _, r := range page.Routes {
			if !known[r.Remote] && !slices.Contains(idle, r.Remote) {
				return false
			}
		}
	}
	return true
}

// serverRoutes is what is read of a server's monitoring page /routez.
type serverRoutes struct {
	Routes []struct {
		Remote string `json:"remote_id"`
	} `json:"routes"`
}

// verify asks the servers of an external cluster. What was accepted at start is asked for again when the store is started anew.
func (j *JetStream) verify(ctx context.Context) error {
	j.verifying.Lock()
	defer j.verifying.Unlock()
	err := verifySync(ctx, &http.Client{Timeout: monitorTimeout}, j.o.Monitors, j.known)
	j.verdict.Lock()
	defer j.verdict.Unlock()
	before := j.unsynced
	j.unsynced = err
	if err != nil && before == nil && j.accepted(err) {
		j.o.log().Error("the spool's acknowledgements are of memory alone: what was taken can be lost when power fails", "reason", err.Error())
	}
	if j.accepted(err) {
		return nil
	}
	return err
}

// accepted tells whether the operator accepts what is wrong.
func (j *JetStream) accepted(err error) bool {
	return err == nil || j.o.MemoryAcks && errors.Is(err, ErrMemoryAcks)
}

// synced is nil as long as what is acknowledged is on stable storage, or need not be. Another server may join a cluster at any time: while it
// is in use, its servers are asked every verifyEvery.
func (j *JetStream) synced() error {
	j.verdict.Lock()
	defer j.verdict.Unlock()
	if j.accepted(j.unsynced) {
		return nil
	}
	return j.unsynced
}

// verifyEvery is how often the servers of a cluster are asked.
const verifyEvery = 5 * time.Second

// follow asks the servers of a cluster again and again until ctx is done.
func (j *JetStream) follow(ctx context.Context) {
	for pause.For(ctx, verifyEvery) {
		was := j.synced()
		switch err := j.verify(ctx); {
		case err != nil && was == nil && ctx.Err() == nil:
			j.o.log().Error("the spool takes nothing: its servers may acknowledge what is in memory only", "reason", err.Error())
		case err == nil && was != nil:
			j.o.log().Info("the spool takes batches again: its servers write before they acknowledge")
		}
	}
}

// monitorTimeout of one monitoring page.
const monitorTimeout = 5 * time.Second

// maxServerInfo bounds a monitoring page.
const maxServerInfo = 1 << 20

// askServer reads a monitoring page of a server into page.
func askServer(ctx context.Context, client *http.Client, url, path string, page any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+path, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(answer.Body, maxServerInfo)).Decode(page)
}
