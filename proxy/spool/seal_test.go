package spool_test

import (
	"encoding/base64"
	"testing"

	"winnow/proxy/spool"
	"winnow/proxy/values"
)

// A data key and an entry that an earlier winnow sealed are opened: their layout, what they are bound to and what the key is derived by stay.
func TestSealedBeforeIsOpened(t *testing.T) {
	const (
		name  = "YWNtZQ/operations/20260314"
		key   = "OZjo/OMpORhomoJbv9DfVutf84/THQCqsrVyEEyAklUsdtPO+H+X0vF6eYFRWJX/IFuOyx9lEIWNc9QAxmtRy/4cIQA="
		entry = "4x5P5yklaHuo+78+9JvXKq7Ypom7ixQoxtiVHFv1TyDCyPcYkmPHg6qd3q+LBFE5APbWLA=="
	)
	made, erased := folder(t), folder(t)
	if err := made.Create(t.Context(), name, decode(t, key)); err != nil {
		t.Fatal(err)
	}
	id := spool.ID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	secret := []byte("a master secret of 32 bytes, at least")
	packed, err := spool.Unseal(t.Context(), made, erased, secret, 0x81b7b39c7bfa9e9e, id, decode(t, entry))
	if err != nil || string(packed) != "an entry as it is packed" {
		t.Errorf("%q, %v", packed, err)
	}
	if _, err := spool.Unseal(t.Context(), made, erased, secret, 0x81b7b39c7bfa9e9e, spool.ID{}, decode(t, entry)); err == nil {
		t.Error("an entry was opened under another id")
	}
}

func folder(t *testing.T) *values.Folder {
	t.Helper()
	f, err := values.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
