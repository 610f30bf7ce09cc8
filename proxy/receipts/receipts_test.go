package receipts_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/proxy/receipts"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// clock is set by hand.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func at(text string) time.Time {
	t, err := time.Parse("15:04:05", text)
	if err != nil {
		panic(err)
	}
	return t.AddDate(2026, 2, 13)
}

const policy = `policy:
  name: shop
  mode: scrub
  preset: none
  classes: [telemetry, identity]
  rules:
    - {id: user, fields: [user], class: identity, action: pseudonym}
    - {id: place, fields: [place], class: location}
`

// counts are those of a body with a user, a place and an e-mail address.
func counts(p *scrub.Policy) []int64 {
	list := make([]int64, len(p.Columns()))
	for i, c := range p.Columns() {
		if c.ID == "user" || c.ID == "place" || c.ID == "email" {
			list[i] = 2
		}
	}
	return list
}

var key = receipts.Key{Tenant: "acme", Upstream: "logs", Purpose: "operations", Policy: "ab12", Region: "eu"}

const page = `{"from":"2026-03-14T09:26:00Z","to":"2026-03-14T09:27:00Z","receipts":[` +
	`{"tenant":"acme","upstream":"logs","purpose":"operations","policy":"ab12","region":"eu","name":"shop","batches":2,"records":7,"bytes":900,` +
	`"unanswered":1,"data":{"finding/identity/replace/email":4,"rule/identity/pseudonym/user":4,"rule/location/drop/place":4}}]}`

