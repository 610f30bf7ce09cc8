package geo_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"

	"winnow/config"
	"winnow/proxy/geo"
	"winnow/scrub/meta"
)

const (
	torV4 = "# Last updated based on a made-up list\n#\n3221225984,3221226239,CH\n3325256704,3325256831,DE\n3325256832,3325256959,??\n"
	torV6 = "# IPv6\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,AT\n2002:c000:200::,2002:c000:2ff:ffff:ffff:ffff:ffff:ffff,AT\n"
	asnV4 = "192.0.2.0,192.0.2.255,64500,Example Telecom\n198.51.100.0,198.51.100.255,64501,\"Example, Inc.\"\n203.0.113.0,203.0.113.255,0,\n"
)

func inputs(lists ...string) []geo.Input {
	var in []geo.Input
	for i, list := range lists {
		in = append(in, geo.Input{Name: fmt.Sprintf("list%d", i), Reader: strings.NewReader(list)})
	}
	return in
}

func TestImportCountries(t *testing.T) {
	dst := filepath.Join(t.TempDir(), "country.mmdb")
	done, err := geo.Import(inputs(torV4, torV6), geo.FormatTorGeoIP, dst, built, nil)
	if err != nil {
		t.Fatal(err)
	}
	if done.Ranges != 3 || done.Passed != 2 {
		t.Errorf("%d ranges, %d passed; want 3 and 2: the unknown country and 6to4", done.Ranges, done.Passed)
	}
	if !strings.Contains(done.Attribution, "CC BY-SA 4.0") {
		t.Errorf("attribution %q does not name the licence", done.Attribution)
	}
	stat, err := os.Stat(dst)
	if err != nil || stat.Size() != done.Bytes || stat.Mode().Perm() != 0o644 {
		t.Errorf("file: %v %v, want %d bytes, mode 0644", stat, err, done.Bytes)
	}
	db, err := geo.Open(config.Geo{Country: dst}, silent, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{
		"192.0.2.0": "CH", "192.0.2.255": "CH", "192.0.3.0": "", "198.51.100.127": "DE", "198.51.100.128": "", "2001:db8:1::1": "AT",
	} {
		if got := db.Lookup(netip.MustParseAddr(addr)).Country; got != want {
			t.Errorf("country of %s = %q, want %q", addr, got, want)
		}
	}
	if info := db.Info()[0]; !info.Built.Equal(built) {
		t.Errorf("built %v, want %v", info.Built, built)
	}
}

func TestImportNetworks(t *testing.T) {
	dst := filepath.Join(t.TempDir(), "asn.mmdb")
	if _, err := geo.Import(inputs(asnV4), geo.FormatIPLocationASN, dst, built, nil); err != nil {
		t.Fatal(err)
	}
	db, err := geo.Open(config.Geo{ASN: dst}, silent, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]meta.Place{
		"192.0.2.7": {ASN: 64500, ISP: "Example Telecom"}, "198.51.100.7": {ASN: 64501, ISP: "Example, Inc."}, "203.0.113.7": {},
	} {
		if got := db.Lookup(netip.MustParseAddr(addr)); got != want {
			t.Errorf("Lookup(%s) = %+v, want %+v", addr, got, want)
		}
	}
}

// The file's type is MaxMind's, so that its readers open it; its description says whose data it is.
func TestImportSaysWhoseDataItIs(t *testing.T) {
	dst := filepath.Join(t.TempDir(), "country.mmdb")
	if _, err := geo.Import(inputs(torV4), geo.FormatTorGeoIP, dst, built, nil); err != nil {
		t.Fatal(err)
	}
	reader, err := maxminddb.Open(dst)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, want := range []string{"Not MaxMind's data", "IPFire", "CC BY-SA 4.0"} {
		if d := reader.Metadata.Description["en"]; !strings.Contains(d, want) {
			t.Errorf("description %q lacks %q", d, want)
		}
	}
	if err := reader.Verify(); err != nil {
		t.Errorf("Verify: %v", err)
	}
}

func TestImportMistakes(t *testing.T) {
	tests := []struct {
		format geo.Format
		list   string
		want   string
	}{
		{"excel", torV4, `unknown format "excel"; use tor-geoip or ip-location-db-asn`},
		{geo.FormatTorGeoIP, "", "no ranges in the lists"},
		{geo.FormatTorGeoIP, torV4 + "alice,3221226239,CH\n", "list0:6: first address: neither an address nor its number"},
		{geo.FormatTorGeoIP, "# x\n3221225984,99999999999,CH\n", "list0:2: last address: neither an address nor its number"},
		{geo.FormatTorGeoIP, "3221226239,3221225984,CH\n", "list0:1: last address is not behind the first"},
		{geo.FormatTorGeoIP, "192.0.2.0,2001:db8::,CH\n", "list0:1: last address is not behind the first"},
		{geo.FormatTorGeoIP, "192.0.2.0,192.0.2.1,Switzerland\n", "list0:1: country is not two capital letters"},
		{geo.FormatTorGeoIP, "192.0.2.0,192.0.2.1\n", "list0: record on line 1: wrong number of fields; give the file as it is published"},
		{geo.FormatTorGeoIP, asnV4, "list0: record on line 1: wrong number of fields"},
		{geo.FormatIPLocationASN, "192.0.2.0,192.0.2.1,AS64500,x\n", "list0:1: number of the network is not one"},
		{geo.FormatIPLocationASN, "192.0.2.0,192.0.2.1,64500,\xff\n", "list0:1: name of the network is not UTF-8"},
		{geo.FormatIPLocationASN, "192.0.2.0,192.0.2.1,64500,\"x\n", `list0: parse error on line 1, column 30`},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		dst := filepath.Join(dir, "out.mmdb")
		if err := os.WriteFile(dst, []byte("before"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := geo.Import(inputs(tt.list), tt.format, dst, built, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: error %v, want %q", tt.list, err, tt.want)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("%.40q: left %d files behind", tt.list, len(left)-1)
		}
		if content, _ := os.ReadFile(dst); string(content) != "before" {
			t.Errorf("%.40q: a failed import wrote over the file before", tt.list)
		}
	}
}

func TestImportProgress(t *testing.T) {
	var list strings.Builder
	for i := range 25_000 {
		fmt.Fprintf(&list, "%d,%d,CH\n", 3221225984+i%256, 3221225984+i%256)
	}
	var told []geo.Progress
	_, err := geo.Import(inputs(list.String()), geo.FormatTorGeoIP, filepath.Join(t.TempDir(), "x.mmdb"), built, func(p geo.Progress) { told = append(told, p) })
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 2 || told[1].Lines != 20_000 || told[1].Input != "list0" || told[1].Bytes != 20_000*int64(len("3221225984,3221225984,CH\n")) {
		t.Errorf("progress %+v, want two, at 10,000 and 20,000 lines", told)
	}
}
