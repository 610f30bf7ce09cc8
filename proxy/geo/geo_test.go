package geo_test

import (
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter/mmdbtype"

	"winnow/config"
	"winnow/proxy/geo"
	"winnow/proxy/geo/geotest"
	"winnow/scrub/meta"
)

var _ meta.Geo = (*geo.DB)(nil)

var (
	built  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	silent = slog.New(slog.DiscardHandler)
)

// database is a small file: network and record in turn.
func database(t testing.TB, kind string, ipVersion int, records ...any) []byte {
	t.Helper()
	return geotest.Database(t, kind, built, ipVersion, records...)
}

func country(code string) mmdbtype.Map {
	return mmdbtype.Map{
		"country":            mmdbtype.Map{"iso_code": mmdbtype.String(code)},
		"registered_country": mmdbtype.Map{"iso_code": mmdbtype.String("US")},
	}
}

func city(code, region string) mmdbtype.Map {
	m := country(code)
	m["subdivisions"] = mmdbtype.Slice{mmdbtype.Map{"iso_code": mmdbtype.String(region)}, mmdbtype.Map{"iso_code": mmdbtype.String("261")}}
	m["city"] = mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String("Exampleville")}}
	m["postal"] = mmdbtype.Map{"code": mmdbtype.String("8001")}
	m["location"] = mmdbtype.Map{"latitude": mmdbtype.Float64(47.37), "longitude": mmdbtype.Float64(8.54)}
	return m
}

func asn(n uint32, name string) mmdbtype.Map {
	return mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(n), "autonomous_system_organization": mmdbtype.String(name)}
}

func isp(n uint32, name, provider string) mmdbtype.Map {
	m := asn(n, name)
	m["isp"] = mmdbtype.String(provider)
	m["organization"] = mmdbtype.String("Alice Example")
	return m
}

// save writes content into a new file.
func save(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.mmdb")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLookup(t *testing.T) {
	v4v6 := func(m mmdbtype.Map) []any { return []any{"192.0.2.0/24", m, "2001:db8::/32", m} }
	countries := database(t, "GeoLite2-Country", 6, v4v6(country("CH"))...)
	cities := database(t, "GeoIP2-City", 6, v4v6(city("CH", "ZH"))...)
	asns := database(t, "GeoLite2-ASN", 6, v4v6(asn(64500, "Example Telecom"))...)
	isps := database(t, "GeoIP2-ISP", 6, v4v6(isp(64500, "Example Telecom", "Example Fibre"))...)
	v4only := database(t, "GeoLite2-Country", 4, "192.0.2.0/24", country("CH"))
	flatCountry := database(t, "country ipvAll", 6, v4v6(mmdbtype.Map{
		"country_code": mmdbtype.String("CH"), "country": mmdbtype.String("Switzerland"), "postcode": mmdbtype.String("8001"),
		"location": mmdbtype.Map{"latitude": mmdbtype.Float64(47.37)},
	})...)
	flatASN := database(t, "lite", 6, v4v6(mmdbtype.Map{"asn": mmdbtype.String("AS64500"), "as_name": mmdbtype.String("Example Telecom")})...)
	flatNumber := database(t, "asn ipvAll", 6, v4v6(asn(64500, "Example Telecom"))...)

	tests := []struct {
		why               string
		country, asn, isp []byte
		addr              string
		want              meta.Place
	}{
		{"country", countries, nil, nil, "192.0.2.7", meta.Place{Country: "CH"}},
		{"country, IPv6", countries, nil, nil, "2001:db8::7", meta.Place{Country: "CH"}},
		{"country, IPv4 in IPv6", countries, nil, nil, "::ffff:192.0.2.7", meta.Place{Country: "CH"}},
		{"country, with a zone", countries, nil, nil, "2001:db8::7%eth0", meta.Place{Country: "CH"}},
		{"not in the file", countries, nil, nil, "203.0.113.9", meta.Place{}},
		{"region, and nothing finer", cities, nil, nil, "192.0.2.7", meta.Place{Country: "CH", Region: "CH-ZH"}},
		{"network, whose organisation is the provider", nil, asns, nil, "192.0.2.7", meta.Place{ASN: 64500, ISP: "Example Telecom"}},
		{"provider by its own name", nil, asns, isps, "192.0.2.7", meta.Place{ASN: 64500, ISP: "Example Fibre"}},
		{"an ISP file tells the network too", nil, isps, nil, "192.0.2.7", meta.Place{ASN: 64500, ISP: "Example Telecom"}},
		{"all three", cities, asns, isps, "2001:db8::7", meta.Place{Country: "CH", Region: "CH-ZH", ASN: 64500, ISP: "Example Fibre"}},
		{"IPv4 only", v4only, nil, nil, "192.0.2.7", meta.Place{Country: "CH"}},
		{"IPv4 only, asked for IPv6", v4only, asns, nil, "2001:db8::7", meta.Place{ASN: 64500, ISP: "Example Telecom"}},
		{"a foreign flat country file", flatCountry, nil, nil, "192.0.2.7", meta.Place{Country: "CH"}},
		{"a foreign flat network file", nil, flatASN, nil, "192.0.2.7", meta.Place{ASN: 64500, ISP: "Example Telecom"}},
		{"a foreign flat file with MaxMind's words", nil, flatNumber, nil, "192.0.2.7", meta.Place{ASN: 64500, ISP: "Example Telecom"}},
		{"a foreign flat file for the provider", nil, nil, flatASN, "192.0.2.7", meta.Place{ASN: 64500, ISP: "Example Telecom"}},
		{"nothing configured", nil, nil, nil, "192.0.2.7", meta.Place{}},
		{"no address", countries, nil, nil, "", meta.Place{}},
	}
	for _, tt := range tests {
		var paths config.Geo
		for slot, content := range map[*string][]byte{&paths.Country: tt.country, &paths.ASN: tt.asn, &paths.ISP: tt.isp} {
			if content != nil {
				*slot = save(t, content)
			}
		}
		db, err := geo.Open(paths, silent, time.Now)
		if err != nil {
			t.Errorf("%s: Open: %v", tt.why, err)
			continue
		}
		addr, _ := netip.ParseAddr(tt.addr)
		if got := db.Lookup(addr); got != tt.want {
			t.Errorf("%s: Lookup(%s) = %+v, want %+v", tt.why, tt.addr, got, tt.want)
		}
	}
}

