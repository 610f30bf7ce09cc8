package proxy

import (
	"fmt"
	"testing"

	"github.com/cespare/xxhash/v2"

	"winnow/config"
)

// Tenants are spread over lanes evenly, and one more lane moves only those that it gets.
func TestJump(t *testing.T) {
	const tenants = 10000
	for n := 1; n < 12; n++ {
		count := make([]int, n)
		for i := range tenants {
			key := xxhash.Sum64String(fmt.Sprint("tenant-", i))
			before, after := jump(key, n), jump(key, n+1)
			if before != after && after != n {
				t.Fatalf("of %d lanes one goes from %d to %d", n+1, before, after)
			}
			count[before]++
		}
		for lane, c := range count {
			if c < tenants/n*8/10 || c > tenants/n*12/10 {
				t.Errorf("lane %d of %d has %d of %d tenants", lane, n, c, tenants)
			}
		}
	}
}

// The first lane of an upstream is called as it is, so that one lane more leaves what waits where it is.
func TestLaneNames(t *testing.T) {
	c := &config.Config{Upstreams: []config.Upstream{{ID: "a-b_2"}, {ID: "logs", Lanes: 3}}}
	if got := fmt.Sprint(laneNames(c, "a-b_2"), laneNames(c, "logs")); got != "[a-b_2] [logs logs_Lane2 logs_Lane3]" {
		t.Error(got)
	}
	for _, id := range []string{"a-b_2", "logs"} {
		for _, name := range laneNames(c, id) {
			if got := upstreamOfLane(name); got != id {
				t.Errorf("%s is of %s", name, got)
			}
		}
	}
}
