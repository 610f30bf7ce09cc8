package keys

import "time"

// Summary is what there is of epochs, as of now.
type Summary struct {
	// Current is the number of the epoch for everybody, and Began when it did.
	Current uint32
	Began   time.Time
	// Kept epochs are those whose keys are not destroyed, the current one and those of single tenants among them.
	Kept int
	// Destroyed is when keys were last: those of an epoch, or others since this process began. Zero: never.
	Destroyed time.Time
}

// Summary tells what is known without asking the state.
func (r *Ring) Summary() (s Summary) {
	l := r.view.Load().epochs
	if len(l.Epochs) == 0 {
		return s
	}
	last := l.last()
	s.Current, s.Began = last.Number, last.Began
	if at := r.destroyed.Load(); at != nil {
		s.Destroyed = *at
	}
	for i := range l.Epochs {
		switch at := l.Epochs[i].Destroyed; {
		case at == nil:
			s.Kept++
		case at.After(s.Destroyed):
			s.Destroyed = *at
		}
	}
	return s
}
