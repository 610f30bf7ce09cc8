package detect

import "bytes"

// protocolName reports whether local and domain around an at sign are a name that SSH negotiates: chacha20-poly1305@openssh.com. Who adds an algorithm, a
// request or an extension to the protocol names it under a domain of theirs (RFC 4251 section 6). In the domains of projects such a name has a dash or a digit
// or is one of sshWords; in those of firms and schools one of its words is from sshWords.
func protocolName(local, domain []byte) bool {
	switch {
	case sshProjects.has(domain):
		return bytes.IndexByte(local, '-') > 0 || survey(local).digits > 0 || sshWords.has(local)
	case sshDomains.has(domain):
		return inName(sshWords, local)
	}
	return false
}

// sshProjects and sshDomains are the domains under which such names are in use.
var (
	sshProjects = newWordSet("openssh.com", "libssh.org", "tinyssh.org", "libssh2.org", "putty.projects.tartarus.org", "dropbear.ucc.asn.au")
	sshDomains  = newWordSet("ssh.com", "lysator.liu.se", "amazon.com", "bitvise.com", "gnome.org")
)

// sshWords are names, and words of them, that no person has.
var sshWords = newWordSet("eow", "keepalive", "zlib", "statvfs", "fstatvfs", "fsync", "hardlink", "limits", "lsetstat", "ping", "tun", "simple", "winadj",
	"rijndael", "twofish", "serpent", "hmac", "umac", "cbc", "ctr", "gcm", "chacha", "curve", "kex", "rsa", "dss", "ecdsa", "ecdh")
