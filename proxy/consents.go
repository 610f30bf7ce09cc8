package proxy

// optedOut tells whether a tenant takes no part in statistics.
func (p *proxy) optedOut(string) bool { return false }
