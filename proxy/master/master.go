// Package master derives from the master secret what winnow seals and signs with.
//
// Each use has a secret of its own: HKDF-SHA-256 (RFC 5869) of the master secret without a salt, whose info is the Use's text. What one of them
// seals no other opens, and who learns one learns neither the others nor the master secret. The texts are part of what is on disk: with another
// one nothing that was sealed before can be opened.
//
// Sealed bytes are those of AES-256-GCM (NIST SP 800-38D): a random nonce of 12 bytes, what is sealed, encrypted, and a tag of 16 bytes. The AEAD puts the
// nonce there and takes it away by itself: it is given none. Under one key no more than 2^32 texts may be sealed.
package master

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
)

// Use is what a secret is derived for.
type Use string

// All uses.
const (
	// PseudonymKeys wraps the keys of pseudonyms.
	PseudonymKeys Use = "winnow pseudonym keys"
	// SpoolDataKeys wraps the keys that seal what waits in the spool.
	SpoolDataKeys Use = "winnow spool data keys"
	// StatisticsWindow seals what is counted of a window over a restart.
	StatisticsWindow Use = "winnow statistics window"
	// AuditLog is the seed of the Ed25519 key that signs logs.
	AuditLog Use = "winnow audit log"
)

// KeyBytes is how long what is derived is, and a key of AES-256.
const KeyBytes = 32

// Derive returns the KeyBytes of a use. That the secret is long enough is seen to by who takes it.
func Derive(secret []byte, use Use) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, string(use), KeyBytes)
}

// AEAD seals for a use. It is safe for concurrent use.
func AEAD(secret []byte, use Use) (cipher.AEAD, error) {
	key, err := Derive(secret, use)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return GCM(key)
}

// GCM seals under a key of KeyBytes that was not derived but made, and itself sealed by a use. It keeps nothing of key's memory, and is safe for
// concurrent use.
func GCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
