package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// node is one NATS server, a process of its own.
type node struct {
	process
	id, client, monitor, route string
}

// natsCluster is three NATS servers on loopback, as an operator would run them.
type natsCluster struct{ nodes []*node }

// clusterSize is the smallest that outlives the loss of one.
const clusterSize = 3

// nodeText configures a node: id, client port, monitor, folder, sync, cluster port, routes.
const nodeText = `server_name: %s
listen: %s
http: %s
max_payload: 8MB
lame_duck_duration: 30s
lame_duck_grace_period: 2s
jetstream { store_dir: %q, sync_interval: %s, max_memory_store: 64MB, max_file_store: 8GB }
cluster { name: chaos, listen: %s, routes: [%s] }
`

// newCluster makes a cluster with a folder for each node, and starts it. sync is "always", or how long what was acknowledged may be in memory only.
func (s *stand) newCluster(ctx context.Context, folders []string, sync string) (*natsCluster, error) {
	return s.newClusterIn(ctx, folders, sync, nil)
}

// newClusterIn is newCluster with a network for each node; nil: all are on loopback.
func (s *stand) newClusterIn(ctx context.Context, folders []string, sync string, net *network) (*natsCluster, error) {
	binary, err := s.natsServer(ctx)
	if err != nil {
		return nil, err
	}
	c := &natsCluster{}
	var errs []error
	for i := range clusterSize {
		n := &node{id: fmt.Sprint("n", i)}
		var errs2 [3]error
		n.client, errs2[0] = freeAddress()
		n.monitor, errs2[1] = freeAddress()
		n.route, errs2[2] = freeAddress()
		n.dir = folders[i]
		n.args = []string{binary, "-c", n.path("nats.conf")}
		if net != nil {
			net.place(n, i)
		}
		n.page = "http://" + n.monitor + "/healthz"
		errs = append(errs, errors.Join(errs2[:]...), n.openLog())
		c.nodes = append(c.nodes, n)
	}
	var routes []string
	for _, n := range c.nodes {
		routes = append(routes, "nats://"+n.route)
	}
	for _, n := range c.nodes {
		text := fmt.Sprintf(nodeText, n.id, n.client, n.monitor, n.path("store"), sync, n.route, strings.Join(routes, ", "))
		errs = append(errs, os.WriteFile(n.path("nats.conf"), []byte(text), 0o600))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, c.start(ctx)
}

// natsServer compiles the server that winnow is built with as a program of its own, once.
func (s *stand) natsServer(ctx context.Context) (string, error) {
	binary := filepath.Join(s.dir, "nats-server")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	return s.build(ctx, "nats-server", "github.com/nats-io/nats-server/v2")
}

// clusterFolders makes a folder for each node.
func (s *stand) clusterFolders() (list []string, err error) {
	for range clusterSize {
		dir, err := os.MkdirTemp(s.dir, "node-")
		if err != nil {
			return nil, err
		}
		list = append(list, dir)
	}
	return list, nil
}

// start starts all nodes, and returns once all are sound.
func (c *natsCluster) start(ctx context.Context) error {
	began := time.Now()
	for _, n := range c.nodes {
		if err := n.begin(); err != nil {
			return err
		}
	}
	for _, n := range c.nodes {
		if err := n.ready(ctx, began.Add(time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

// end sends all nodes a signal and waits for their end.
func (c *natsCluster) end(sig syscall.Signal) {
	for _, n := range c.nodes {
		n.signal(sig)
	}
	for _, n := range c.nodes {
		n.end(sig)
	}
}

func (c *natsCluster) close() {
	for _, n := range c.nodes {
		n.close()
	}
}

// config is winnow's, to keep its spool in the cluster.
func (c *natsCluster) config(accept string) string {
	var urls, monitors []string
	for _, n := range c.nodes {
		urls, monitors = append(urls, "'nats://"+n.client+"'"), append(monitors, "'http://"+n.monitor+"'")
	}
	return fmt.Sprintf("spool: {nats: [%s], monitor: [%s], max_lane_bytes: 2GiB%s}", strings.Join(urls, ", "), strings.Join(monitors, ", "), accept)
}

// serverStreams is what is read of a node's monitoring page.
type serverStreams struct {
	Accounts []struct {
		Streams []struct {
			Name    string `json:"name"`
			Cluster struct {
				Leader string `json:"leader"`
			} `json:"cluster"`
		} `json:"stream_detail"`
	} `json:"account_details"`
}

// leader is the node that leads the lane now.
func (c *natsCluster) leader(ctx context.Context) (leads *node, err error) {
	client := http.Client{Timeout: time.Second}
	until(ctx, 30*time.Second, func() bool {
		for _, n := range c.nodes {
			if leads = c.named(n.leaderOf(&client)); leads != nil {
				return true
			}
		}
		return false
	})
	if leads == nil {
		return nil, errors.Join(ctx.Err(), errors.New("nobody leads the lane"))
	}
	return leads, nil
}

func (c *natsCluster) named(id string) *node {
	for _, n := range c.nodes {
		if n.id == id {
			return n
		}
	}
	return nil
}

// leaderOf is who leads the lane, if this node does.
func (n *node) leaderOf(client *http.Client) string {
	resp, err := client.Get("http://" + n.monitor + "/jsz?streams=true")
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	var page serverStreams
	if json.NewDecoder(resp.Body).Decode(&page) != nil {
		return ""
	}
	for _, a := range page.Accounts {
		for _, s := range a.Streams {
			if s.Name == laneStream && s.Cluster.Leader == n.id {
				return n.id
			}
		}
	}
	return ""
}
