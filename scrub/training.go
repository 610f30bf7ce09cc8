package scrub

import (
	"fmt"
	"strings"
)

// Training is the policy of copies for training, with a variant for each of the policy's; nil if none are made. It lets out no more than the policy.
func (p *Policy) Training() *Policy { return p.training }

// mostShown bounds how many differences a mistake names.
const mostShown = 3

// training compiles the policy of copies, and refuses one under which a copy could hold what the record does not (TRAIN-2).
func (b *builder) training() {
	if !b.c.Training.On() || len(b.mistakes) > 0 {
		return
	}
	t, err := Compile(b.c.ForTraining())
	if err != nil {
		b.wrong("training.policy", "training: the policy of copies cannot be compiled: %v", err)
		return
	}
	compared := map[[2]string]bool{}
	for _, pair := range b.pairs(t) {
		digests := [2]string{pair[0].digest, pair[1].digest}
		if compared[digests] {
			continue
		}
		compared[digests] = true
		if looser := looser(pair[0], pair[1]); looser != "" {
			b.wrong("training.policy", "training: copies could hold what the records themselves do not: %s; let the policy of copies withhold at least as much", looser)
			return
		}
	}
	b.p.training = t
}

// pairs are the policy and each of its variants, with what stands for it in the policy of copies.
func (b *builder) pairs(t *Policy) [][2]*Policy {
	list := [][2]*Policy{{b.p, t}}
	for i := range b.p.ways {
		list = append(list, [2]*Policy{b.p.ways[i].own.Policy, t.ways[i].own.Policy})
		for tenant, v := range b.p.ways[i].tenants {
			list = append(list, [2]*Policy{v.Policy, t.Variant(i, tenant).Policy})
		}
	}
	return list
}

// looser names some of what next may let out that prior withholds; empty if there is nothing.
func looser(prior, next *Policy) string {
	var list []string
	for _, c := range Compare(prior, next) {
		if c.Effect != LetsOut && c.Effect != Differs {
			continue
		}
		if len(list) == mostShown {
			return strings.Join(append(list, "and more"), ", ")
		}
		list = append(list, fmt.Sprintf("%s %q", c.What, c.Subject))
	}
	return strings.Join(list, ", ")
}
