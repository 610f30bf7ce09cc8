package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// network is a network namespace for each server of a cluster, all on one bridge, and this process and winnow at its end (addresses: RFC 2544's, for
// benchmarks). What is cut drops packets without a word, as a broken switch does. It needs root.
type network struct {
	bridge string
	subnet string   // its first three numbers
	names  []string // of the namespaces
	undo   [][]string
}

// outside stands for what is in none of the namespaces: winnow.
const outside = -1

// newNetwork makes one. The error is errNotHere if the system does not allow it.
func newNetwork() (*network, error) {
	id := rand.N(60000)
	n := &network{bridge: fmt.Sprint("wch", id), subnet: fmt.Sprintf("198.%d.%d", 18+rand.N(2), rand.N(256))}
	if err := command("ip", "link", "add", n.bridge, "type", "bridge"); err != nil {
		return nil, errors.Join(errNotHere, err)
	}
	n.undo = append(n.undo, []string{"link", "del", n.bridge})
	err := errors.Join(command("ip", "addr", "add", n.address(outside)+"/24", "dev", n.bridge), command("ip", "link", "set", n.bridge, "up"))
	for i := range clusterSize {
		err = errors.Join(err, n.add(fmt.Sprint("winnow-chaos-", id, "-", i), i, id))
	}
	if err != nil {
		n.close()
		return nil, errors.Join(errNotHere, err)
	}
	return n, nil
}

// add makes one namespace and its link to the bridge.
func (n *network) add(name string, i, id int) error {
	if err := command("ip", "netns", "add", name); err != nil {
		return err
	}
	n.names = append(n.names, name)
	n.undo = append(n.undo, []string{"netns", "del", name})
	link := fmt.Sprint("wch", id, "n", i)
	return errors.Join(
		command("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name),
		command("ip", "link", "set", link, "master", n.bridge, "up"),
		command("ip", "-n", name, "addr", "add", n.address(i)+"/24", "dev", "eth0"),
		command("ip", "-n", name, "link", "set", "eth0", "up"),
		command("ip", "-n", name, "link", "set", "lo", "up"),
	)
}

// address of a server, or of what is outside.
func (n *network) address(i int) string { return n.subnet + "." + strconv.Itoa(i+2) }

// place gives a node its addresses, and has it run in its namespace.
func (n *network) place(one *node, i int) {
	at := n.address(i)
	one.client, one.monitor, one.route = at+":4222", at+":8222", at+":6222"
	one.args = append([]string{"nsenter", "--net=/run/netns/" + n.names[i]}, one.args...) // ip netns exec makes a mount namespace, which holds disks
}

// cut has two sides no longer reach each other; mend has them.
func (n *network) cut(a, b int) error {
	return errors.Join(n.route("add", a, b), n.route("add", b, a))
}

func (n *network) mend(a, b int) error {
	return errors.Join(n.route("del", a, b), n.route("del", b, a))
}

func (n *network) route(what string, from, to int) error {
	args := []string{"route", what, "blackhole", n.address(to) + "/32"}
	if from != outside {
		args = append([]string{"-n", n.names[from]}, args...)
	}
	return command("ip", args...)
}

// close removes all of it.
func (n *network) close() {
	for _, args := range n.undo {
		_ = command("ip", args...) // what is left is of no use to anybody
	}
}

// sound waits until all servers of a cluster say that they are.
func (c *natsCluster) sound(ctx context.Context) error {
	client := http.Client{Timeout: time.Second}
	sound := 0
	until(ctx, stallPatience, func() bool {
		for sound < clusterSize && answers(&client, c.nodes[sound].page) { // under load each is behind for a moment now and then
			sound++
		}
		return sound == clusterSize
	})
	if sound < clusterSize {
		return fmt.Errorf("server %s is not sound again", c.nodes[sound].id)
	}
	return nil
}

// index of a node.
func (c *natsCluster) index(n *node) int {
	for i, one := range c.nodes {
		if one == n {
			return i
		}
	}
	return outside
}
