package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/net/netutil"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/audit"
	"winnow/proxy/consent"
	"winnow/proxy/keys"
	"winnow/proxy/spool"
	"winnow/proxy/subjects"
	"winnow/proxy/values"
	"winnow/scrub/explain"
)

// newAPI makes the administrators' API of a winnow that runs. Nobody is let in before tokens are put in force.
func (p *proxy) newAPI(c *config.Config) *admin.API {
	return admin.NewAPI(admin.Options{
		Tell: p.tellAct, Now: p.o.Now, Loopback: config.IsLoopback(c.Admin.Listen), Denied: p.metrics.Denied(), Panicked: p.metrics.Panicked,
		Resources: []admin.Resource{
			admin.HealthResource(p.metrics, p),
			admin.PolicyResource(p),
			admin.StatisticsResource(p),
			admin.SpoolResource(p.desk()),
			admin.AuditResource(auditDesk{c.DataDir, func() *audit.Log { return p.audit }, func() *receipting { return p.receipts }}),
			admin.SubjectsResource(p.personsDesk()),
			admin.KeysResource(keyDesk{func(context.Context) (*keys.Ring, error) { return p.keys, nil }}),
			admin.ConsentsResource(p.consentDesk()),
		},
	})
}

// OpenAPI opens the state that a configuration names for a command, while no winnow runs on it: nothing is delivered, and what is done is told in
// the audit log as that of the command line. The error is ErrRunning if a winnow has the state; end gives it back. Nothing is made that is
// not there.
func OpenAPI(ctx context.Context, c *config.Config, log *slog.Logger) (client *admin.Client, end func() error, err error) {
	o := &offline{state: NewState(c, log, time.Now)}
	if err := o.open(ctx, c, log); err != nil {
		err = errors.Join(err, o.close(ctx))
		if errors.Is(err, spool.ErrInUse) || errors.Is(err, audit.ErrInUse) || errors.Is(err, ErrStateInUse) {
			err = errors.Join(ErrRunning, err)
		}
		return nil, nil, err
	}
	api := admin.NewAPI(admin.Options{
		Tell: o.tell, Now: time.Now,
		Resources: []admin.Resource{
			admin.StatisticsResource(offlineStatistics{c, o.state}),
			admin.SpoolResource(spoolDesk{func() *spool.Spool { return o.spool }, time.Now}),
			admin.AuditResource(auditDesk{c.DataDir, func() *audit.Log { return o.book }, func() *receipting { return nil }}),
			admin.SubjectsResource(o.personsDesk(c)),
			admin.KeysResource(keyDesk{o.ring(c, log)}),
			admin.ConsentsResource(o.consentDesk(c, log)),
		},
	})
	return api.Direct(), func() error { return o.close(ctx) }, nil
}

// ErrRunning is about a state that a winnow works on: it is asked through its administrators' listener.
var ErrRunning = errors.New("a winnow runs on this state")

// About a state that was never begun.
var (
	errNoState = admin.NewProblem(http.StatusConflict, "no_state", "there is no state yet to act upon: "+startOnce)
	errNoKeys  = admin.NewProblem(http.StatusNotFound, "no_keys", "there are no keys of pseudonyms yet: "+startOnce)
)

const startOnce = "start winnow once, or name the configuration of the one that there is with --config"

// ring opens the keys of pseudonyms when they are first asked for. None are made.
func (o *offline) ring(c *config.Config, log *slog.Logger) func(context.Context) (*keys.Ring, error) {
	var ring *keys.Ring
	return func(ctx context.Context) (*keys.Ring, error) {
		if ring != nil {
			return ring, nil
		}
		if o.master == nil || !o.state.Shared() && !exists(filepath.Join(o.state.dir, keysBucket)) {
			return nil, errNoKeys
		}
		var err error
		ring, err = openKeys(ctx, c, o.master, o.state, log, time.Now, o.book.Append, func() *audit.Log { return o.book })
		return ring, err
	}
}

