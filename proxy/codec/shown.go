package codec

import (
	"crypto/tls"
	"crypto/x509"
)

// Shown is the certificate that the peer of a connection showed, nil unless an authority of the listener's has signed it: what was shown and
// not verified tells nothing.
func Shown(state *tls.ConnectionState) *x509.Certificate {
	if len(state.VerifiedChains) == 0 {
		return nil
	}
	return state.PeerCertificates[0]
}
