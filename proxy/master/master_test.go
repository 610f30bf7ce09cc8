package master_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"testing"

	"winnow/proxy/master"
)

var secret = []byte("a master secret of 32 bytes, at least")

// sealedBefore is what winnow sealed for each use before it had this package: it must be opened for ever.
var sealedBefore = []struct {
	use           master.Use
	bound, sealed string
	plain         string
}{
	{master.PseudonymKeys, "check", "PVJH4gBuqHQdj5vN48d4kisZgM4RaLQ3ZJhnQt+O6/mFXrX4JoZxA+RI5tovDDP/fg==", "winnow pseudonym keys"},
	{master.StatisticsWindow, "kept", "EiEMWwaRCIlirbQUj7KzfI3mQD2juwynewSemDNKoMcrGlwOzmsH+de1RDpPjQ==", "counts of a window"},
	{
		master.SpoolDataKeys, "YWNtZQ/operations/20260314",
		"OZjo/OMpORhomoJbv9DfVutf84/THQCqsrVyEEyAklUsdtPO+H+X0vF6eYFRWJX/IFuOyx9lEIWNc9QAxmtRy/4cIQA=", "\x81\xb7\xb3\x9c\x7b\xfa\x9e\x9e",
	},
}

// What was sealed before is opened, by its own use only, and what is sealed now has the same layout.
func TestSealedBeforeIsOpened(t *testing.T) {
	uses := []master.Use{master.PseudonymKeys, master.SpoolDataKeys, master.StatisticsWindow, master.AuditLog}
	for _, c := range sealedBefore {
		sealed, err := base64.StdEncoding.DecodeString(c.sealed)
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range uses {
			aead, err := master.AEAD(secret, use)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := aead.Open(nil, nil, sealed, []byte(c.bound))
			switch {
			case use != c.use && err == nil:
				t.Errorf("what is sealed for %q is opened for %q", c.use, use)
			case use == c.use && (err != nil || !bytes.HasPrefix(plain, []byte(c.plain))):
				t.Errorf("%q: %q, %v", use, plain, err)
			case use == c.use && len(aead.Seal(nil, nil, plain, nil)) != len(sealed):
				t.Errorf("%q: sealed now it has %d bytes, not %d", use, len(aead.Seal(nil, nil, plain, nil)), len(sealed))
			}
		}
	}
}

// Logs are signed by the key that signed them before.
func TestAuditKeyIsAsBefore(t *testing.T) {
	seed, err := master.Derive(secret, master.AuditLog)
	if err != nil {
		t.Fatal(err)
	}
	const want = "1b64b5505008d19072e141a0c8d3fae1c0d30d1fd72c0244455a5a998fa3e368"
	if got := hex.EncodeToString(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)); got != want {
		t.Errorf("public key %s, before %s", got, want)
	}
}

// A key of another length seals nothing.
func TestGCMKeyLength(t *testing.T) {
	if _, err := master.GCM(make([]byte, master.KeyBytes-1)); err == nil {
		t.Error("a key that is too short was taken")
	}
}