// consentDesk is the desk of a winnow that does not run. Who withdraws from training has the keys opened, too.
func (o *offline) consentDesk(c *config.Config, log *slog.Logger) consentDesk {
	ring := o.ring(c, log)
	return consentDesk{func(context.Context) (*consent.Desk, error) {
		if o.master == nil {
			return nil, errNoState
		}
		d := newConsentDesk(c, func() (values.Bucket, error) { return o.state.Bucket(consentsBucket) })
		d.Now = time.Now
		d.Purge = func(ctx context.Context, actor, tenant string) (*consent.Proof, error) {
			opened, err := ring(ctx)
			if errors.Is(err, errNoKeys) && o.spool == nil { // nothing was ever copied
				return &consent.Proof{Keys: []consent.Gone{}, AuditHead: headOf(o.book)}, nil
			}
			if err != nil {
				return nil, err
			}
			return purge(o.spool, opened)(ctx, actor, tenant)
		}
		return d, nil
	}}
}

// offline is the state of a winnow that does not run.
type offline struct {
	state  *State
	spool  *spool.Spool // nil: there is none
	folder io.Closer
	book   *audit.Log // nil: there is none, or none is wanted
	master []byte     // nil: there is no state
	kept   bool       // there is something to act upon, or the audit log is off
}

