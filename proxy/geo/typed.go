package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/oschwald/geoip2-golang/v2"

	"winnow/scrub/meta"
)

// This file is the one place that knows geoip2: files of MaxMind's and DB-IP's own types.

// errForeign says that a file is of a type that geoip2 does not know.
var errForeign = errors.New("foreign type")

// openTyped opens a file of a type that geoip2 knows, and checks that it can tell what the role asks.
func openTyped(r role, content []byte) (*data, error) {
	reader, err := geoip2.OpenBytes(content)
	var unknown geoip2.UnknownDatabaseTypeError
	if errors.As(err, &unknown) {
		return nil, errForeign // geoip2 also returns a reader then, of which nothing must be asked
	}
	if err != nil {
		return nil, fmt.Errorf("not a whole MaxMind-format file: %w", err)
	}
	md := reader.Metadata()
	d := &data{info: Info{Type: md.DatabaseType, Built: md.BuildTime()}}
	switch r {
	case roleCountry:
		d.source = countryFile{reader}
		if strings.Contains(md.DatabaseType, "City") || strings.Contains(md.DatabaseType, "Enterprise") {
			d.source = cityFile{reader}
		}
	case roleASN:
		d.source = asnFile{reader}
	default:
		d.source = ispFile{reader}
	}
	var wrong geoip2.InvalidMethodError
	if errors.As(d.source.fill(new(meta.Place), netip.IPv4Unspecified()), &wrong) {
		return nil, fmt.Errorf("is a %s file, which does not tell the %s; give one that does", md.DatabaseType, roleNames[r])
	}
	return d, nil
}

type countryFile struct{ *geoip2.Reader }

func (f countryFile) fill(place *meta.Place, addr netip.Addr) error {
	found, err := f.Country(addr)
	if err == nil {
		place.Country = found.Country.ISOCode
	}
	return err
}

// cityFile is asked for the region only: its cities, postcodes and coordinates go no further than this function.
type cityFile struct{ *geoip2.Reader }

func (f cityFile) fill(place *meta.Place, addr netip.Addr) error {
	found, err := f.City(addr)
	if err != nil {
		return err
	}
	place.Country = found.Country.ISOCode
	if len(found.Subdivisions) > 0 && found.Subdivisions[0].ISOCode != "" && place.Country != "" {
		place.Region = place.Country + "-" + found.Subdivisions[0].ISOCode
	}
	return nil
}

type asnFile struct{ *geoip2.Reader }

func (f asnFile) fill(place *meta.Place, addr netip.Addr) error {
	found, err := f.ASN(addr)
	if err == nil {
		network(place, uint64(found.AutonomousSystemNumber), found.AutonomousSystemOrganization)
	}
	return err
}

// ispFile tells the provider by its own name; the organisation that rents the address, which may be a person, is not taken.
type ispFile struct{ *geoip2.Reader }

func (f ispFile) fill(place *meta.Place, addr netip.Addr) error {
	found, err := f.ISP(addr)
	if err != nil {
		return err
	}
	name := found.ISP
	if name == "" {
		name = found.AutonomousSystemOrganization
	}
	network(place, uint64(found.AutonomousSystemNumber), name)
	return nil
}

// network sets number and name, where they are known.
func network(place *meta.Place, asn uint64, name string) {
	if asn > 0 && asn <= 1<<32-1 {
		place.ASN = uint32(asn)
	}
	if name != "" {
		place.ISP = name
	}
}
