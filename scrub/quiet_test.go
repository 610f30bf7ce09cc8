package scrub_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"winnow/config"
	"winnow/scrub"
)

// Members that are passed over together leave as they would one by one, which is how a walk that is traced looks at them; and so do their
// counts.
func TestQuietMembersLeaveAsOneByOne(t *testing.T) {
	p := compile(t, `
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
	}
	records = append(records, []byte(`{"level":"a","a":1,}`), []byte(`{"level":"a","a":01}`), []byte(`{"level":"a`), []byte(`{"level":"a","a":1"b":2}`))
	body := bytes.Join(records, []byte{'\n'})
	for _, mode := range []config.Mode{config.ModeStrict, config.ModeScrub} {
		var out [2][]byte
		var counts [2]scrub.Counts
		for i, trace := range []func(scrub.Event){nil, func(scrub.Event) {}} {
			run := p.Begin(scrub.Request{Mode: mode, Trace: trace})
			if err := run.LoadJSON(body); err != nil {
				t.Fatal(err)
			}
			for at := 0; at < len(body); at += bytes.IndexByte(append(body[at:], '\n'), '\n') + 1 {
				if _, _, err := run.Record(at, scrub.Root); err != nil {
					run.Replace(at, at, []byte("unreadable:"))
				}
			}
			out[i] = bytes.Clone(run.Finish().Bytes())
			counts[i] = *run.Counts()
			counts[i].Rules, counts[i].Findings = append([]int(nil), counts[i].Rules...), append([]int(nil), counts[i].Findings...)
			run.Close()
		}
		if !bytes.Equal(out[0], out[1]) {
			t.Errorf("mode %s: together\n%s\none by one\n%s", mode, out[0], out[1])
		}
		if !reflect.DeepEqual(counts[0], counts[1]) {
			t.Errorf("mode %s: counted together %+v, one by one %+v", mode, counts[0], counts[1])
		}
	}
}
