package stats

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/dp"
)

// Window is the time that is being counted: From is in it, To is not.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Window tells which it is.
func (c *Counter) Window() Window {
	w := c.window.Load()
	return Window{w.from, w.to}
}

// keptWindow is what a Counter has counted, for one that goes on with it.
type keptWindow struct {
	Window
	// Counts is what the cells mean: they are of no use to a Counter that counts something else.
	Counts string `json:"counts"`
	// Groups are the contributions by the name of the group, one for each table.
	Groups map[string][][]keptCell `json:"groups"`
}

// keptCell is one cell of one group.
type keptCell struct {
	Key  uint32  `json:"key"`
	Sums dp.Sums `json:"sums"`
}

// Keep returns what was counted in the window, bounded as it is, for Restore. It holds the parts of single groups, without noise: it must not be kept but
// sealed. Nothing may be counted after it.
func (c *Counter) Keep() []byte {
	k := keptWindow{Window: c.Window(), Counts: c.counts(), Groups: map[string][][]keptCell{}}
	for tenant, g := range c.groups {
		name := c.o.Groups[tenant]
		if k.Groups[name] != nil {
			continue
		}
		g.mu.Lock()
		list, some := make([][]keptCell, len(g.parts)), false
		for i, part := range g.parts {
			list[i] = []keptCell{}
			part.Each(func(key uint32, sums dp.Sums) {
				list[i], some = append(list[i], keptCell{key, sums}), true
			})
		}
		g.mu.Unlock()
		if some {
			k.Groups[name] = list
		}
	}
	return values.JSON(&k)
}

// Errors of Restore. Nothing was restored then.
var (
	ErrUnreadWindow = errors.New("what was counted before the restart cannot be read")
	ErrOtherWindow  = errors.New("another window has begun since what was counted before the restart")
	ErrOtherCounts  = errors.New("what was counted before the restart was counted under other terms, tenants or routes")
)

// Restore goes on with what Keep returned, if that is of the same window and means the same. What it adds is bounded like all that is counted.
func (c *Counter) Restore(text []byte) error {
	var k keptWindow
	if values.ReadJSON(text, &k) != nil {
		return ErrUnreadWindow
	}
	own := c.Window()
	switch {
	case !k.From.Equal(own.From) || !k.To.Equal(own.To):
		return ErrOtherWindow
	case k.Counts != c.counts():
		return ErrOtherCounts
	}
	for _, list := range k.Groups {
		if len(list) != len(c.tables) {
			return ErrUnreadWindow
		}
	}
	restored := map[*group]bool{}
	for tenant, g := range c.groups {
		if restored[g] {
			continue
		}
		restored[g] = true
		g.mu.Lock()
		for i, cells := range k.Groups[c.o.Groups[tenant]] {
			for _, cell := range cells {
				g.parts[i].Add(cell.Key, cell.Sums)
			}
		}
		g.mu.Unlock()
	}
	return nil
}

// counts is a digest of all that gives cells their meaning and their bounds.
func (c *Counter) counts() string {
	sum := sha256.Sum256(values.JSON(struct {
		Config         any
		Groups         map[string]string
		Routes, Errors []string
		Words          any
	}{c.o.Config, c.o.Groups, c.o.Routes, c.o.Errors, c.dims.words}))
	return hex.EncodeToString(sum[:])
}
