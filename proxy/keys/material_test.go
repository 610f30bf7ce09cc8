package keys_test

import (
	"encoding/base64"
	"testing"
)

// kept is a state that an earlier winnow made: by the names of its values.
var kept = map[string]string{
	"check":                   "PVJH4gBuqHQdj5vN48d4kisZgM4RaLQ3ZJhnQt+O6/mFXrX4JoZxA+RI5tovDDP/fg==",
	"epochs":                  "eyJlcG9jaHMiOlt7Im51bWJlciI6MTAwLCJiZWdhbiI6IjE5NzgtMDQtMDRUMDA6MDA6MDBaIn1dfQ==",
	"key/acme/operations/100": "7kK2T7bH1pB5sPbVIwBf6lnVDIdoiZ3UbiO0kcpbepH5ST8zwYe7YdiTOToDtXURK5XHO8ckGZpGbK7y",
	"made/acme/operations/100": "eyJtYWRlIjoiMTk3OC0wNC0wNFQwMDowMDowMFoiLCJkaWdlc3QiOiIyNmVjZTcxOTZhZmRhYmUwZmUwMGM1ZDhiZTc2OTZiZDczOGI4YmQ4NDk1ZDdl" +
		"NzNkMjQ2N2NjZDczNjMwYjdlIn0=",
}

// Pseudonyms stay as they are when winnow is updated: a state of an earlier one is opened, and its keys make the tokens that they made.
func TestStateOfBeforeIsOpened(t *testing.T) {
	b := newBucket(t)
	for name, text := range kept {
		value, err := base64.StdEncoding.DecodeString(text)
		if err == nil {
			err = b.Create(t.Context(), name, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const want = "email_e100_tfabz2aitjv4mfugz2ob5hreiu"
	if token := start(t, b).token(t, "acme", "operations"); token != want {
		t.Errorf("token %s, before %s", token, want)
	}
}
