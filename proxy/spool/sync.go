package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
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
// not named.
func VerifySync(ctx context.Context, client *http.Client, monitors []string) error {
	if len(monitors) == 0 {
		return fmt.Errorf("%w, for all that is known: name every server's monitoring URL in spool.monitor", ErrMemoryAcks)
	}
	servers, size := map[string]bool{}, 1
	var errs []error
	for _, url := range monitors {
		info, err := askServer(ctx, client, url)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%w, for all that is known: %s/jsz: %w", ErrMemoryAcks, url, err))
			continue
		case info.Disabled:
			errs = append(errs, fmt.Errorf("%s: jetstream is not switched on: write jetstream { sync_interval: always } into its configuration", url))
		case !info.Config.SyncAlways:
			errs = append(errs, fmt.Errorf("%w: %s: write jetstream { sync_interval: always } into its configuration", ErrMemoryAcks, url))
		}
		servers[info.ID] = true
		if info.Meta != nil {
			size = max(size, info.Meta.Size)
		}
	}
	if len(errs) == 0 && len(servers) < size {
		errs = append(errs, fmt.Errorf("%w, for all that is known: the cluster has %d servers, and spool.monitor names %d", ErrMemoryAcks, size, len(servers)))
	}
	return errors.Join(errs...)
}

// verify asks the servers of an external cluster. What was accepted at start is asked for again when the store is started anew.
func (j *JetStream) verify(ctx context.Context) error {
	j.unsynced = VerifySync(ctx, &http.Client{Timeout: monitorTimeout}, j.o.Monitors)
	if errors.Is(j.unsynced, ErrMemoryAcks) && j.o.MemoryAcks {
		j.o.log().Error("the spool's acknowledgements are of memory alone: what was taken can be lost when power fails", "reason", j.unsynced.Error())
		return nil
	}
	return j.unsynced
}

// monitorTimeout of one monitoring page.
const monitorTimeout = 5 * time.Second

// maxServerInfo bounds a monitoring page.
const maxServerInfo = 1 << 20

func askServer(ctx context.Context, client *http.Client, url string) (info serverInfo, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/jsz", http.NoBody)
	if err != nil {
		return info, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return info, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return info, fmt.Errorf("status %d", answer.StatusCode)
	}
	err = json.NewDecoder(io.LimitReader(answer.Body, maxServerInfo)).Decode(&info)
	return info, err
}