// An address that is nobody's in particular has no place, even if a file says so.
func TestLookupPrivate(t *testing.T) {
	db, err := geo.Open(config.Geo{Country: save(t, database(t, "GeoLite2-Country", 6, "0.0.0.0/0", country("CH"), "fc00::/7", country("CH")))}, silent, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{"10.0.0.1", "127.0.0.1", "169.254.1.1", "192.168.1.1", "0.0.0.0", "::1", "fd00::1", "fe80::1", "224.0.0.1"} {
		if got := db.Lookup(netip.MustParseAddr(addr)); got != (meta.Place{}) {
			t.Errorf("Lookup(%s) = %+v, want nothing", addr, got)
		}
	}
}

func TestOpenMistakes(t *testing.T) {
	whole := database(t, "GeoLite2-Country", 6, "192.0.2.0/24", country("CH"))
	asns := save(t, database(t, "GeoLite2-ASN", 6, "192.0.2.0/24", asn(64500, "Example")))
	tests := []struct {
		why   string
		paths config.Geo
		want  string
	}{
		{"missing", config.Geo{Country: filepath.Join(t.TempDir(), "none.mmdb")}, "no such file or directory"},
		{"a folder", config.Geo{Country: t.TempDir()}, "not a regular file; name a .mmdb file"},
		{"empty", config.Geo{Country: save(t, nil)}, "not a whole MaxMind-format file"},
		{"cut", config.Geo{Country: save(t, whole[:len(whole)/2])}, "not a whole MaxMind-format file"},
		{"not a database", config.Geo{Country: save(t, []byte("start,end,country\n"))}, "not a whole MaxMind-format file"},
		{"another type", config.Geo{Country: asns}, "is a GeoLite2-ASN file, which does not tell the country; give one that does"},
		{"another type for the provider", config.Geo{ISP: asns}, "is a GeoLite2-ASN file, which does not tell the isp; give one that does"},
		{"foreign without the word", config.Geo{Country: save(t, database(t, "lite", 6, "192.0.2.0/24", asn(64500, "Example")))},
			`is a "lite" file without country_code; give one that has it`},
		{"foreign and empty", config.Geo{ASN: save(t, database(t, "lite", 6))}, "has no networks; give one that has"},
	}
	for _, tt := range tests {
		_, err := geo.Open(tt.paths, silent, time.Now)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.why, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: one mistake told twice: %v", tt.why, err)
		}
	}
	_, err := geo.Open(config.Geo{Country: asns, ASN: "none", ISP: asns}, silent, time.Now)
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("error %v, want all three mistakes", err)
	}
}