func text(t *testing.T, p receipts.Page) string {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// GUARD-3: a receipt says what left, to whom, why and under which policy, whether it left at once or later.
func TestGUARD3Receipt(t *testing.T) {
	p := scrubtest.Policy(t, policy)
	sheet, now := receipts.NewSheet(p), &clock{at("09:26:00")}
	at2627 := func(c *receipts.Counter) receipts.Page { now.now = at("09:27:00"); return c.Take() }
	for name, batch := range map[string]receipts.Batch{
		"at once": {Sheet: sheet, Counts: counts(p)},
		"later":   {Tally: sheet.AppendTally(nil, counts(p))},
	} {
		t.Run(name, func(t *testing.T) {
			now.now = at("09:26:00")
			c := receipts.New(now.time)
			for i := range 2 {
				batch.Records, batch.Bytes = 3+i, 450
				c.Left(key, &batch)
			}
			c.Unanswered(key)
			if got := text(t, at2627(c)); got != page {
				t.Errorf("got  %s\nwant %s", got, page)
			}
			now.now = at("09:28:00")
			if got := c.Take(); len(got.Receipts) != 0 || got.From != at("09:27:00") {
				t.Errorf("afterwards %+v", got)
			}
		})
	}
}

// What could not be written is in the next page, which covers its time.
func TestPutBack(t *testing.T) {
	p, now := scrubtest.Policy(t, policy), &clock{at("09:26:00")}
	c := receipts.New(now.time)
	c.Left(key, &receipts.Batch{Records: 3, Bytes: 450, Sheet: receipts.NewSheet(p), Counts: counts(p)})
	now.now = at("09:26:30")
	c.Put(c.Take())
	c.Left(key, &receipts.Batch{Records: 4, Bytes: 450, Sheet: receipts.NewSheet(p), Counts: counts(p)})
	c.Unanswered(key)
	now.now = at("09:27:00")
	if got := text(t, c.Take()); got != page {
		t.Errorf("got  %s\nwant %s", got, page)
	}
}

// A clock that is set back or forward never makes an interval that leaves out when something left.
func TestGUARD3ClockIsSet(t *testing.T) {
	now := &clock{at("09:26:00")}
	c := receipts.New(now.time)
	for _, tt := range []struct{ now, from, to string }{
		{"08:00:00", "08:00:00", "09:26:00"},
		{"08:01:00", "08:00:00", "08:01:00"},
		{"23:00:00", "08:01:00", "23:00:00"},
	} {
		c.Left(key, &receipts.Batch{Records: 1})
		now.now = at(tt.now)
		if p := c.Take(); p.From != at(tt.from) || p.To != at(tt.to) || len(p.Receipts) != 1 {
			t.Errorf("at %s: %s to %s", tt.now, p.From, p.To)
		}
	}
}

// Nothing that many count at once while receipts are taken is lost or counted twice.
func TestCountedOnce(t *testing.T) {
	c := receipts.New(time.Now)
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			for i := range 2000 {
				k := key
				k.Tenant = fmt.Sprint(w % 2)
				if c.Left(k, &receipts.Batch{Records: 2, Bytes: 10}); i%10 == 0 {
					c.Unanswered(k)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { workers.Wait(); close(done) }()
	var records, unanswered int64
	take := func() {
		for _, r := range c.Take().Receipts {
			records, unanswered = records+r.Records, unanswered+r.Unanswered
		}
	}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		take()
	}
	if take(); records != 16000 || unanswered != 800 {
		t.Errorf("%d records, %d unanswered", records, unanswered)
	}
}

// A report is about the tenants, upstream and times that were asked for, names what is not proved and when receipts may be missing.
func TestGUARD3Report(t *testing.T) {
	p := scrubtest.Policy(t, policy)
	made := func(from, to string, keys ...receipts.Key) *receipts.Page {
		now := &clock{at(from)}
		c := receipts.New(now.time)
		for _, k := range keys {
			c.Left(k, &receipts.Batch{Records: 3, Bytes: 450, Sheet: receipts.NewSheet(p), Counts: counts(p)})
		}
		now.now = at(to)
		page := c.Take()
		return &page
	}
	other, elsewhere, before := key, key, key
	other.Tenant, elsewhere.Upstream, before.Policy = "beta", "else", "cd34"
	r := receipts.NewReport(receipts.Query{Upstream: "logs", From: at("09:10:30"), To: at("09:30:00")})
	r.Began(at("09:00:00"))
	r.Add(made("09:09:00", "09:10:00", key), true)
	r.Add(made("09:10:00", "09:11:00", before, elsewhere), true)
	r.Add(made("09:11:00", "09:12:00", key, other), true)
	r.Began(at("09:20:00"))
	r.Add(made("09:29:00", "09:31:00", key), false)
	r.Add(made("09:31:00", "09:32:00", key), false)
	r.Ended(at("09:40:00"))
	r.Began(at("09:50:00"))
	r.End()
	if len(r.Tenants) != 2 || len(r.Policies) != 2 || len(r.Gaps) != 1 {
		t.Fatalf("%+v", r)
	}
	a, b := r.Tenants[0], r.Tenants[1]
	if a.Tenant != "acme" || a.Records != 9 || a.First != at("09:10:00") || a.Last != at("09:31:00") || len(a.Policies) != 2 || b.Records != 3 {
		t.Errorf("%+v, %+v", a, b)
	}
	if got := fmt.Sprint(a.Data); got != "[{{finding identity replace email} 6} {{rule identity pseudonym user} 6} {{rule location drop place} 6}]" {
		t.Errorf("data %s", got)
	}
	if r.Unproved != 1 || r.Gaps[0].From != at("09:12:00") || r.Gaps[0].To != at("09:20:00") || strings.Join(r.Upstreams, " ") != "else logs" {
		t.Errorf("%d unproved, gaps %v, upstreams %q", r.Unproved, r.Gaps, r.Upstreams)
	}
	if r.Policies[0].Digest != "cd34" || r.Policies[0].Name != "shop" || r.Policies[0].Records != 3 {
		t.Errorf("policies %+v", r.Policies)
	}
	only := receipts.NewReport(receipts.Query{Upstream: "logs", Tenant: "beta", From: at("09:00:00"), To: at("10:00:00")})
	only.Add(made("09:11:00", "09:12:00", key, other), true)
	if only.End(); len(only.Tenants) != 1 || only.Tenants[0].Tenant != "beta" {
		t.Errorf("%+v", only.Tenants)
	}
}

// Bytes that are no tally count nothing that was not in them, and never panic.
func FuzzTally(f *testing.F) {
	p := scrubtest.Policy(f, policy)
	f.Add(receipts.NewSheet(p).AppendTally(nil, counts(p)))
	f.Add([]byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, in []byte) {
		c := receipts.New(time.Now)
		c.Left(key, &receipts.Batch{Records: 1, Tally: in})
		if r := c.Take().Receipts; len(r) != 1 || r[0].Records != 1 || len(r[0].Data) > len(in) {
			t.Errorf("%+v", r)
		}
	})
}

func BenchmarkLeft(b *testing.B) {
	p := scrubtest.Policy(b, policy)
	batch := receipts.Batch{Records: 100, Bytes: 40000, Sheet: receipts.NewSheet(p), Counts: counts(p)}
	c := receipts.New(time.Now)
	b.ReportAllocs()
	for b.Loop() {
		c.Left(key, &batch)
	}
}
