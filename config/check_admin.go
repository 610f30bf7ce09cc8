package config

import "slices"

// ownActors are who acts in the audit log without a token of the file: the file itself, the command line, and winnow.
var ownActors = []string{"file", "cli", "winnow", "unknown"}

// administrators checks that nobody reaches the API from another machine in clear, or without a token.
func (c *checker) administrators() {
	a := c.Admin
	if a.TLS.On() {
		c.tls("admin.tls", a.TLS)
	}
	if open := a.Listen != "off" && !IsLoopback(a.Listen) && !c.bad["admin.listen"]; open {
		if !a.TLS.On() && !c.bad["admin.tls"] {
			c.wrong("admin.listen", "write admin.tls: {cert_file: …, key_file: …}, or listen on 127.0.0.1",
				"the administrators' listener is open to other machines, and has no certificate")
		}
		if len(a.Tokens) == 0 && !c.bad["admin.tokens"] {
			c.wrong(c.stated("admin.tokens", "admin.listen"), "write admin.tokens (`winnow key` makes a token), or listen on 127.0.0.1",
				"the administrators' listener is open to other machines, and nobody has a token")
		}
	}
	ids, hashes := map[string]int{}, map[string]int{}
	for _, t := range c.Tenants {
		for _, k := range t.Keys {
			hashes[k] = c.Source.Pos("tenants").Line
		}
	}
	for i, t := range a.Tokens {
		path := index("admin.tokens", i)
		c.unique(path+".id", "token", t.ID, ids)
		c.unique(path+".hash", "key hash", t.Hash, hashes)
		if slices.Contains(ownActors, t.ID) {
			c.wrong(path+".id", "choose another", "token %s: the audit log has this name for winnow's own", show(t.ID))
		}
	}
}
