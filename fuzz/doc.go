// Package fuzz holds properties of winnow that are true of any bytes, stated over exported names only, one target each:
//
//	go test -run='^$' -fuzz='^FuzzNDJSON$' -fuzztime=20s ./fuzz
//
// A target's doc comment names its properties. Seeds stand in testdata/fuzz/<target>; a crasher is committed there with its mend. Without
// -fuzz the seeds run as tests.
package fuzz
