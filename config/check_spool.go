package config

import "strings"

// spool warns where credentials go to an external cluster in clear, and what is delivered with them.
func (c *checker) spool() {
	if c.Spool.CredentialsFile == "" || c.bad["spool.nats"] {
		return
	}
	for _, u := range c.Spool.NATS {
		if strings.HasPrefix(u, "nats:") && !isLoopbackURL(u) {
			c.warn("spool.nats", "use tls://", "spool: credentials go over the network unencrypted")
			return
		}
	}
}
