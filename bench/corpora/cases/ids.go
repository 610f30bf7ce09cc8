package cases

import (
	"fmt"
	"strconv"
	"strings"
)

func (g *source) uuid() string {
	h := g.chars(32, hexLower)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-" + g.chars(1, "89ab") + h[17:20] + "-" + h[20:]
}

// snowflake returns an id of 41 bits of milliseconds since a service's own epoch, and 22 bits of machine and sequence.
func (g *source) snowflake() string {
	epoch := one(g, []int64{1_288_834_974_657, 1_420_070_400_000, 1_577_836_800_000})
	return strconv.FormatInt((g.tick().UnixMilli()-epoch)<<22|g.rng.Int64N(1<<22), 10)
}

// octets returns n pairs of hex digits joined by sep.
func (g *source) octets(n int, sep string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%02x", g.n(0, 255))
	}
	return strings.Join(list, sep)
}
