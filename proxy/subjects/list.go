package subjects

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"winnow/scrub"
	"winnow/scrub/pseudonym"
)

// List is who is restricted, as of now. The zero List is empty. It is safe for concurrent use: who looks something up never waits.
//
// It is divided into maps that are never changed once they are there. A change copies the one that it is about and swaps it: with a
// million persons that is a thousandth of the list. A digest is the output of a keyed hash and its first bits are as good as random; the
// map compares all of it.
type List struct {
	shards [shards]atomic.Pointer[shard]
	count  atomic.Int64 // of entries with orders

	mu      sync.Mutex // one change at a time
	entries map[pseudonym.Digest]*known
}

const shards = 1024

// shard is a part of the list.
type shard struct {
	persons, tokens map[pseudonym.Digest][]compiled
}

// compiled is an Order for looking up.
type compiled struct {
	tenant   string
	purposes []string
	order    scrub.Order
}

// known is what a change must know of an entry to take it back.
type known struct{ tokens []pseudonym.Digest }

// shardOf is the part where a digest belongs: five bits of each of its first two characters.
func shardOf(d pseudonym.Digest) int { return int(five(d[0]))<<5 | int(five(d[1])) }

func five(c byte) byte {
	if c >= 'a' {
		return (c - 'a') & 31
	}
	return c - '2' + 26
}

// Empty tells whether nobody is restricted.
func (l *List) Empty() bool { return l.count.Load() == 0 }

// Len is how many persons are restricted.
func (l *List) Len() int { return int(l.count.Load()) }

// compile makes an entry ready for looking up. Its pseudonyms were read by readEntry.
func compile(e *Entry) (orders []compiled, tokens []pseudonym.Digest) {
	if e == nil {
		return nil, nil
	}
	for i := range e.Orders {
		o := &e.Orders[i]
		orders = append(orders, compiled{o.Tenant, o.Purposes, o.Action.order()})
	}
	for _, text := range e.Pseudonyms {
		if token, ok := pseudonym.ParseDigest(text); ok {
			tokens = append(tokens, token)
		}
	}
	return orders, tokens
}

// Put takes what was decided about a person; nil, or an entry without orders: nothing any more.
func (l *List) Put(d pseudonym.Digest, e *Entry) {
	orders, tokens := compile(e)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put(d, orders, tokens)
}

// Replace takes a whole list in place of what was there.
func (l *List) Replace(all map[pseudonym.Digest]*Entry) {
	var next [shards]*shard
	for i := range next {
		next[i] = newShard()
	}
	entries := make(map[pseudonym.Digest]*known, len(all))
	for d, e := range all {
		orders, tokens := compile(e)
		if len(orders) == 0 {
			continue
		}
		next[shardOf(d)].persons[d] = orders
		for _, t := range tokens {
			next[shardOf(t)].tokens[t] = orders
		}
		entries[d] = &known{tokens}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range next {
		l.shards[i].Store(next[i])
	}
	l.entries = entries
	l.count.Store(int64(len(entries)))
}

func newShard() *shard {
	return &shard{persons: map[pseudonym.Digest][]compiled{}, tokens: map[pseudonym.Digest][]compiled{}}
}

func (l *List) put(d pseudonym.Digest, orders []compiled, tokens []pseudonym.Digest) {
	before, was := l.entries[d]
	if len(orders) > 0 {
		l.swap(d, func(s *shard) { s.persons[d] = orders })
		for _, t := range tokens {
			l.swap(t, func(s *shard) { s.tokens[t] = orders })
		}
	} else if was {
		l.swap(d, func(s *shard) { delete(s.persons, d) })
	}
	if was {
		for _, t := range before.tokens {
			if len(orders) == 0 || !slices.Contains(tokens, t) {
				l.swap(t, func(s *shard) { delete(s.tokens, t) })
			}
		}
	}
	switch {
	case len(orders) == 0 && was:
		delete(l.entries, d)
		l.count.Add(-1)
	case len(orders) > 0:
		if l.entries == nil {
			l.entries = map[pseudonym.Digest]*known{}
		}
		l.entries[d] = &known{tokens}
		if !was {
			l.count.Add(1)
		}
	}
}

// swap changes a copy of the shard of a digest.
func (l *List) swap(d pseudonym.Digest, change func(*shard)) {
	place := &l.shards[shardOf(d)]
	next := newShard()
	if old := place.Load(); old != nil {
		next.persons, next.tokens = maps.Clone(old.persons), maps.Clone(old.tokens)
	}
	change(next)
	place.Store(next)
}

// View is what the list says about records of one tenant for one purpose. It implements scrub.Orders.
type View struct {
	list            *List
	tenant, purpose string
}

// View of a tenant and a purpose.
func (l *List) View(tenant, purpose string) *View { return &View{l, tenant, purpose} }

// About implements scrub.Orders.
func (v *View) About(d pseudonym.Digest) scrub.Order {
	s := v.list.shards[shardOf(d)].Load()
	if s == nil {
		return scrub.NoOrder
	}
	return v.strictest(s.persons[d])
}

// AboutToken implements scrub.Orders.
func (v *View) AboutToken(token []byte) scrub.Order {
	d, ok := pseudonym.TokenDigest(token)
	if !ok {
		return scrub.NoOrder
	}
	s := v.list.shards[shardOf(d)].Load()
	if s == nil {
		return scrub.NoOrder
	}
	return v.strictest(s.tokens[d])
}

// strictest is the strictest of the orders that are about this tenant and purpose.
func (v *View) strictest(orders []compiled) scrub.Order {
	strictest := scrub.NoOrder
	for i := range orders {
		o := &orders[i]
		if (o.tenant == "" || o.tenant == v.tenant) && (len(o.purposes) == 0 || slices.Contains(o.purposes, v.purpose)) {
			strictest = max(strictest, o.order)
		}
	}
	return strictest
}
