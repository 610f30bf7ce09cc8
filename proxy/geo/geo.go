// Package geo knows the country, region, network and provider of an address, from the operator's own MaxMind-format files.
//
// Coordinates, postcodes and cities are never told (META-5), whatever a file holds. Private, loopback and link-local addresses have no
// place. A file is read into memory whole, which costs its size and makes it safe to be written over in place: of a mapped file that
// would end the process. A bad new file leaves the one before in force.
//
// The package watches nothing: the caller says when to Reload.
package geo

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"winnow/config"
	"winnow/scrub/meta"
)

// MaxFileBytes bounds a database file. The largest in common use have about 130 MB.
const MaxFileBytes = 1 << 30

// DB looks up addresses in up to three files. It is safe for concurrent use.
type DB struct {
	log    *slog.Logger
	now    func() time.Time
	maxAge time.Duration // 0: any age will do
	files  [roleCount]file
	// reloading keeps two reloads from each putting the other's older data in force.
	reloading sync.Mutex
}

// role is what a file is asked for.
type role int

const (
	roleCountry role = iota
	roleASN
	roleISP
	roleCount
)

var roleNames = [roleCount]string{"country", "asn", "isp"}

// file is one configured path and the data in force. A lookup keeps the data it began with; the garbage collector frees replaced data
// once the last lookup has ended.
type file struct {
	path    string
	current atomic.Pointer[data]
}

// data is a file's content, ready for lookups.
type data struct {
	info   Info
	source source
}

// source finds one address in one file.
type source interface {
	// fill sets what it knows in place and leaves the rest as it is.
	fill(place *meta.Place, addr netip.Addr) error
}

// Info describes a file in force.
type Info struct {
	// Use is what it is asked for: "country", "asn" or "isp".
	Use string
	// Path as configured.
	Path string
	// Type as the file calls itself.
	Type string
	// Built is when the data was made, which is its age.
	Built time.Time
	// Bytes of memory it takes.
	Bytes int64
}

// Open reads the files that are configured. Paths that are empty are left out; without any the DB knows nothing. All files' errors are
// returned at once, joined. A file that is too old by the clock now is as good as none from that moment on.
func Open(paths config.Geo, log *slog.Logger, now func() time.Time) (*DB, error) {
	db := &DB{log: log, now: now, maxAge: time.Duration(paths.MaxAge)}
	for r, path := range [roleCount]string{paths.Country, paths.ASN, paths.ISP} {
		db.files[r].path = path
	}
	if err := db.Reload(); err != nil {
		return nil, err
	}
	return db, nil
}

// Lookup returns what the files know about addr. It has nothing to say about an address that is nobody's in particular.
func (db *DB) Lookup(addr netip.Addr) meta.Place {
	var place meta.Place
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsUnspecified() || addr.IsMulticast() {
		return place
	}
	for r := range db.files {
		d := db.files[r].current.Load()
		if d == nil || db.stale(d) {
			continue
		}
		before := place
		if d.source.fill(&place, addr) != nil {
			place = before // a damaged record, or an IPv6 address and a file without: not known
		}
	}
	return place
}

// stale tells whether data is older than it may be, or nobody can tell: what was built tomorrow says that the clock is wrong.
func (db *DB) stale(d *data) bool {
	age := db.now().Sub(d.info.Built)
	return db.maxAge > 0 && (age > db.maxAge || age < -builtAhead)
}

// builtAhead is how far ahead of this clock one may be by which a database was built.
const builtAhead = 24 * time.Hour

// TellsCountries tells whether there is a file of countries that is not too old.
func (db *DB) TellsCountries() bool {
	d := db.files[roleCountry].current.Load()
	return d != nil && !db.stale(d)
}

// Empty reports whether no file is configured.
func (db *DB) Empty() bool {
	for r := range db.files {
		if db.files[r].path != "" {
			return false
		}
	}
	return true
}

// Info lists the files in force.
func (db *DB) Info() []Info {
	var list []Info
	for r := range db.files {
		if d := db.files[r].current.Load(); d != nil {
			list = append(list, d.info)
		}
	}
	return list
}

// Reload reads all files anew and puts each in force at once. A file that cannot be read, is cut or is of a wrong type leaves its
// predecessor in force; all such errors are returned, joined.
func (db *DB) Reload() error {
	db.reloading.Lock()
	defer db.reloading.Unlock()
	var mistakes []error
	for r := range db.files {
		f := &db.files[r]
		if f.path == "" {
			continue
		}
		d, err := load(role(r), f.path)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("geo.%s: %s: %w", roleNames[r], f.path, err))
			continue
		}
		f.current.Store(d)
		if db.stale(d) {
			db.log.Warn("geo database is older than geo.max_age, or from the future, and counts as missing", "use", d.info.Use, "path", d.info.Path, "built", d.info.Built)
			continue
		}
		db.log.Info("geo database in force", "use", d.info.Use, "path", d.info.Path, "type", d.info.Type, "built", d.info.Built)
	}
	return errors.Join(mistakes...)
}

func load(r role, path string) (*data, error) {
	content, err := read(path)
	if err != nil {
		return nil, err
	}
	d, err := open(r, content)
	if err != nil {
		return nil, err
	}
	d.info.Use, d.info.Path, d.info.Bytes = roleNames[r], path, int64(len(content))
	return d, nil
}

// open makes data of a file's content: by its type if that is known, else by the words it uses.
func open(r role, content []byte) (*data, error) {
	d, err := openTyped(r, content)
	if errors.Is(err, errForeign) {
		return openFlat(r, content)
	}
	return d, err
}

var errChanged = errors.New("changed while it was read; write a new file and rename it, or reload again")

// read returns a file's content, unless it changes meanwhile.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if !before.Mode().IsRegular() {
		return nil, errors.New("not a regular file; name a .mmdb file")
	}
	if before.Size() > MaxFileBytes {
		return nil, fmt.Errorf("has %d bytes; %d is the most", before.Size(), int64(MaxFileBytes))
	}
	content := make([]byte, before.Size())
	if _, err := io.ReadFull(f, content); err != nil {
		return nil, errChanged
	}
	after, err := f.Stat()
	if err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, errChanged
	}
	return content, nil
}
