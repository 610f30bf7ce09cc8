package proxy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/audit"
	"winnow/proxy/keys"
)

// purpose of the stream that this proxy forwards (SOD-1).
const purpose = "operations"

// training is the purpose of what is copied of tenants who opted in (TRAIN-1).
const training = "training"

// keysBucket is the bucket of the state that has the keys of pseudonyms. The spool has one named keys, in the same cluster.
const keysBucket = "pseudonyms"

// keysOpening bounds the reading of the keys at start.
const keysOpening = 30 * time.Second

// keySettings are those of a configuration.
func keySettings(c *config.Config) keys.Settings {
	return keys.Settings{Length: time.Duration(c.KeyEpoch), Keep: c.Keys.Keep, MaxStaleness: time.Duration(c.MaxStaleness)}
}

// openKeys opens the keys of pseudonyms, or sees that the master secret is the one that those in use were made under.
func (p *proxy) openKeys(c *config.Config, master []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), keysOpening)
	defer cancel()
	if p.keys != nil {
		return p.keys.Check(ctx, master)
	}
	if err := p.openAudit(c, master); err != nil {
		return err
	}
	var err error
	if p.keys, err = openKeys(ctx, c, master, p.states, p.o.Log, p.o.Now, p.record, func() *audit.Log { return p.audit }); err == nil {
		p.metrics.Keys(p.keyEpochs, p.o.Now)
	}
	return err
}

// keyEpochs are those of the keys of pseudonyms, for metrics.
func (p *proxy) keyEpochs() (admin.KeyEpochs, bool) {
	s := p.keys.Summary()
	return admin.KeyEpochs(s), !s.Began.IsZero()
}

func openKeys(
	ctx context.Context, c *config.Config, master []byte, s *State, log *slog.Logger, now func() time.Time,
	tell func(audit.Entry) error, book func() *audit.Log,
) (*keys.Ring, error) {
	bucket, err := s.Bucket(keysBucket)
	if err != nil {
		return nil, err
	}
	ring, err := keys.Open(ctx, keys.Options{
		Values: bucket, Master: master, Settings: keySettings(c), Now: now, Log: log,
		Tell: func(a keys.Act) error {
			return tell(audit.Entry{Actor: a.Actor, Act: a.Name, Object: a.Object, Details: a.Details})
		},
		Head: func() string { return headOf(book()) },
	})
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return ring, nil
}

// headOf is the last line of the audit log as `winnow audit verify` prints it; empty without one.
func headOf(book *audit.Log) string {
	if book == nil {
		return ""
	}
	head := book.Head()
	return fmt.Sprintf("%d:%s", head.Seq, head.Hash)
}
