package corpora

import (
	"fmt"
	"strconv"
)

// Access returns web server logs in the combined format, with an address at the head of every line, one in ten of them IPv6.
func Access(seed uint64, size int) Corpus {
	g := newSource(seed, 1)
	for len(g.out) < size {
		g.out = g.appendAccess(g.out)
		g.records++
	}
	return g.corpus("access")
}

var (
	pages  = []string{"/", "/shop", "/shop/basket", "/search?q=red+shoes&page=2", "/static/app.3f9c1b.js", "/img/logo@2x.png", "/api/v1/orders/81723"}
	agents = []string{
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.61 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
		"curl/8.5.0",
		"Go-http-client/1.1",
	}
)

func (g *source) appendAccess(b []byte) []byte {
	if g.rng.IntN(10) == 0 {
		b = append(b, g.plant("ipv6", g.ipv6())...)
	} else {
		b = append(b, g.plant("ipv4", g.ipv4())...)
	}
	b = g.tick().AppendFormat(b, " - - [02/Jan/2006:15:04:05 -0700] ")
	return fmt.Appendf(b, "\"%s %s HTTP/1.1\" %d %d \"https://www.example.com%s\" \"%s\"\n",
		one(g, methods), one(g, pages), one(g, statuses), g.rng.IntN(90_000), one(g, pages), one(g, agents))
}

// System returns what a machine says when all is well: syslog, kernel and storage lines full of numbers and names that only look like
// personal data. Nothing is planted, and a change to any line is a false positive.
func System(seed uint64, size int) Corpus {
	g := newSource(seed, 0)
	for len(g.out) < size {
		g.out = append(one(g, systemLines)(g, g.out), '\n')
		g.records++
	}
	return g.corpus("system")
}

var systemLines = []func(*source, []byte) []byte{
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.appendSyslog(b, "systemd[1]"), "Started Session %d of user root.", g.rng.IntN(9000))
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.appendSyslog(b, "systemd["+g.pid()+"]"), "logrotate.service: Deactivated successfully, consumed %d.%03ds CPU time.", g.rng.IntN(9), g.rng.IntN(1000))
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.appendSyslog(b, "CRON["+g.pid()+"]"), "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)")
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.appendSyslog(b, "kernel"), "[%5d.%06d] pci 0000:%02x:1f.%d: BAR 5: assigned [mem 0x%08x-0x%08x]",
			g.rng.IntN(90_000), g.rng.IntN(1_000_000), g.rng.IntN(256), g.rng.IntN(8), g.rng.Uint32(), g.rng.Uint32())
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.appendSyslog(b, "kernel"), "[%5d.%06d] EXT4-fs (nvme0n1p%d): mounted filesystem with ordered data mode. Quota mode: none.",
			g.rng.IntN(90_000), g.rng.IntN(1_000_000), 1+g.rng.IntN(4))
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.appendSyslog(b, "chronyd["+g.pid()+"]"), "System clock wrong by %.6f seconds, frequency %.3f ppm", g.rng.NormFloat64(), g.rng.NormFloat64()*20)
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.now.AppendFormat(b, "060102 150405 "), "%d INFO dfs.DataNode$PacketResponder: PacketResponder %d for block blk_%d terminating",
			g.rng.IntN(4000), g.rng.IntN(3), g.rng.Int64()>>1)
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.tick().AppendFormat(b, "060102 150405 "), "%d INFO dfs.FSNamesystem: BLOCK* NameSystem.allocateBlock: /user/root/rand/_temporary/_task_%d_0001_m_%06d_0/part-%05d. blk_-%d",
			g.rng.IntN(4000), g.now.Unix(), g.rng.IntN(2000), g.rng.IntN(2000), g.rng.Int64()>>1)
	},
	func(g *source, b []byte) []byte {
		return fmt.Appendf(g.appendSyslog(b, "dockerd["+g.pid()+"]"), "level=info msg=\"image pulled\" digest=\"sha256:%s\" size=%d", g.chars(64, hexDigits), g.rng.IntN(1<<30))
	},
}

func (g *source) pid() string { return strconv.Itoa(300 + g.rng.IntN(30_000)) }

func (g *source) appendSyslog(b []byte, program string) []byte {
	return fmt.Appendf(g.tick().AppendFormat(b, time3164), "web-%d %s: ", 10+g.rng.IntN(40), program)
}

// time3164 is the time stamp of RFC 3164.
const time3164 = "Jan _2 15:04:05 "
