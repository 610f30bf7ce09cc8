package cases

import (
	"fmt"
	"strconv"
	"strings"
)

// Templates hold names in «», each of which stands for something drawn anew: «v» is the value, «k» its key, all others are fillers.

// expand draws what a template's names stand for, with key and value as given.
func (g *source) expand(text, key, value string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "«")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "»")
		switch name {
		case "v":
			b.WriteString(value)
		case "k":
			b.WriteString(key)
		default:
			b.WriteString(g.fill(name))
		}
		text = after
	}
}

// fill returns what one name stands for.
func (g *source) fill(name string) string {
	f, ok := fillers[name]
	if !ok {
		panic("cases: no filler is named " + strconv.Quote(name))
	}
	return f(g)
}

type filler func(*source) string

func stamp(layout string) filler { return func(g *source) string { return g.tick().Format(layout) } }

func number(low, high int) filler {
	return func(g *source) string { return strconv.Itoa(g.n(low, high)) }
}

func of(n int, alphabet string) filler { return func(g *source) string { return g.chars(n, alphabet) } }

func word(list string) filler {
	words := strings.Fields(list)
	return func(g *source) string { return one(g, words) }
}

// fillers are the names that templates know, and what they stand for. Nothing in them is personal data.
var fillers = map[string]filler{
	// Times.
	"rfc3339":  stamp("2006-01-02T15:04:05Z07:00"),
	"rfc3339m": stamp("2006-01-02T15:04:05.000Z07:00"),
	"rfc3339n": stamp("2006-01-02T15:04:05.000000000Z07:00"),
	"date":     stamp("2006-01-02"),
	"dotdate":  stamp("2006.01.02"),
	"euro":     stamp("02.01.2006 15:04:05"),
	"us":       stamp("01/02/2006 3:04:05 PM"),
	"datetime": stamp("2006-01-02 15:04:05"),
	"comma":    stamp("2006-01-02 15:04:05,000"),
	"millis":   stamp("2006-01-02 15:04:05.000"),
	"micros":   stamp("2006-01-02 15:04:05.000000"),
	"clf":      stamp("02/Jan/2006:15:04:05 -0700"),
	"bsd":      stamp("Jan _2 15:04:05"),
	"ansic":    stamp("Mon Jan 02 15:04:05 2006"),
	"clock":    stamp("15:04:05"),
	"clockm":   stamp("15:04:05.000"),
	"compact":  stamp("20060102150405"),
	"ymd":      stamp("20060102"),
	"build":    stamp("200601021504"),
	"hdfs":     stamp("060102 150405"),
	"spark":    stamp("06/01/02 15:04:05"),
	"android":  stamp("01-02 15:04:05.000"),
	"bgl":      stamp("2006-01-02-15.04.05.000000"),
	"proxy":    stamp("01.02 15:04:05"),
	"health":   func(g *source) string { return strings.ReplaceAll(g.tick().Format("20060102-15:4:5.000"), ".", ":") },
	"epoch":    func(g *source) string { return strconv.FormatInt(g.tick().Unix(), 10) },
	"epochms":  func(g *source) string { return strconv.FormatInt(g.tick().UnixMilli(), 10) },
	"epochus":  func(g *source) string { return strconv.FormatInt(g.tick().UnixMicro()+int64(g.n(0, 999)), 10) },
	"epochns":  func(g *source) string { return strconv.FormatInt(g.tick().UnixNano()+int64(g.n(0, 999_999)), 10) },
	"epochf":   func(g *source) string { return fmt.Sprintf("%d.%06d", g.tick().Unix(), g.n(0, 999_999)) },

	// Numbers.
	"n":      number(0, 9999),
	"nn":     number(10, 99),
	"i":      number(0, 9),
	"pid":    number(300, 32_767),
	"port":   number(1024, 65_535),
	"bytes":  number(0, 90_000_000),
	"big":    func(g *source) string { return strconv.FormatInt(g.rng.Int64N(1<<40), 10) },
	"int64":  func(g *source) string { return strconv.FormatInt(g.rng.Int64(), 10) },
	"blk":    func(g *source) string { return "blk_" + strconv.FormatInt(g.rng.Int64()-g.rng.Int64(), 10) },
	"status": word("200 200 200 201 204 302 400 404 409 500 503"),
	"ms":     func(g *source) string { return strconv.FormatFloat(g.rng.ExpFloat64()*40, 'f', 3, 64) },
	"float":  func(g *source) string { return strconv.FormatFloat(g.rng.Float64(), 'f', -1, 64) },
	"float3": func(g *source) string { return strconv.FormatFloat(g.rng.Float64()*1000, 'f', 3, 64) },
	"money":  func(g *source) string { return fmt.Sprintf("%d.%02d", g.n(1, 99_999), g.n(0, 99)) },
	"nine":   func(g *source) string { return strconv.Itoa(g.n(100_000_000, 999_999_999)) },
	"ten":    func(g *source) string { return g.chars(1, "23456789") + g.digits(9) },

	// Identifiers.
	"hex4":      of(4, hexLower),
	"hex7":      func(g *source) string { return g.mixed(7, hexLower) },
	"hex8":      func(g *source) string { return g.mixed(8, hexLower) },
	"hex12":     func(g *source) string { return g.mixed(12, hexLower) },
	"addr":      func(g *source) string { return "0x" + g.chars(16, hexLower) },
	"addr8":     func(g *source) string { return "0x" + g.chars(8, hexLower) },
	"span":      func(g *source) string { return g.mixed(16, hexLower) },
	"trace":     of(32, hexLower),
	"md5":       of(32, hexLower),
	"sha1":      of(40, hexLower),
	"sha256":    of(64, hexLower),
	"sha512":    of(128, hexLower),
	"b64sha":    func(g *source) string { return g.chars(43, base64Std) },
	"sri":       func(g *source) string { return "sha512-" + g.chars(86, base64Std) + "==" },
	"uuid":      (*source).uuid,
	"ulid":      func(g *source) string { return "01HV" + g.chars(22, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") },
	"nano":      of(21, base64URL),
	"objectid":  func(g *source) string { return "65f2" + g.mixed(20, hexLower) },
	"snowflake": (*source).snowflake,
	"octets16":  func(g *source) string { return g.octets(16, ":") },
	"octets8":   func(g *source) string { return g.octets(8, ":") },
	"octets12":  func(g *source) string { return g.octets(12, ":") },
	"octets20":  func(g *source) string { return strings.ToUpper(g.octets(20, ":")) },
	"pci":       func(g *source) string { return fmt.Sprintf("0000:%02x:%02x.%d", g.n(0, 255), g.n(0, 31), g.n(0, 7)) },
	"oid": func(g *source) string {
		return fmt.Sprintf("1.3.6.1.4.1.%d.%d.%d.%d", g.n(1, 60_000), g.n(1, 20), g.n(1, 20), g.n(0, 300))
	},

	// Versions.
	"v3": func(g *source) string { return fmt.Sprintf("%d.%d.%d", g.n(0, 30), g.n(0, 40), g.n(0, 40)) },
	"v4": func(g *source) string {
		return fmt.Sprintf("%d.%d.%d.%d", g.n(1, 120), g.n(0, 200), g.n(0, 99), g.n(1, 99))
	},
	"chrome": func(g *source) string { return fmt.Sprintf("%d.0.%d.%d", g.n(90, 140), g.n(1, 250), g.n(1, 250)) },

	// Words.
	"level":  word("debug info info info warn error"),
	"method": word("GET GET GET POST PUT DELETE"),
	"svc":    word("checkout catalogue billing gateway search mailer inventory worker scheduler"),
	"word":   word("accepted started stopped retried expired opened closed queued flushed loaded skipped"),
	"noun":   word("parcel basket order invoice shard topic index replica queue session batch"),
	"host":   func(g *source) string { return g.pick("web db cache edge node") + "-" + strconv.Itoa(g.n(1, 60)) },
	"file":   word("server.go handler.py Main.java worker.rs index.js router.rb cache.cpp"),
	"pkg":    word("react vue lodash express webpack core cli types utils"),
	"part":   of(6, lowercase),
	"camel":  word("Pool Worker Session Handler Finalizer Connection Listener Token Monitor"),
}
