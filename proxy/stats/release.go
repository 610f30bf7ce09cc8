package stats

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/dp"
)

// Line is one released cell.
type Line struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Table    string    `json:"table"`
	Hour     string    `json:"hour,omitempty"`
	Route    string    `json:"route,omitempty"`
	Status   string    `json:"status,omitempty"`
	Browser  string    `json:"browser,omitempty"`
	OS       string    `json:"os,omitempty"`
	Language string    `json:"language,omitempty"`
	Country  string    `json:"country,omitempty"`
	Error    string    `json:"error,omitempty"`
	// Requests and Records are sums with noise, 0 where it would be less.
	Requests int64 `json:"requests"`
	Records  int64 `json:"records"`
}

// Release is what came out at the end of a window.
type Release struct {
	From, To time.Time
	Lines    []Line
}

// JSON is one line of JSON for each cell.
func (r *Release) JSON() (text []byte, err error) {
	for i := range r.Lines {
		line, err := json.Marshal(&r.Lines[i])
		if err != nil {
			return nil, err
		}
		text = append(append(text, line...), '\n')
	}
	return text, nil
}

// Errors of a release.
var (
	ErrBudget = errors.New("the budget of this period is spent: nothing more is released before the next")
	errBooks  = errors.New("the budget cannot be read or written: nothing is released")
)

// budgetName is where the budget stands in its bucket.
const budgetName = "budget"

// attempts to spend before another node that spends at the same moment is given way.
const attempts = 8

// End ends the window if its time is over, and releases it if its price can be paid: nil, nil if there is nothing to do. After an error
// nothing is released, and the window is gone. It has one caller at a time.
func (c *Counter) End(ctx context.Context, now time.Time, books values.Bucket) (*Release, error) {
	return c.end(ctx, now, books, rand.Reader)
}

func (c *Counter) end(ctx context.Context, now time.Time, books values.Bucket, random io.Reader) (*Release, error) {
	if now.Before(c.window.Load().to) { // also of a clock that went back
		return nil, nil
	}
	w, tables := c.take(now)
	if err := c.spend(ctx, now, books); err != nil {
		return nil, err
	}
	r := &Release{From: w.from, To: w.to}
	for i, contributions := range tables {
		cells, err := c.terms.Release(random, contributions)
		if err != nil {
			return nil, err
		}
		for _, cell := range cells {
			r.Lines = append(r.Lines, c.line(w, i, cell))
		}
	}
	return r, nil
}

func (c *Counter) line(w window, table int, cell dp.Cell) Line {
	n := c.dims.names(cell.Key, c.tables[table])
	return Line{
		From: w.from, To: w.to, Table: c.o.Config.Tables[table],
		Hour: n[byHour], Route: n[byRoute], Status: n[byStatus], Browser: n[byBrowser], OS: n[byOS], Language: n[byLanguage], Country: n[byCountry],
		Error: n[byError], Requests: cell.Sums[0], Records: cell.Sums[1],
	}
}

// spend takes the price of a release from the budget, and returns when that is on stable storage.
func (c *Counter) spend(ctx context.Context, now time.Time, books values.Bucket) error {
	period := c.period(now)
	total := dp.MicroEpsilon(c.o.Config.Budget * 1e6)
	for range attempts {
		budget, revision, err := readBudget(ctx, books)
		if err != nil {
			return err
		}
		next, enough := budget.Spend(period, c.terms.Epsilon, total)
		if !enough {
			return ErrBudget
		}
		switch _, err = books.Revise(ctx, budgetName, values.JSON(next), revision); {
		case err == nil:
			return nil
		case !errors.Is(err, values.ErrRevised):
			return fmt.Errorf("%w: %w", errBooks, err)
		}
	}
	return fmt.Errorf("%w: others write it all the time", errBooks)
}

// readBudget is the budget, the zero one if nothing was ever spent.
func readBudget(ctx context.Context, books values.Bucket) (b dp.Budget, revision uint64, err error) {
	text, revision, err := books.Look(ctx, budgetName)
	if errors.Is(err, values.ErrNone) {
		return b, 0, nil
	}
	if err == nil {
		err = values.ReadJSON(text, &b)
	}
	if err != nil {
		return b, 0, fmt.Errorf("%w: %w", errBooks, err)
	}
	return b, revision, nil
}

// State is the budget as an administrator sees it.
type State struct {
	// Spent and Total of the period that ends at Until.
	Spent, Total float64
	Until        time.Time
	Releases     int
}

// State reads the budget of a configuration.
func (c *Counter) State(ctx context.Context, now time.Time, books values.Bucket) (State, error) {
	b, _, err := readBudget(ctx, books)
	if err != nil {
		return State{}, err
	}
	until := c.PeriodEnd(now)
	if period := c.period(now); period > b.Period {
		b = dp.Budget{Period: period}
	} else {
		until = until.Add(time.Duration(b.Period-period) * time.Duration(c.o.Config.Period))
	}
	return State{float64(b.Spent) / 1e6, c.o.Config.Budget, until, b.Releases}, nil
}

// period is the number of the period that t is in.
func (c *Counter) period(t time.Time) int64 {
	return t.Unix() / int64(time.Duration(c.o.Config.Period)/time.Second)
}

// PeriodEnd is when the period that t is in ends.
func (c *Counter) PeriodEnd(t time.Time) time.Time {
	return time.Unix((c.period(t)+1)*int64(time.Duration(c.o.Config.Period)/time.Second), 0).UTC()
}
