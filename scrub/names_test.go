package scrub_test

import (
	"fmt"
	"testing"

	"winnow/config"
	"winnow/scrub"
)

// What is remembered of a name is what Below and Quiet say, whichever names came before it.
func TestMemberAgreesWithBelowAndQuiet(t *testing.T) {
	p, err := scrub.Compile(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	r := p.Begin(scrub.Request{})
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
			for _, above := range []scrub.Field{r.Within(scrub.Root), r.Within(scrub.Resource)} {
				key := []byte(name)
				d, quiet := r.Member(above, key)
				if wantQuiet := name != "\xff" && name != "x-\xc3" && r.Quiet(key); d != r.Below(above, key) || quiet != wantQuiet {
					t.Fatalf("%q: field %v, quiet %v; want %v, %v", name, d, quiet, r.Below(above, key), wantQuiet)
				}
			}
		}
	}
}
