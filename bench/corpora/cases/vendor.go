package cases

import (
	"hash/crc32"
	"strings"
)

// piece is a part of a vendor's token: fixed text, or n characters of an alphabet.
type piece struct {
	text     string
	n        int
	alphabet string
}

func fixed(text string) piece           { return piece{text: text} }
func some(n int, alphabet string) piece { return piece{n: n, alphabet: alphabet} }
func token(pieces ...piece) []piece     { return pieces }
func random(prefix string, n int, alphabet string) []piece {
	return token(fixed(prefix), some(n, alphabet))
}

const base32Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// vendorTokens are formats as vendors publish them. Those with a checksum are made by checksummed.
var vendorTokens = [][]piece{
	random("AKIA", 16, base32Upper), random("ASIA", 16, base32Upper), random("AIza", 35, base64URL), random("GOCSPX-", 28, base64URL),
	random("ya29.", 68, base64URL),
	token(fixed("github_pat_"), some(22, base62), fixed("_"), some(59, base62)), random("glpat-", 20, base64URL), random("gldt-", 20, base64URL),
	token(fixed("xoxb-"), some(12, decimal), fixed("-"), some(12, decimal), fixed("-"), some(24, base62)),
	token(fixed("xoxp-"), some(12, decimal), fixed("-"), some(12, decimal), fixed("-"), some(12, decimal), fixed("-"), some(32, hexLower)),
	token(fixed("xapp-1-A"), some(10, uppercase+decimal), fixed("-"), some(13, decimal), fixed("-"), some(64, hexLower)),
	random("sk_live_", 24, base62), random("rk_live_", 24, base62), random("sk_test_", 24, base62), random("whsec_", 32, base62),
	token(fixed("sk-proj-"), some(74, base64URL), fixed("T3BlbkFJ"), some(74, base64URL)), token(fixed("sk-"), some(20, base62), fixed("T3BlbkFJ"),
		some(20, base62)),
	token(fixed("sk-ant-api03-"), some(93, base64URL), fixed("AA")), token(fixed("SG."), some(22, base64URL), fixed("."), some(43, base64URL)),
	random("SK", 32, hexLower), random("dop_v1_", 64, hexLower), random("shpat_", 32, hexLower), random("shpss_", 32, hexLower),
	random("hf_", 34, base62[10:]), random("sq0atp-", 22, base64URL), random("sq0csp-", 43, base64URL), random("hvs.", 92, base64URL),
	random("r8_", 37, base62),
	random("gsk_", 52, base62), random("lin_api_", 40, base62), random("ntn_", 46, base62), random("figd_", 40, base64URL),
	random("dckr_pat_", 27, base64URL),
	token(fixed("PMAK-"), some(24, hexLower), fixed("-"), some(34, hexLower)), random("NRAK-", 27, uppercase+decimal), token(fixed("glsa_"),
		some(32, base62), fixed("_"), some(8, hexLower)),
	random("dapi", 32, hexLower), random("dp.pt.", 43, base62), random("pul-", 40, hexLower), random("rubygems_", 48, hexLower),
	random("sbp_", 40, hexLower),
	token(fixed("xkeysib-"), some(64, hexLower), fixed("-"), some(16, base62)), random("AGE-SECRET-KEY-1", 58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
	token(some(10, "123456789"), fixed(":AA"), some(33, base64URL)), random("tskey-auth-", 32, base62),
	random("pypi-AgEIcHlwaS5vcmc", 150, base64URL),
	token(fixed("sntryu_"), some(64, hexLower)), random("EAAA", 60, base64URL), random("rdme_", 70, lowercase+decimal),
	token(fixed("dt0c01."), some(24, uppercase+decimal), fixed("."), some(64, uppercase+decimal)),
}

// checksummed are prefixes whose 30 random characters are followed by their CRC-32 in base 62.
var checksummed = words("ghp_ gho_ ghu_ ghs_ ghr_ npm_")

// vendorToken returns a token in one of the formats.
func (g *source) vendorToken() string {
	n := g.rng.IntN(len(vendorTokens) + len(checksummed))
	if n >= len(vendorTokens) {
		body := g.mixed(30, base62)
		return checksummed[n-len(vendorTokens)] + body + base62CRC(body)
	}
	var b strings.Builder
	for _, p := range vendorTokens[n] {
		b.WriteString(p.text)
		b.WriteString(g.chars(p.n, p.alphabet))
	}
	return b.String()
}

// base62CRC returns the CRC-32 (ISO-HDLC) of s as six digits of base 62.
func base62CRC(s string) string {
	sum := crc32.ChecksumIEEE([]byte(s))
	b := []byte("000000")
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = base62[sum%62]
		sum /= 62
	}
	return string(b)
}
