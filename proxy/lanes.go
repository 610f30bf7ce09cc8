package proxy

import (
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/spool"
)

// queue is a lane and its counters.
type queue struct {
	*spool.Queue
	counters *admin.Lane
}

// lanes are those of an upstream that take batches. Each tenant has one of them. Where their number changes, a tenant's batches go another way
// from then on; what waits in a lane that takes no more is delivered from there.
type lanes []*queue

// of is the lane of a tenant.
func (l lanes) of(tenant string) *queue { return l[jump(xxhash.Sum64String(tenant), len(l))] }

// jump spreads keys over n buckets evenly, and moves as few as can be where n changes (Lamping and Veach, "A Fast, Minimal Memory, Consistent
// Hash Algorithm", arXiv 1406.2294).
func jump(key uint64, n int) int {
	bucket, next := int64(0), int64(0)
	for next < int64(n) {
		bucket = next
		key = key*2862933555777941757 + 1
		next = int64(float64(bucket+1) * (float64(1<<31) / float64(key>>33+1)))
	}
	return int(bucket)
}

// laneMark stands between an upstream's id and a number in the names of its lanes, but for the first. It has a capital, which no id has.
const laneMark = "_Lane"

// laneName is the name of an upstream's lane, from 1.
func laneName(upstream string, number int) string {
	if number == 1 {
		return upstream
	}
	return upstream + laneMark + strconv.Itoa(number)
}

// upstreamOfLane is the id of the upstream whose lane has a name.
func upstreamOfLane(name string) string {
	id, _, _ := strings.Cut(name, laneMark)
	return id
}

// laneNames are the names of an upstream's lanes.
func laneNames(c *config.Config, upstream string) (names []string) {
	number := 1
	for i := range c.Upstreams {
		if c.Upstreams[i].ID == upstream {
			number = max(1, c.Upstreams[i].Lanes)
		}
	}
	for n := range number {
		names = append(names, laneName(upstream, n+1))
	}
	return names
}

// lanesOf are the lanes of a way that delivers through the spool, none of one that does not.
func (p *proxy) lanesOf(c *config.Config, d config.Delivery, upstream string) (l lanes) {
	if d != config.DeliverySpool {
		return nil
	}
	for _, name := range laneNames(c, upstream) {
		l = append(l, p.queues[name])
	}
	return l
}
