package detect

import (
	"strings"
	"testing"
)

// A value is found as a whole wherever it stands in a long row of values with characters of no width in them, which is read in stretches.
func TestLongRowsOfHiddenValues(t *testing.T) {
	const value = "2001:d\u00adb8:\u200bf5:\u00ad26d\u200be:c\u00adb6b\u200b:29\u00ad23:\u200b:83\u00ad88"
	scanner := defaultSet().NewScanner()
	for pad := range 120 {
		text := []byte(strings.Repeat("x", pad) + strings.Repeat(" from "+value, 60))
		found := scanner.Append(nil, text, Context{})
		whole := 0
		for _, f := range found {
			if string(text[f.Start:f.End]) == value {
				whole++
			}
		}
		if whole != 60 || len(found) != 60 {
			t.Fatalf("behind %d bytes: %d of 60 values found whole, %d findings", pad, whole, len(found))
		}
	}
}

// The same of a query string in a query string.
func TestLongRowsOfQueriesInQueries(t *testing.T) {
	scanner := defaultSet().NewScanner()
	for pad := range 120 {
		text := []byte("GET /?next=%2F" + strings.Repeat("x", pad) + strings.Repeat("%2526password%253Dhunter22xyz9", 60))
		whole := 0
		for _, f := range scanner.Append(nil, text, Context{}) {
			if string(text[f.Start:f.End]) == "hunter22xyz9" {
				whole++
			}
		}
		if whole != 60 {
			t.Errorf("behind %d bytes: %d of 60 values found whole", pad, whole)
		}
	}
}