func TestInfo(t *testing.T) {
	content := database(t, "GeoLite2-Country", 6, "192.0.2.0/24", country("CH"))
	path := save(t, content)
	db, err := geo.Open(config.Geo{Country: path}, silent, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	list := db.Info()
	if len(list) != 1 || !list[0].Built.Equal(built) {
		t.Fatalf("Info = %+v, want one built %v", list, built)
	}
	list[0].Built = time.Time{}
	if want := (geo.Info{Use: "country", Path: path, Type: "GeoLite2-Country", Bytes: int64(len(content))}); list[0] != want {
		t.Errorf("Info = %+v, want %+v", list[0], want)
	}
	if db.Empty() {
		t.Error("Empty() with a file")
	}
	if db, _ := geo.Open(config.Geo{}, silent, time.Now); !db.Empty() || len(db.Info()) != 0 {
		t.Error("a DB without files is not empty")
	}
}

// A file may be renamed into place or written over; a bad one leaves the one before in force.
func TestReload(t *testing.T) {
	path := save(t, database(t, "GeoLite2-Country", 6, "192.0.2.0/24", country("CH")))
	db, err := geo.Open(config.Geo{Country: path}, silent, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	next := database(t, "GeoLite2-Country", 6, "192.0.2.0/24", country("DE"))
	steps := []struct {
		why     string
		content []byte
		fails   bool
		want    string
	}{
		{"the same", nil, false, "CH"},
		{"cut", next[:len(next)-40], true, "CH"},
		{"another type", database(t, "GeoLite2-ASN", 6, "192.0.2.0/24", asn(1, "x")), true, "CH"},
		{"good", next, false, "DE"},
		{"garbage", []byte("garbage"), true, "DE"},
	}
	for _, s := range steps {
		if s.content != nil {
			if err := os.WriteFile(path, s.content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Reload(); (err != nil) != s.fails {
			t.Errorf("%s: Reload: %v, want an error: %v", s.why, err, s.fails)
		}
		if got := db.Lookup(netip.MustParseAddr("192.0.2.7")).Country; got != s.want {
			t.Errorf("%s: country = %q, want %q", s.why, got, s.want)
		}
	}
}

// A file is good for as long as it may be by the clock at hand, and not while a clock that jumped tells nothing of its age: before it was built, or
// after its time. When the clock is right again it serves as before.
func TestAgeByTheClock(t *testing.T) {
	path := save(t, database(t, "GeoLite2-Country", 6, "192.0.2.0/24", country("CH")))
	var now time.Time
	clock := func() time.Time { return now }
	now = built
	db, err := geo.Open(config.Geo{Country: path, MaxAge: config.Duration(40 * 24 * time.Hour)}, silent, clock)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		days int
		good bool
	}{{0, true}, {39, true}, {41, false}, {39, true}, {-2, false}, {-4000, false}, {1, true}} {
		now = built.AddDate(0, 0, c.days)
		if got := db.Lookup(netip.MustParseAddr("192.0.2.7")).Country; db.TellsCountries() != c.good || (got == "CH") != c.good {
			t.Errorf("%d days after it was built: country %q, tells %v", c.days, got, db.TellsCountries())
		}
	}
}

// Lookups go on while files are replaced, and see one whole file or the other.
func TestReloadUnderLookups(t *testing.T) {
	path := save(t, database(t, "GeoLite2-Country", 6, "192.0.2.0/24", country("CH")))
	other := save(t, database(t, "GeoLite2-Country", 6, "192.0.2.0/24", country("DE")))
	db, err := geo.Open(config.Geo{Country: path}, silent, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var lookups sync.WaitGroup
	for range 4 {
		lookups.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if c := db.Lookup(netip.MustParseAddr("192.0.2.7")).Country; c != "CH" && c != "DE" {
					t.Errorf("country = %q in the middle of a reload", c)
					return
				}
			}
		})
	}
	for range 50 {
		swap := path + ".swap"
		for _, rename := range [][2]string{{path, swap}, {other, path}, {swap, other}} {
			if err := os.Rename(rename[0], rename[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Reload(); err != nil {
			t.Error(err)
		}
	}
	close(done)
	lookups.Wait()
}

func BenchmarkLookup(b *testing.B) {
	m := func(m mmdbtype.Map) []any { return []any{"192.0.2.0/24", m} }
	for _, tt := range []struct {
		name  string
		paths config.Geo
	}{
		{"country", config.Geo{Country: save(b, database(b, "GeoLite2-Country", 6, m(country("CH"))...))}},
		{"city", config.Geo{Country: save(b, database(b, "GeoIP2-City", 6, m(city("CH", "ZH"))...))}},
		{"asn", config.Geo{ASN: save(b, database(b, "GeoLite2-ASN", 6, m(asn(64500, "Example Telecom"))...))}},
		{"flat", config.Geo{Country: save(b, database(b, "lite", 6, m(mmdbtype.Map{"country_code": mmdbtype.String("CH")})...))}},
	} {
		b.Run("file="+tt.name, func(b *testing.B) {
			db, err := geo.Open(tt.paths, silent, time.Now)
			if err != nil {
				b.Fatal(err)
			}
			addr := netip.MustParseAddr("192.0.2.7")
			b.ReportAllocs()
			for b.Loop() {
				db.Lookup(addr)
			}
		})
	}
}