// open opens what is there. The audit log comes first: who has it has everything.
func (o *offline) open(ctx context.Context, c *config.Config, log *slog.Logger) (err error) {
	told, kept := exists(filepath.Join(c.DataDir, audit.FileName)), exists(o.state.dir)
	if !spoolExists(c) && !told && !kept {
		return nil
	}
	secret, err := keptMaster(c) // none is made: it could not read what is there
	if err != nil {
		return err
	}
	o.master = secret
	if o.book, err = openBook(c, secret, time.Now); err != nil {
		return err
	}
	o.kept = true
	if kept {
		if err := o.state.lockFolder(); err != nil {
			return err
		}
	}
	if !spoolExists(c) {
		return nil
	}
	if o.spool, o.folder, err = openSpool(ctx, c, secret, spool.Options{
		Looking: true, Held: func(string) bool { return true }, Log: log, Now: time.Now, // a winnow that runs knows of holds
	}); err != nil {
		return err
	}
	names, err := o.spool.Lanes(ctx)
	for _, id := range names {
		if err == nil {
			_, err = o.spool.Queue(ctx, id)
		}
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// personsDesk is the desk of a winnow that does not run.
func (o *offline) personsDesk(c *config.Config) personsDesk {
	return personsDesk{func() (*subjects.Desk, error) {
		if o.master == nil {
			return nil, errNoState
		}
		own, err := subjects.Keys(o.master)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(context.Background(), keysOpening)
		defer cancel()
		ring, err := openKeys(ctx, c, o.master, o.state, nil, time.Now, o.book.Append, func() *audit.Log { return o.book })
		if err != nil {
			return nil, err
		}
		return newPersonsDesk(c, own, func() (values.Bucket, error) { return o.state.Bucket(suppressions) }, time.Now, ring, o.spool)
	}}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (o *offline) close(ctx context.Context) error {
	var errs []error
	if o.spool != nil {
		errs = append(errs, o.spool.Close(context.WithoutCancel(ctx)), o.folder.Close())
	}
	return errors.Join(append(errs, o.state.Close(), o.book.Close())...)
}

// tell writes into the audit log.
func (o *offline) tell(t admin.Told) error {
	if !o.kept {
		return errNoState
	}
	return o.book.Append(entry(t))
}

func entry(t admin.Told) audit.Entry {
	return audit.Entry{Actor: t.Actor, Act: t.Act, Object: t.Object, Details: t.Details}
}

// tellAct writes what an administrator does into the audit log.
func (p *proxy) tellAct(t admin.Told) error { return p.record(entry(t)) }

// maxAdminConnections are served at once, so that nobody can use up what ingest needs.
const maxAdminConnections = 256

// listenAdmin opens the administrators' listener, and makes the token that the command line uses.
func (p *proxy) listenAdmin(c *config.Config) error {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return fmt.Errorf("data_dir: %w", err)
	}
	l, err := net.Listen("tcp", c.Admin.Listen)
	if err != nil {
		return fmt.Errorf("admin.listen: %w", err)
	}
	p.adminListen = p.shield(adminCertificate, netutil.LimitListener(l, maxAdminConnections))
	token, err := admin.MakeLocal(c.DataDir)
	if err != nil {
		return err
	}
	p.api.UseLocal(token)
	p.tokenDir = c.DataDir
	p.control = p.api.Server()
	return nil
}

// closeAdmin ends the listener, tells what waited to be told, and takes the token of the command line away.
func (p *proxy) closeAdmin() error {
	if p.control == nil {
		return nil
	}
	err := p.control.Close()
	p.api.Close()
	return errors.Join(err, admin.RemoveLocal(p.tokenDir))
}

// administrators say who may do what under a configuration, for the audit log. The beginning of a hash tells one token from the next.
func administrators(c *config.Config) map[string]string {
	list := map[string]string{}
	for _, t := range c.Admin.Tokens {
		list[t.ID] = string(t.Role) + " " + t.Hash[:min(len(t.Hash), len("sha256:")+8)]
		if t.Expires != "" {
			list[t.ID] += " until " + t.Expires
		}
	}
	return list
}

// adminTokens are those of a configuration.
func adminTokens(c *config.Config) (list []admin.Token, err error) {
	for i, t := range c.Admin.Tokens {
		path := fmt.Sprintf("admin.tokens[%d]", i)
		token := admin.Token{ID: t.ID, Role: t.Role}
		if token.Hash, err = keyHash(t.Hash); err != nil {
			return nil, c.Mistakef(path+".hash", "token %q: %v", t.ID, err)
		}
		if token.Expires, err = config.ParseTime(t.Expires); err != nil {
			return nil, c.Mistakef(path+".expires", "token %q: expires is not a time", t.ID)
		}
		list = append(list, token)
	}
	return list, nil
}

// Policy implements admin.Policies.
func (p *proxy) Policy() admin.PolicyInfo {
	p.reloading.Lock()
	defer p.reloading.Unlock()
	return admin.PolicyInfo{Name: p.policy.Name(), Digest: p.policy.Digest(), Mode: string(p.policy.Mode())}
}

// Inventory implements admin.Policies.
func (p *proxy) Inventory() any {
	p.reloading.Lock()
	c := p.config // never changed, only replaced
	p.reloading.Unlock()
	return explain.TakeInventory(c)
}

// auditDesk is what an administrator sees of the audit log.
type auditDesk struct {
	dir string
	log func() *audit.Log // nil: none is kept
	// receipts that are being counted; nil: none.
	receipts func() *receipting
}

// Head implements admin.AuditLog.
func (d auditDesk) Head() (admin.AuditHead, error) {
	l := d.log()
	if l == nil {
		return admin.AuditHead{}, admin.ErrNoAudit
	}
	return admin.AuditHead(l.Head()), nil
}

var errEnough = errors.New("as many lines as were asked for")

// Entries implements admin.AuditLog. The log is checked while it is read.
func (d auditDesk) Entries(w io.Writer, q admin.AuditQuery) error {
	if d.log() == nil {
		return admin.ErrNoAudit
	}
	n := uint64(0)
	_, err := audit.Verify(filepath.Join(d.dir, audit.FileName), nil, audit.Head{}, func(l *audit.Line) error {
		if l.Seq <= q.After || l.Time.Before(q.From) || q.Act != "" && l.Act != q.Act {
			return nil
		}
		text, err := json.Marshal(l)
		if err == nil {
			_, err = w.Write(append(text, '\n'))
		}
		if n++; err == nil && n == q.Limit {
			err = errEnough
		}
		return err
	})
	if err != nil && !errors.Is(err, errEnough) {
		return admin.NewProblem(http.StatusInternalServerError, "audit", "the audit log is not whole: "+err.Error())
	}
	return nil
}
