package command

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"winnow/proxy/audit"
)

func newAudit(con *console) *cobra.Command {
	cmd := group("audit", "Read the log of who changed what, and prove that it is whole",
		`audit reads audit.log in the data folder, or that of a winnow elsewhere, through its API, with --address. The log tells which policy came into force
when, and what else was done, each line bound to the one before. Beside it receipts.log tells what left; `+"`winnow audit breach`"+` reports from it.`+exitCodes)
	a := &auditFile{}
	a.reach.flags(cmd)
	cmd.PersistentFlags().StringVar(&a.dir, "dir", "", "data folder, in place of the config file's")
	cmd.AddCommand(newAuditVerify(con, a), newAuditShow(con, a), newAuditBreach(con, a))
	return cmd
}

// auditFile is where a log is, and what may be known of it. The file is read beside a winnow that writes it: whether it is whole is better proved
// by who did not write it.
type auditFile struct {
	reach
	dir   string
	keys  []string
	since string

	sinceReceipts string
}

func (a *auditFile) known(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&a.keys, "key", nil, "public key, in hexadecimal, that may have signed; more than one if the master secret changed")
	cmd.Flags().StringVar(&a.since, "since", "", "NUMBER:HASH of a line noted earlier, which must still be there")
}

// verify reads the log and shows each line.
func (a *auditFile) verify(show func(*audit.Line) error) (audit.Report, error) {
	keys, since, err := a.trusted(a.since, "--since")
	if err != nil {
		return audit.Report{}, err
	}
	if address := a.named(); address != "" && a.dir == "" {
		return a.verifyRemote(address, keys, since, show)
	}
	if a.dir == "" {
		c, err := load(a.config)
		if err != nil {
			return audit.Report{}, err
		}
		a.dir = c.DataDir
	}
	name := filepath.Join(a.dir, audit.FileName)
	r, err := audit.Verify(name, keys, since, show)
	if errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("%s: no such file: no winnow has run on this data folder, or audit.off keeps no log; --dir or --config names another", name)
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// trusted are the keys that may have signed, and the line that a text names; the zero Head if it is empty.
func (a *auditFile) trusted(text, flag string) (keys []ed25519.PublicKey, since audit.Head, err error) {
	for _, text := range a.keys {
		key, err := hex.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, since, usagef("--key: write 64 hexadecimal digits")
		}
		keys = append(keys, key)
	}
	if text == "" {
		return keys, since, nil
	}
	number, hash, _ := strings.Cut(text, ":")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n == 0 || len(hash) != 64 {
		return nil, since, usagef("%s: write NUMBER:HASH as `winnow audit verify` prints it", flag)
	}
	return keys, audit.Head{Seq: n, Hash: strings.ToLower(hash)}, nil
}

// verifyRemote reads the log of a winnow elsewhere, and checks it here.
func (a *auditFile) verifyRemote(address string, keys []ed25519.PublicKey, since audit.Head, show func(*audit.Line) error) (audit.Report, error) {
	client, err := a.remote(address)
	if err != nil {
		return audit.Report{}, err
	}
	lines, err := client.Stream(context.Background(), "/api/v1/audit/entries")
	if err != nil {
		return audit.Report{}, err
	}
	defer lines.Close()
	r, err := audit.VerifyFrom(lines, keys, since, show)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return r, errors.New("the answer broke off: the log is not whole there; `winnow audit verify` on that machine says where")
	}
	return r, err
}

