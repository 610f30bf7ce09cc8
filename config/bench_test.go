package config

import "testing"

func BenchmarkParse(b *testing.B) {
	data := Starter("service-operations")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("f", data, Env{}); err != nil {
			b.Fatal(err)
		}
	}
}
