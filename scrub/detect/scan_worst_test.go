package detect

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// anchorWords is all that anything in the tables is anchored at: prefixes and leads of tokens, names of secrets and commands, words of numbers, of
// headers and of schemes, escapes, signs.
func anchorWords() []string {
	words := append(slices.Clone(hostile), tailWords()...)
	for i := range vendorRows {
		v := &vendorRows[i]
		for body := range strings.SplitSeq(v.body, " | ") {
			if lead, _, led := strings.Cut(body, "^"); led {
				words = append(words, strings.ReplaceAll(strings.Join(strings.Fields(lead), ""), "'", ""))
			}
		}
		for prefix := range strings.FieldsSeq(v.prefixes) {
			words = append(words, prefix, prefix+"a1B2c3D4e5F6g7H8i9J0")
		}
		words = append(words, v.near...)
	}
	for i := range numberKinds {
		for spelled := range strings.SplitSeq(numberKinds[i].words, ", ") {
			words = append(words, strings.Trim(strings.ReplaceAll(spelled, "+", " "), "*!"))
		}
	}
	for i, name := range commandNames.words {
		words = append(words, name+" ")
		for _, flag := range commandsNamed[i].flags {
			words = append(words, name+" "+flag)
		}
	}
	for i := range secretWords {
		words = append(words, secretWords[i].word)
	}
	for _, list := range []*wordSet{phoneWords, ssnWords, cardWords, betweenWords, parameterSchemes, tokenSchemes, routeWords, dummies, headerNames} {
		words = append(words, list.words...)
	}
	for _, list := range [][]string{addressForms[:], breaks[:], harmlessKeys[:]} {
		words = append(words, list...)
	}
	words = append(words, "january", "mar", "<![cdata[", "some(", "&lt;", "&gt;", "&#39;", "]]>", "%2541", "%253A%252F%252F", "%3A%2F%2F", "\u200b", "４", "Ａ",
		"eyJhbGciOi", "$2b$12$", "$6$rounds=1$", "aGVsbG8gd29ybGQgdGhpcyBpcyB0ZXh0", "GB82WEST", "2001:db8::", "192.0.2.1", "02-00-5e-10-00-01",
		"0200.5e10.0001", "[email]", "\x1b[1;31m", `\u001b[31m`, `\x1b[1m`, `\u0041`, "ё", "é", "中", "\xc2\xa0", "https://", "map[", "Optional[", "<", "{", "/Users/", "/home/ada/")
	slices.Sort(words)
	return slices.Compact(words)
}

// fillers stand behind an anchor.
var hostileFillers = []string{
	"", " ", "  ", "=", ":", ": ", "-", "_", ".", "/", `"`, "'", `\"`, `":"`, `": "`, `="`, ">", "=>", "%3D", "%20", "%22", "@", "@b.", "\n", ",", ";", "(", "[", "]:", "*", "+", "&",
	"a", "a ", "A", "x=", "z:", "é", "1", "1 ", " 1", "=1 ", "-1", ".1", " 12 ", " 1234 ", " 123456 ", "=12345678,", " 123456789 ", ": 123-45-6789 ", " no 4111 1111 1111 1112 ",
	" 0123456789abcdef0123", "0123456789012345678901234567890", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4", "-----", "    ", `\\\\`, `\n`, "%2541", "\u200b4",
	" is the number of ", "=null ", "=**** ", "='", "AB12", "/a1/", "://a:b", " 11 11 11 11 11 11 11 11 11 11 11 11 11 11 11 ",
}

