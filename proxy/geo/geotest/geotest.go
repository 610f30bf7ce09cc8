// Package geotest makes small databases for tests, in the format that MaxMind's tools write.
package geotest

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// Database is the content of a database of a kind, such as GeoIP2-City, built at a time, for IP version 4 or 6. Records are networks and what is known
// of each in turn: a string, and a mmdbtype.Map.
func Database(t testing.TB, kind string, built time.Time, ipVersion int, records ...any) []byte {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{
		DatabaseType: kind, BuildEpoch: built.Unix(), IncludeReservedNetworks: true, IPVersion: ipVersion, RecordSize: 24,
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(records); i += 2 {
		_, network, err := net.ParseCIDR(records[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(network, records[i+1].(mmdbtype.Map)); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := tree.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
