package config

import (
	"slices"
	"strings"
)

// Statistics are counts of requests and records that tell nothing of one group of tenants (STAT-2): docs/statistics.md says how to choose the numbers.
// They are on when upstream stands here.
type Statistics struct {
	// Upstream by id that gets them, and nothing else: one with purposes: [statistics], of type file or s3, or of type http with a format.
	Upstream string `yaml:"upstream" form:"id"`
	// Window that is counted before anything is released. Windows begin at midnight UTC, or at parts of the day. Default 24h.
	Window Duration `yaml:"window" min:"1m" max:"168h"`
	// Tables that are counted, each by one or more of hour, route, status, browser, os, language, country and error. Epsilon is parted among them.
	// Default: status, browser, os, language, country, each by itself.
	Tables []string `yaml:"tables" form:"dimensions"`
	// Mechanism of the noise. Default gaussian.
	Mechanism Mechanism `yaml:"mechanism"`
	// Epsilon that the release of one window costs, all tables together. Default 1.
	Epsilon float64 `yaml:"epsilon"`
	// Delta is the probability with which a release may tell more. Default 1e-7.
	Delta float64 `yaml:"delta"`
	// Budget of epsilon in one period; when it is spent, nothing more is released. Default 31.
	Budget float64 `yaml:"budget"`
	// Period of the budget. Default 30d.
	Period Duration `yaml:"period" min:"1h"`
	// MinGroups is how many groups of tenants must share a cell of a table that is released. Default 10.
	MinGroups int `yaml:"min_groups" min:"2" max:"1000000"`
	// MaxCells of a table to which one group contributes: the first it comes to. Default 4.
	MaxCells int `yaml:"max_cells" min:"1" max:"10000"`
	// MaxRequests that one group contributes to a cell. Default 1000.
	MaxRequests int `yaml:"max_requests" min:"1" max:"1000000000"`
	// MaxRecords that one group contributes to a cell. Default 100000.
	MaxRecords int `yaml:"max_records" min:"1" max:"1000000000"`
}

// On tells whether statistics are made.
func (s *Statistics) On() bool { return s.Upstream != "" }

// Dimensions are the words that a table is made of.
var Dimensions = []string{"hour", "route", "status", "browser", "os", "language", "country", "error"}

// areDimensions tells whether text is some of them, each once.
func areDimensions(text string) bool {
	seen := map[string]bool{}
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); seen[word] || !slices.Contains(Dimensions, word) {
			return false
		}
		seen[word] = true
	}
	return true
}

// maxDimensions keeps the number of a table's cells within 32 bits, and the table meaningful.
const maxDimensions = 3

func (c *checker) statistics() {
	s := &c.Statistics
	if !s.On() {
		return
	}
	c.statisticsUpstream(s)
	for i, table := range s.Tables {
		if strings.Count(table, ",") >= maxDimensions {
			c.wrong(index("statistics.tables", i), "use at most three", "a table is by more than three dimensions: hardly any cell is shared by enough groups")
		}
	}
	if len(s.Tables) == 0 && !c.bad["statistics.tables"] {
		c.wrong("statistics.tables", "name one, or remove the key for the default", "no table to count")
	}
	if s.Epsilon <= 0 || s.Epsilon > 100 {
		c.wrong("statistics.epsilon", "write a number such as 1", "epsilon must be more than 0, and at most 100")
	}
	if s.Delta <= 0 || s.Delta > 1e-3 {
		c.wrong("statistics.delta", "write a number such as 1e-9", "delta must be more than 0, and at most 0.001")
	}
	if s.Budget < s.Epsilon {
		c.wrong("statistics.budget", "give it at least epsilon", "the budget is spent before anything is released")
	}
	if s.Window > 0 && s.Period < s.Window {
		c.wrong("statistics.period", "give it at least one window", "a period shorter than the window")
	}
}

func (c *checker) statisticsUpstream(s *Statistics) {
	i := slices.IndexFunc(c.Upstreams, func(u Upstream) bool { return u.ID == s.Upstream })
	if i < 0 {
		c.wrong("statistics.upstream", "name one of upstreams", "upstream %s is not configured", show(s.Upstream))
		return
	}
	u := &c.Upstreams[i]
	switch {
	case !u.ReceivesFor(PurposeStatistics), len(u.Purposes) > 1:
		c.wrong("statistics.upstream", "give it purposes: [statistics], and no other (SHARE-2)", "upstream %s is not there for statistics alone", show(u.ID))
	case slices.ContainsFunc(c.Upstreams, func(o Upstream) bool { return o.ID != u.ID && c.oneFolder(&o, u) }):
		c.wrong("statistics.upstream", "give it a dir of its own", "upstream %s writes into the folder of another: statistics would stand among records (SHARE-2)", show(u.ID))
	case u.Type == UpstreamGRPC, u.Type == UpstreamHTTP && u.Format == FormatSame:
		c.wrong("statistics.upstream", "give it a format, such as ndjson", "upstream %s takes what clients send, and statistics are sent by none", show(u.ID))
	}
}
