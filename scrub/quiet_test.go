package scrub_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// Members that are passed over together leave as they would one by one, which is how a walk that is traced looks at them; and so do their
// counts.
func TestQuietMembersLeaveAsOneByOne(t *testing.T) {
	p := scrubtest.Policy(t, `
version: 1
policy:
  rules:
    - {id: kept, fields: ["level", "http.*", "list", "client.address"], class: telemetry}
    - {id: gone, fields: ["gone"], class: telemetry, action: drop}
    - {id: cut, fields: ["cut"], class: telemetry, action: {truncate: {ipv4: 24}}}
`)
	shape := `{"level":"info","gone":"x","a":1,"http":{"n":1,"m":true},"b": "two","list":[1,"c"],"client.address":null,"cut":"192.0.2.77","c":"%s"}`
	var records [][]byte
	for _, last := range []string{"x", "ann@example.com", `a\"b`, "y", `\n`, "192.0.2.1", "z"} {
		records = append(records, fmt.Appendf(nil, shape, last))
		records = append(records, []byte(`{"level":"`+last+`", "b":"`+last+`","a":1.5e3 ,"c":4111111111111111,"d":[],"http":{}}`))
		records = append(records, []byte(`{"level":"`+last+`","password":"`+last+`","klevel":"`+last+`","kpin":"4821","kcvv":123,"ssn":987654320,"kphone":2025550123,"kpwd":"Tr0ub4 x","kgone":1}`))
	}
	records = append(records, []byte(`{"level":"a","a":1,}`), []byte(`{"level":"a","a":01}`), []byte(`{"level":"a`), []byte(`{"level":"a","a":1"b":2}`))
	leaveAsOneByOne(t, p, bytes.Join(records, []byte{'\n'}))
}

// A member is known by all bytes of its name and by what stands above it, in whatever order records of several kinds have theirs, and
// however many names there are.
func TestMembersAreKnownByNameAndPlace(t *testing.T) {
	p := scrubtest.Policy(t, `
version: 1
policy:
  rules:
    - {id: kept, fields: ["a", "aaaaaaaa", "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b.aaa", "k1*", "b.b.k2*"], class: telemetry}
    - {id: gone, fields: ["aaa", "b.aaaaaaaa", "k2*", "aaaaaaaaaaaaaaaaaaaab"], class: telemetry, action: drop}
    - {id: cut, fields: ["aaaaaaaaaaaaaaaaaaaaaaa", "b.a"], class: telemetry, action: {truncate: {ipv4: 24}}}
`)
	random := rand.New(rand.NewPCG(1, 2))
	values := []string{
		`"x"`, `1.5`, `"192.0.2.77"`, `null`, `"ann@example.com"`, `[]`, `{}`, `{ }`, `[1,{"aaa":2}]`, ` false`, `"` + strings.Repeat("y", 150) + `"`,
		`-0.25e+7`, `123456789012`, `4111111111111111`, `"a\n\"b\" ann@example.com"`, `"{\"k1\":\"ann@example.com\"}"`, `1,"ann@example.com":{"k1":1}`, `1 `,
	}
	var object func(depth int) []byte
	object = func(depth int) []byte {
		b := []byte{'{'}
		for k := range random.IntN(8) {
			if k > 0 {
				b = append(b, ',')
			}
			name := strings.Repeat("a", 1+random.IntN(60))
			switch random.IntN(5) {
			case 0:
				name += "b"
			case 1, 2:
				name = fmt.Sprintf("k%d", random.IntN(3000))
			}
			b = fmt.Appendf(b, "%q:", name)
			if depth > 0 && random.IntN(5) == 0 {
				b = append(append(b, []string{`0,"b":`, `0,"b": `, ``}[random.IntN(3)]...), object(depth-1)...)
				continue
			}
			b = append(b, values[random.IntN(len(values))]...)
		}
		return append(b, '}')
	}
	var body []byte
	for n := range 2000 {
		record := object(3)
		if n%10 == 0 { // one that is damaged somewhere
			record[random.IntN(len(record))] = `"\{}[],:0x`[random.IntN(10)]
		}
		body = append(append(body, record...), '\n')
	}
	leaveAsOneByOne(t, p, body)
}

// sorter knows names that begin with k by what is behind it, decides about cut, and has names of more than 40 bytes go.
type sorter struct{ run *scrub.Run }

func (sorter) Order() uint32 { return 1 }

func (sorter) Sort(key []byte) (path []byte, asks bool) {
	if len(key) > 1 && key[0] == 'k' {
		return key[1:], len(key) > 40
	}
	return key, string(key) == "cut" || len(key) > 40
}

func (s sorter) Member(key []byte, at int) (end int, stays bool, err error) {
	path, asks := s.Sort(key)
	if asks {
		end, err = s.run.Skip(at)
		return end, string(key) == "cut", err
	}
	return s.run.Value(at, s.run.At(scrub.Root, path), path)
}

// sorted scrubs the record at i by a Sorter.
func sorted(run *scrub.Run, i int) error {
	run.Begin()
	m := run.Mark()
	_, _, err := run.Sorted(i, sorter{run})
	if err != nil {
		run.Rollback(m)
		run.End(scrub.Withheld)
		return err
	}
	run.End(scrub.Kept)
	return nil
}

// leaveAsOneByOne compares what leaves of a body with what leaves when the walk is traced, be its records walked as such or by a Sorter.
func leaveAsOneByOne(t *testing.T, p *scrub.Policy, body []byte) {
	t.Helper()
	leaveAlike(t, p, body, "records", func(run *scrub.Run, i int) error {
		_, _, err := run.Record(i, scrub.Root)
		return err
	})
	leaveAlike(t, p, body, "sorted", sorted)
}

func leaveAlike(t *testing.T, p *scrub.Policy, body []byte, name string, walk func(run *scrub.Run, i int) error) {
	t.Helper()
	for _, mode := range []config.Mode{config.ModeStrict, config.ModeScrub} {
		var out [2][]byte
		var counts [2]scrub.Counts
		for i, trace := range []func(scrub.Event){nil, func(scrub.Event) {}} {
			run := p.Begin(scrub.Request{Mode: mode, Trace: trace})
			if err := run.LoadJSON(body); err != nil {
				t.Fatal(err)
			}
			for at := 0; at < len(body); at += bytes.IndexByte(append(body[at:], '\n'), '\n') + 1 {
				if err := walk(run, at); err != nil {
					run.Replace(at, at, []byte("unreadable:"))
				}
			}
			out[i] = bytes.Clone(run.Finish().Bytes())
			counts[i] = *run.Counts()
			counts[i].Rules, counts[i].Findings = append([]int(nil), counts[i].Rules...), append([]int(nil), counts[i].Findings...)
			run.Close()
		}
		if !bytes.Equal(out[0], out[1]) {
			at := 0
			for at < min(len(out[0]), len(out[1])) && out[0][at] == out[1][at] {
				at++
			}
			from := max(0, at-200)
			t.Errorf("%s, mode %s: at %d, together\n%.400s\none by one\n%.400s", name, mode, at, out[0][from:], out[1][from:])
		}
		if !reflect.DeepEqual(counts[0], counts[1]) {
			t.Errorf("%s, mode %s: counted together %+v, one by one %+v", name, mode, counts[0], counts[1])
		}
	}
}
