package config

import "time"

// Retention bounds the age of what is kept on disk, by what it is there for (KEEP-1): docs/retention.md lists all there is. It is looked at when winnow
// starts, every hour, and when something is read; a change also with the reload, for what is on disk already. A legal hold defers what it is about.
type Retention struct {
	// Operations is for how long a batch for operations may wait or be parked in the spool, from when it was received. Default: spool.max_age.
	Operations Duration `yaml:"operations" min:"1m"`
	// Training is the same of copies for training. Default: spool.max_age.
	Training Duration `yaml:"training" min:"1m"`
	// Audit is how old a line of the audit log may become. Older ones are removed in whole files, and a signed line says which. Default 26280h (3 years).
	Audit Duration `yaml:"audit" min:"24h"`
	// Receipts is the same of the receipts, and so how far back a breach can be reported. Default 26280h (3 years).
	Receipts Duration `yaml:"receipts" min:"24h"`
	// FormerTenants is for how long it is known who decided what, and why, of a tenant that the configuration has no more; then all that stays is that
	// it grants nothing. Default 720h.
	FormerTenants Duration `yaml:"former_tenants" min:"1h"`
	// Suppressions ends restrictions and objections of persons at this age, unless a directory or a hold keeps them. Default 0s: never, as persons expect.
	Suppressions Duration `yaml:"suppressions" min:"0s"`
}

// MaxAge is for how long what is spooled for a purpose may wait or be parked.
func (c *Config) MaxAge(p Purpose) time.Duration {
	own := Duration(0)
	switch p {
	case PurposeOperations:
		own = c.Retention.Operations
	case PurposeTraining:
		own = c.Retention.Training
	}
	if own == 0 {
		own = c.Spool.MaxAge
	}
	return time.Duration(own)
}

// LongestAge is the longest of them.
func (c *Config) LongestAge() time.Duration {
	return max(c.MaxAge(PurposeOperations), c.MaxAge(PurposeTraining))
}