func newAuditVerify(con *console, a *auditFile) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every line, link and signature of the audit log and the receipts",
		Long: `verify reads the whole log. It fails at the first line that was changed, removed, added or moved. Lines missing at the end show only against
a line noted elsewhere: keep what verify prints behind "head", and give it back with --since. --key proves who signed: ` + "`winnow audit verify`" + `
prints the keys that the log states; note them while you trust it. receipts.log is checked in the same way, and must still have the line that the
audit log noted last, and the one of --since-receipts.` + exitCodes,
		Example: `  winnow audit verify
  winnow audit verify --dir /var/lib/winnow --since 41:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			var keys []string
			var noted string
			r, err := a.verify(func(l *audit.Line) error {
				if head := l.Details["receipts"]; head != "" {
					noted = head
				}
				if key := l.Details["key"]; key != "" && l.Details["signature"] != "" && !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
				return nil
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(con.out, "%d lines, whole; signed up to line %d\n", r.Lines, r.Signed)
			con.expired(r)
			if r.Torn > 0 {
				fmt.Fprintf(con.out, "%d bytes behind the last line are a line that was cut short, or is being written\n", r.Torn)
			}
			for _, key := range keys {
				fmt.Fprintf(con.out, "key:  %s\n", key)
			}
			fmt.Fprintf(con.out, "head: %d:%s\n", r.Head.Seq, r.Head.Hash)
			return a.verifyReceipts(con, noted)
		},
	}
	a.known(cmd)
	cmd.Flags().StringVar(&a.sinceReceipts, "since-receipts", "", "NUMBER:HASH of a line of the receipts noted earlier")
	return cmd
}

// expired says what a log does not have any more.
func (con *console) expired(r audit.Report) {
	if r.Expired > 0 {
		fmt.Fprintf(con.out, "lines up to %d were too old and are gone, as a signed line says\n", r.Expired)
	}
}

// verifyReceipts proves receipts.log beside the audit log, which must still have the line that the audit log noted last, and the one that was
// noted elsewhere.
func (a *auditFile) verifyReceipts(con *console, noted string) error {
	if a.dir == "" {
		fmt.Fprintln(con.out, "receipts: proved on their own machine only; `winnow audit breach` says whether they are whole")
		return nil
	}
	name := filepath.Join(a.dir, audit.ReceiptsName)
	var r audit.Report
	for i, text := range []string{noted, a.sinceReceipts} {
		if i > 0 && text == "" {
			break
		}
		keys, since, err := a.trusted(text, "--since-receipts")
		if err != nil {
			return err
		}
		if r, err = audit.Verify(name, keys, since, nil); i == 0 && errors.Is(err, audit.ErrExpired) {
			r, err = audit.Verify(name, keys, audit.Head{}, nil) // what no policy has come into force behind is whole
		}
		switch {
		case errors.Is(err, fs.ErrNotExist) && since.Seq == 0:
			return nil
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s: it is gone, and had line %d when a policy came into force", name, since.Seq)
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	fmt.Fprintf(con.out, "receipts: %d lines, whole; signed up to line %d; head %d:%s\n", r.Lines, r.Signed, r.Head.Seq, r.Head.Hash)
	con.expired(r)
	return nil
}

func newAuditShow(con *console, a *auditFile) *cobra.Command {
	var act, from string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print what the audit log tells",
		Long:  `show prints the lines of the log, oldest first, and fails where it is not whole.` + exitCodes,
		Example: `  winnow audit show --act policy.load
  winnow audit show --from 2026-03-01T00:00:00Z --json`,
		Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			var begin time.Time
			if from != "" {
				var err error
				if begin, err = time.Parse(time.RFC3339, from); err != nil {
					return usagef("--from: write a time such as 2026-03-01T00:00:00Z")
				}
			}
			_, err := a.verify(func(l *audit.Line) error {
				if act != "" && l.Act != act || l.Time.Before(begin) {
					return nil
				}
				return con.auditLine(l, asJSON)
			})
			return err
		},
	}
	a.known(cmd)
	cmd.Flags().StringVar(&act, "act", "", "only lines about this act, such as policy.load")
	cmd.Flags().StringVar(&from, "from", "", "only lines from this time on (RFC 3339)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, a line each")
	return cmd
}

// auditLine prints one line.
func (con *console) auditLine(l *audit.Line, asJSON bool) error {
	if asJSON {
		text, err := json.Marshal(l)
		if err == nil {
			_, err = fmt.Fprintf(con.out, "%s\n", text)
		}
		return err
	}
	text := fmt.Sprintf("%d %s %s %s", l.Seq, l.Time.Format(time.RFC3339), l.Actor, l.Act)
	if l.Object != "" {
		text += " " + strconv.Quote(l.Object)
	}
	names := make([]string, 0, len(l.Details))
	for name := range l.Details {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text += " " + name + "=" + l.Details[name]
	}
	_, err := fmt.Fprintln(con.out, text)
	return err
}
