package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"winnow/config"
	"winnow/proxy/audit"
	"winnow/proxy/pause"
	"winnow/proxy/receipts"
	"winnow/proxy/spool"
	"winnow/proxy/upstream"
)

// The acts of the log of receipts: a winnow starts, an interval of a minute at most is over, a winnow ends with nothing left to write.
const (
	actBegin    = "receipts.begin"
	actReceipts = "receipts.page"
	actEnd      = "receipts.end"
)

// receiptsEvery is how much a crash can lose. A page never spans two hours, unless the clock is set.
const receiptsEvery = time.Minute

// maxPage is how many receipts one line of the log holds.
const maxPage = 256

// receipting keeps receipts.log: what was counted is written every minute, and what cannot be written is kept until it can.
type receipting struct {
	counter *receipts.Counter
	open    func() (*audit.Log, error)

	mu     sync.Mutex
	log    *audit.Log // nil: broken
	broken error
}

// openReceipts opens the log of receipts beside the audit log.
func (p *proxy) openReceipts(c *config.Config, master []byte) error {
	key, err := audit.Key(master)
	if err != nil {
		return err
	}
	r := &receipting{counter: receipts.New(p.o.Now), open: func() (*audit.Log, error) {
		return audit.OpenFile(filepath.Join(c.DataDir, audit.ReceiptsName), key, p.o.Now)
	}}
	if r.log, err = r.open(); err != nil {
		return err
	}
	p.receipts = r
	return r.log.Append(audit.Entry{Actor: "winnow", Act: actBegin})
}

// head is the last line, as it is noted in the audit log; empty if no receipts are kept, or none can be written.
func (r *receipting) head() string {
	if r == nil {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log == nil {
		return ""
	}
	h := r.log.Head()
	return fmt.Sprintf("%d:%s", h.Seq, h.Hash)
}

// problem is why nothing can be written; nil while it can.
func (r *receipting) problem() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken
}

// counts is the Counter; nil if no receipts are kept.
func (r *receipting) counts() *receipts.Counter {
	if r == nil {
		return nil
	}
	return r.counter
}

// write writes what was counted since the last time.
func (r *receipting) write() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log == nil {
		if r.log, r.broken = r.open(); r.broken != nil {
			return r.broken
		}
	}
	page := r.counter.Take()
	for len(page.Receipts) > 0 {
		n := min(len(page.Receipts), maxPage)
		part := receipts.Page{From: page.From, To: page.To, Receipts: page.Receipts[:n]}
		if r.broken = r.append(&part); r.broken != nil {
			r.counter.Put(page)
			_ = r.log.Close() // it is broken, and opened anew the next time
			r.log = nil
			return r.broken
		}
		page.Receipts = page.Receipts[n:]
	}
	return nil
}

func (r *receipting) append(p *receipts.Page) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return r.log.Append(audit.Entry{Actor: "winnow", Act: actReceipts, Data: text})
}

// tend removes receipts that are too old.
func (r *receipting) tend(limits audit.Limits) (t audit.Tended, err error) {
	if r == nil {
		return t, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log == nil {
		return t, nil // it is opened anew with the next page
	}
	return r.log.Tend(limits)
}

// close writes the last page and says that it is the last.
func (r *receipting) close() error {
	if r == nil {
		return nil
	}
	if err := r.write(); err != nil {
		return fmt.Errorf("receipts that could not be written are lost: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.log.Append(audit.Entry{Actor: "winnow", Act: actEnd})
	if closing := r.log.Close(); err == nil {
		err = closing
	}
	return err
}

// keepReceipts writes at the end of each minute, and so at each hour's.
func (p *proxy) keepReceipts(ctx context.Context) {
	if p.receipts == nil {
		return
	}
	for pause.For(ctx, untilNext(p.o.Now(), receiptsEvery)) {
		if err := p.receipts.write(); err != nil {
			p.o.Log.Error("receipts cannot be written; they are counted on, and written when they can be", "error", err.Error())
		}
	}
}

// untilNext is how long it is to the next whole step of the clock.
func untilNext(now time.Time, step time.Duration) time.Duration {
	return now.Truncate(step).Add(step).Sub(now)
}

// regionOf names the region that an upstream is of; empty if of none.
func regionOf(c *config.Config, upstream string) string {
	for _, r := range c.Residency.Regions {
		if r.Upstream == upstream {
			return r.ID
		}
	}
	return ""
}

// receipt counts a batch that was handed to its upstream at once.
func (s *site) receipt(tenant string, x *exchange, err error) {
	if s.receipts == nil || errors.Is(err, upstream.ErrResting) {
		return
	}
	k := receipts.Key{Tenant: tenant, Upstream: x.to.upstream.id, Purpose: purpose, Policy: x.ruling.policy.Digest(), Region: x.to.upstream.region}
	if err != nil || x.answer.Status/100 != 2 {
		s.receipts.Unanswered(k)
		return
	}
	s.receipts.Left(k, &receipts.Batch{Records: x.batch.Kept, Bytes: len(x.batch.Bytes()), Sheet: x.ruling.sheet, Counts: x.tally})
}

// receipt counts a batch that was handed to its upstream from the spool.
func (p *proxy) receipt(e *spool.Entry, to *target, records, bytes int, o *spool.Outcome) {
	c := p.receipts.counts()
	if c == nil || o.Resting {
		return
	}
	k := receipts.Key{Tenant: e.Tenant, Upstream: to.id, Purpose: e.Purpose, Policy: e.Policy, Region: to.region}
	if o.Err != nil {
		c.Unanswered(k)
		return
	}
	c.Left(k, &receipts.Batch{Records: records, Bytes: bytes, Tally: e.Tally})
}

// released counts statistics that were handed to their upstream: of no tenant, and under no policy of records.
func (p *proxy) released(to *target, lines, bytes int, arrived bool) {
	c := p.receipts.counts()
	if c == nil {
		return
	}
	k := receipts.Key{Upstream: to.id, Purpose: string(config.PurposeStatistics), Region: to.region}
	if !arrived {
		c.Unanswered(k)
		return
	}
	c.Left(k, &receipts.Batch{Records: lines, Bytes: bytes})
}
