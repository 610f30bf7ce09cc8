package codec_test

import (
	"strings"
	"testing"

	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/pseudonym"
	"winnow/scrub/scrubtest"
)

// BenchmarkSubjects is what looking for persons costs: of records that name a user and a mail address, without a list, and with one that
// is about others.
func BenchmarkSubjects(b *testing.B) {
	const line = `{"time":"2026-03-14T09:26:53Z","level":"info","message":"order 4711 paid by bob@example.com","user_id":"u-1","http.status_code":200,"duration_ms":12}` + "\n"
	body := []byte(strings.Repeat(line, 500))
	p := scrubtest.Policy(b, withIdentity)
	list := orders{digests: map[pseudonym.Digest]scrub.Order{digestOf(b, "somebody"): scrub.Remove}}
	for name, request := range map[string]scrub.Request{
		"list=none":   {Keys: scrubtest.Keys(b)},
		"list=others": {Keys: scrubtest.Keys(b), SubjectKeys: subjectKeys(b), Orders: list},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			in := codec.Request{Body: body}
			for b.Loop() {
				run, _, err := codec.Passes(codec.JSON{}, &in, func(*scrub.Marked) *scrub.Run { return p.Begin(request) })
				if err != nil {
					b.Fatal(err)
				}
				run.Close()
			}
		})
	}
}
