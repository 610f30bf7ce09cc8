package dp

// Budget is what has been spent in a period, counted from 0 at the beginning of time in steps of its length. It only grows: a clock that goes
// back gives nothing back.
type Budget struct {
	Period   int64        `json:"period"`
	Spent    MicroEpsilon `json:"spent_micro_epsilon"`
	Releases int          `json:"releases"`
}

// Spend returns the budget after a release in the period that costs so much, and whether there was enough left of total.
func (b Budget) Spend(period int64, cost, total MicroEpsilon) (Budget, bool) {
	if period > b.Period {
		b = Budget{Period: period}
	}
	if cost <= 0 || cost > total-b.Spent {
		return b, false
	}
	b.Spent += cost
	b.Releases++
	return b, true
}
