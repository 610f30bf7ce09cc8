package proxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"

	"winnow/proxy/admin"
	"winnow/proxy/audit"
	"winnow/proxy/receipts"
)

// errNoReceipts is about a folder without them.
var errNoReceipts = admin.NewProblem(http.StatusNotFound, "no_receipts", "there are no receipts: audit.off says that none are kept, or winnow never ran on this data folder")

// Breach reads the receipts in a data folder, proves them, and reports what left to an upstream between two times. A log that is damaged is
// reported as that, and read to its end all the same.
func Breach(dir string, q receipts.Query) (*receipts.Report, error) {
	report := receipts.NewReport(q)
	unread := 0
	about, damage, err := audit.Inspect(filepath.Join(dir, audit.ReceiptsName), func(l *audit.Line, sound bool) {
		switch l.Act {
		case actBegin:
			report.Began(l.Time)
		case actEnd:
			report.Ended(l.Time)
		case actReceipts:
			var page receipts.Page
			if json.Unmarshal(l.Data, &page) != nil {
				unread++
				return
			}
			report.Add(&page, sound)
		}
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNoReceipts
	case err != nil:
		return nil, err
	}
	report.Whole, report.Lines, report.Signed = damage == nil && unread == 0, about.Lines, about.Signed
	if about.Head.Seq > 0 {
		report.Head = fmt.Sprintf("%d:%s", about.Head.Seq, about.Head.Hash)
	}
	switch {
	case damage != nil:
		report.Damage = damage.Error()
	case unread > 0:
		report.Damage = fmt.Sprintf("%d pages cannot be read: another version of winnow wrote them", unread)
	}
	report.End()
	return report, nil
}

// Breach implements admin.AuditLog. What was counted and not written yet is written first, so that it is in the report.
func (d auditDesk) Breach(q admin.BreachQuery) (any, error) {
	if r := d.receipts(); r != nil {
		if err := r.write(); err != nil {
			return nil, admin.NewProblem(http.StatusServiceUnavailable, "unavailable", "the receipts of the last minutes cannot be written: winnow's own log says why")
		}
	}
	return Breach(d.dir, receipts.Query(q))
}
