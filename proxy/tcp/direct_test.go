//go:build linux && !race

package tcp_test

import "testing"

// What is measured is what is meant: a connection here is another than net's.
func TestIsDirect(t *testing.T) {
	quick, _ := pair(t)
	if _, ok := quick.(bothWriter); !ok {
		t.Error("no WriteBoth")
	}
}
