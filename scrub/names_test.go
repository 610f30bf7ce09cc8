package scrub

import (
	"fmt"
	"testing"

	"winnow/config"
)

// What is remembered of a name is what Below and Quiet say, whichever names came before it.
func TestMemberAgreesWithBelowAndQuiet(t *testing.T) {
	p, err := Compile(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	r := p.Begin(Request{})
	defer r.Close()
	if err := r.LoadBinary(nil); err != nil {
		t.Fatal(err)
	}
	names := []string{"", "a", "service.name", "user.email", "alice@example.com", "http.method", "\xff", "x-\xc3", "192.0.2.1"}
	for i := range 600 {
		names = append(names, fmt.Sprintf("attribute.%d", i%300))
	}
	for range 2 {
		for _, name := range names {
			for _, above := range []Field{r.Within(Root), r.Within(Resource)} {
				key := []byte(name)
				d, quiet := r.Member(above, key)
				if says := r.p.set.Named(key); r.says(key) != says {
					t.Fatalf("%q: says %v, want %v", name, !says, says)
				}
				if wantQuiet := name != "\xff" && name != "x-\xc3" && r.Quiet(key); d != r.Below(above, key) || quiet != wantQuiet {
					t.Fatalf("%q: field %v, quiet %v; want %v, %v", name, d, quiet, r.Below(above, key), wantQuiet)
				}
			}
		}
	}
}