// hostileTexts are units that are repeated to make a text: each anchor with each filler behind it, some before it, and mixtures by chance.
func hostileTexts() []string {
	words, chance := anchorWords(), rand.New(rand.NewPCG(8, 1))
	var all []string
	for _, w := range words {
		for _, f := range hostileFillers {
			all = append(all, w+f)
		}
		for _, around := range [][2]string{{`"`, `":`}, {`"`, `":"`}, {`"`, `":1,`}, {"<", ">"}, {"--", " "}, {"-", " "}, {"?", "="}, {" ", "=x&"}, {"my_", "="}, {"[", "]="}, {`\"`, `\":\"`}, {"%22", "%22%3A"}} {
			all = append(all, around[0]+w+around[1])
		}
	}
	for range 20000 {
		unit := ""
		for range 2 + chance.IntN(4) {
			if chance.IntN(2) == 0 {
				unit += words[chance.IntN(len(words))]
			} else {
				unit += hostileFillers[chance.IntN(len(hostileFillers))]
			}
		}
		all = append(all, unit)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}

// pace is how many megabytes a second of processor time a scan gets through, the best of some turns.
func pace(t testing.TB, s *Scanner, text []byte, turns int) float64 {
	var found []Finding
	best := time.Hour
	for range turns {
		best = min(best, spent(t, func() { found = s.Append(found[:0], text, Context{}) }))
	}
	return float64(len(text)) / 1e6 / best.Seconds()
}

// hostileUnit is a unit and how fast a scan goes through a text of it, in megabytes a second.
type hostileUnit struct {
	unit string
	pace float64
}

// BenchmarkScanWorst goes through all hostile texts in each way of scanning. It lists the twenty that cost most, with their ratio to ordinary logs
// without findings, and reports the ratio of the worst one and how many in a hundred go at less than an eighth of the pace of such logs.
func BenchmarkScanWorst(b *testing.B) {
	units := hostileTexts()
	if testing.Short() { // to see that it runs
		units = units[:len(units)/50]
	}
	clean := newCorpus().jsonLogs(1<<18, false)
	for _, way := range ways {
		b.Run("way="+way, func(b *testing.B) {
			set := defaultSet()
			set.classes.level = levelOf(way)
			s := set.NewScanner()
			for b.Loop() {
				best := pace(b, s, clean, 20)
				tried := slowest(b, s, units)
				below, _ := slices.BinarySearchFunc(tried, best/8, func(u hostileUnit, p float64) int { return cmp.Compare(u.pace, p) })
				tried = again(b, s, tried[:min(300, len(tried))])
				for _, u := range tried[:20] {
					fmt.Printf("%8.1f MB/s %.4f of clean %q\n", u.pace, u.pace/best, u.unit)
				}
				b.ReportMetric(tried[0].pace/best, "worst/clean")
				b.ReportMetric(100*float64(below)/float64(len(units)), "%below-1/8")
			}
		})
	}
}

// slowest tries the units on short texts and returns them in order, the slowest first.
func slowest(b testing.TB, s *Scanner, units []string) []hostileUnit {
	tried := make([]hostileUnit, 0, len(units))
	for _, unit := range units {
		tried = append(tried, hostileUnit{unit, pace(b, s, repeated(unit, 8<<10), 2)})
	}
	slices.SortFunc(tried, slower)
	return tried
}

// again tries units on longer texts, where what grows with the square of the length comes out.
func again(b testing.TB, s *Scanner, tried []hostileUnit) []hostileUnit {
	for i, u := range tried {
		tried[i].pace = pace(b, s, repeated(u.unit, 16<<10), 8)
	}
	slices.SortFunc(tried, slower)
	return tried
}

func slower(a, b hostileUnit) int { return cmp.Compare(a.pace, b.pace) }

func repeated(unit string, size int) []byte { return bytes.Repeat([]byte(unit), 1+size/len(unit)) }

// A text sixteen times as long may not cost much more than sixteen times as much. Were the cost quadratic it would be 256 times; noise stays far
// below the bound, and a pause does not come three times. One unit in a hundred is tried, and each anchor by itself and as a key.
func TestScanIsFlat(t *testing.T) {
	var units []string
	for _, w := range anchorWords() {
		units = append(units, w, w+"=")
	}
	for i, unit := range hostileTexts() {
		if i%100 == 0 {
			units = append(units, unit)
		}
	}
	s := Compile(*everything()).NewScanner()
	took := func(text []byte) time.Duration {
		return spent(t, func() { s.Append(nil, text, Context{}) })
	}
	steep := func(small, large []byte) bool {
		a := took(small)
		return took(large) > 64*a+50*time.Millisecond
	}
	for _, unit := range units {
		small, large := repeated(unit, 4<<10), repeated(unit, 64<<10)
		times := 0
		for times < 3 && steep(small, large) {
			times++
		}
		if times == 3 {
			t.Errorf("%q: 64 KiB take more than 64 times as long as 4 KiB", unit)
		}
	}
}
