package ingest_test

import (
	"testing"

	"winnow/proxy/ingest"
)

const body = 1 << 10

// A tenant that sends all it can leaves room for one that sends little.
func TestBudgetIsFair(t *testing.T) {
	b := ingest.NewBudget(100 * body)
	alone := 0
	for b.Acquire("noisy", body, true) {
		alone++
	}
	if alone != 85 {
		t.Errorf("alone it has %d of 100", alone)
	}
	if b.Acquire("quiet", body, true) {
		t.Error("a body was begun though nearly all is held")
	}
	var got int
	for range 100 { // every body that ends is followed by another of each
		b.Release("noisy", body)
		if b.Acquire("quiet", body, true) {
			got++
		}
		if b.Acquire("noisy", body, true) {
			t.Fatal("more than its part was given to who has most")
		}
		if got == 10 {
			break
		}
	}
	if got != 10 {
		t.Errorf("the quiet one began %d bodies", got)
	}
}

// Who was refused is forgotten once there is room again: the other may have it all.
func TestBudgetForgetsTheHungry(t *testing.T) {
	b := ingest.NewBudget(100 * body)
	for b.Acquire("noisy", body, true) {
	}
	b.Acquire("quiet", body, true)
	b.Release("noisy", 85*body)
	if b.Held() != 0 {
		t.Fatalf("%d are held", b.Held())
	}
	n := 0
	for b.Acquire("noisy", body, true) {
		n++
	}
	if n != 85 {
		t.Errorf("alone again it has %d of 100", n)
	}
}

// A body that was begun may grow while no other may begin, and one alone may have all.
func TestBudgetStages(t *testing.T) {
	b := ingest.NewBudget(100 * body)
	for _, step := range []struct {
		take int
		want ingest.Stage
	}{{69, ingest.StageEasy}, {1, ingest.StageFair}, {15, ingest.StageFull}, {10, ingest.StageBrink}, {5, ingest.StageBrink}} {
		if !b.Acquire("a", step.take*body, false) || b.Stage() != step.want {
			t.Errorf("after %d more, stage %d", step.take, b.Stage())
		}
	}
	if b.Acquire("a", 1, false) {
		t.Error("more than the limit")
	}
	b.Release("a", 100*body)
	if !b.Acquire("a", 100*body, true) {
		t.Error("one body alone")
	}
}

func BenchmarkBudget(b *testing.B) {
	budget := ingest.NewBudget(100 * body)
	b.ReportAllocs()
	for b.Loop() {
		budget.Acquire("a", body, true)
		budget.Release("a", body)
	}
}
