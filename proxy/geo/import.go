package geo

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// Format is a published list of address ranges that Import reads. All are lines of values between commas, with # before comments.
type Format string

// The formats.
const (
	// FormatTorGeoIP is the list of the Tor project, made by IPFire from the registries: first address, last address, country. The
	// addresses of the file geoip are decimal numbers, those of geoip6 are spelled out; "??" is no country.
	FormatTorGeoIP Format = "tor-geoip"
	// FormatIPLocationASN is the list of ip-location-db: first address, last address, number of the network, its name.
	FormatIPLocationASN Format = "ip-location-db-asn"
)

// form is what a format is made into.
type form struct {
	columns     int
	database    string // a type that readers of MaxMind's files open; Attribution says whose data it is
	attribution string
	value       func(row []string) (mmdbtype.DataType, error)
}

func formOf(f Format) (form, error) {
	switch f {
	case FormatTorGeoIP:
		return form{3, "GeoLite2-Country", "IPFire Location Database as shipped by the Tor project, CC BY-SA 4.0, https://location.ipfire.org", countryOf}, nil
	case FormatIPLocationASN:
		return form{4, "GeoLite2-ASN", "ip-location-db (RouteViews and DB-IP, https://db-ip.com), CC BY 4.0, https://github.com/sapics/ip-location-db", networkOf}, nil
	}
	return form{}, fmt.Errorf("unknown format %q; use %s or %s", f, FormatTorGeoIP, FormatIPLocationASN)
}

// Input is one list. Several of one format, such as IPv4 and IPv6, become one file.
type Input struct {
	// Name for messages.
	Name   string
	Reader io.Reader
}

// Progress is told now and then while lists are read.
type Progress struct {
	// Input by name, and its lines and bytes read so far.
	Input string
	Lines int
	Bytes int64
}

// Imported is what became of the lists.
type Imported struct {
	// Ranges written, and those passed over: without a country or network, or mapped IPv4 (6to4, Teredo).
	Ranges, Passed int
	// Bytes of the file.
	Bytes int64
	// Attribution that the lists' licence asks for wherever the data is used. It also stands in the file's description.
	Attribution string
}

// Import turns lists into a MaxMind-format file at dst, which appears whole or not at all. Of overlapping ranges the later counts. A
// malformed line is an error that names its input and line. Built is the time that the file says it was made; progress may be nil. The
// work takes memory for the whole tree: some 250 MB for 660,000 ranges.
func Import(inputs []Input, format Format, dst string, built time.Time, progress func(Progress)) (Imported, error) {
	form, err := formOf(format)
	if err != nil {
		return Imported{}, err
	}
	tree, err := mmdbwriter.New(mmdbwriter.Options{
		BuildEpoch:              built.Unix(),
		DatabaseType:            form.database,
		Description:             map[string]string{"en": "Not MaxMind's data. Made by winnow from: " + form.attribution},
		Languages:               []string{"en"},
		IncludeReservedNetworks: true, // what the list states counts; lookups of private addresses are refused anyway
	})
	if err != nil {
		return Imported{}, err
	}
	done := Imported{Attribution: form.attribution}
	for _, in := range inputs {
		if err := done.read(tree, in, form, progress); err != nil {
			return Imported{}, err
		}
	}
	if done.Ranges == 0 {
		return Imported{}, errors.New("no ranges in the lists; give the files as they are published")
	}
	done.Bytes, err = write(tree, dst)
	return done, err
}

// progressLines is how often progress is told.
const progressLines = 10_000

func (done *Imported) read(tree *mmdbwriter.Tree, in Input, form form, progress func(Progress)) error {
	rows := csv.NewReader(in.Reader)
	rows.Comment, rows.FieldsPerRecord, rows.ReuseRecord = '#', form.columns, true
	for n := 1; ; n++ {
		row, err := rows.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w; give the file as it is published", in.Name, err)
		}
		if err := done.insert(tree, row, form); err != nil {
			line, _ := rows.FieldPos(0)
			return fmt.Errorf("%s:%d: %w", in.Name, line, err)
		}
		if progress != nil && n%progressLines == 0 {
			progress(Progress{in.Name, n, rows.InputOffset()})
		}
	}
}

func (done *Imported) insert(tree *mmdbwriter.Tree, row []string, form form) error {
	first, err := parseBound(row[0])
	if err != nil {
		return fmt.Errorf("first address: %w", err)
	}
	last, err := parseBound(row[1])
	if err != nil {
		return fmt.Errorf("last address: %w", err)
	}
	if first.Is4() != last.Is4() || last.Less(first) {
		return errors.New("last address is not behind the first")
	}
	value, err := form.value(row)
	if err != nil {
		return err
	}
	if value == nil {
		done.Passed++
		return nil
	}
	err = tree.InsertRange(first.AsSlice(), last.AsSlice(), value)
	var aliased *mmdbwriter.AliasedNetworkError
	if errors.As(err, &aliased) {
		done.Passed++
		return nil
	}
	done.Ranges++
	return err
}

// parseBound reads an address as text or as a decimal number.
func parseBound(s string) (netip.Addr, error) {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), nil
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" || addr.Is4In6() {
		return netip.Addr{}, errors.New("neither an address nor its number")
	}
	return addr, nil
}

func countryOf(row []string) (mmdbtype.DataType, error) {
	code := row[2]
	if code == "??" || code == "" {
		return nil, nil
	}
	if len(code) != 2 || code[0]-'A' > 25 || code[1]-'A' > 25 && code[1]-'0' > 9 {
		return nil, errors.New("country is not two capital letters")
	}
	return mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(code)}}, nil
}

func networkOf(row []string) (mmdbtype.DataType, error) {
	number, err := strconv.ParseUint(row[2], 10, 32)
	if err != nil {
		return nil, errors.New("number of the network is not one")
	}
	if number == 0 {
		return nil, nil
	}
	if !utf8.ValidString(row[3]) {
		return nil, errors.New("name of the network is not UTF-8")
	}
	return mmdbtype.Map{
		"autonomous_system_number":       mmdbtype.Uint32(number),
		"autonomous_system_organization": mmdbtype.String(strings.TrimSpace(row[3])),
	}, nil
}

// write puts the tree into a new file beside dst, and renames it when it is safely on disk.
func write(tree *mmdbwriter.Tree, dst string) (n int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(dst), ".geo-*")
	if err != nil {
		return 0, fmt.Errorf("write: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if n, err = tree.WriteTo(f); err != nil {
		return 0, err
	}
	if err = errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	return n, os.Rename(f.Name(), dst)
}
