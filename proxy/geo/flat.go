package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
	"github.com/oschwald/maxminddb-golang/v2/mmdbdata"

	"winnow/scrub/meta"
)

// flatNeeds are the words a role needs.
var flatNeeds = [roleCount]string{
	roleCountry: "country_code",
	roleASN:     "asn or autonomous_system_number",
	roleISP:     "isp or as_name",
}

// openFlat opens a file of any other type, which must use words that are known (see record).
func openFlat(r role, content []byte) (*data, error) {
	reader, err := maxminddb.OpenBytes(content)
	if err != nil {
		return nil, fmt.Errorf("not a whole MaxMind-format file: %w", err)
	}
	md := &reader.Metadata
	for result := range reader.Networks() {
		var rec record
		if err := result.Decode(&rec); err != nil {
			return nil, fmt.Errorf("first record: %w", err)
		}
		if !rec.tells(r) {
			return nil, fmt.Errorf("is a %q file without %s; give one that has it", md.DatabaseType, flatNeeds[r])
		}
		return &data{info: Info{Type: md.DatabaseType, Built: md.BuildTime()}, source: flatFile{reader, r}}, nil
	}
	return nil, errors.New("has no networks; give one that has")
}

type flatFile struct {
	reader *maxminddb.Reader
	role   role
}

func (f flatFile) fill(place *meta.Place, addr netip.Addr) error {
	var rec record
	if err := f.reader.Lookup(addr).Decode(&rec); err != nil {
		return err
	}
	switch f.role {
	case roleCountry:
		place.Country = rec.country
		if rec.region != "" {
			place.Region = rec.country + "-" + rec.region
		}
	case roleASN:
		network(place, rec.asn, rec.organisation)
	default:
		network(place, rec.asn, rec.name())
	}
	return nil
}

// record is what is taken from a flat map, by the words that free databases use. Other words are skipped unread.
type record struct {
	country, region   string
	asn               uint64
	organisation, isp string
}

func (r *record) name() string {
	if r.isp != "" {
		return r.isp
	}
	return r.organisation
}

func (r *record) tells(role role) bool {
	switch role {
	case roleCountry:
		return r.country != ""
	case roleASN:
		return r.asn != 0
	}
	return r.name() != ""
}

const (
	longestText = 4096 // bytes of a text in a record
	mostWords   = 64   // words of a record
)

// UnmarshalMaxMindDBCursor reads a map. It is maxminddb's interface.
func (r *record) UnmarshalMaxMindDBCursor(cursor mmdbdata.Cursor) (mmdbdata.Cursor, error) {
	entries, err := cursor.MapReader()
	if err != nil {
		return mmdbdata.Cursor{}, mmdbdata.NormalizeUnmarshalError[record](err)
	}
	if entries.Len() > mostWords {
		return mmdbdata.Cursor{}, mmdbdata.NewInvalidDatabaseError("record of %d words", entries.Len())
	}
	next := entries.First()
	for range entries.Len() {
		key, value, err := next.ReadMapKey()
		if err != nil {
			return mmdbdata.Cursor{}, err
		}
		if next, err = r.take(string(key), value); err != nil {
			return mmdbdata.Cursor{}, err
		}
	}
	return entries.End(next)
}

// take reads one value, if its word is known and it is of the kind that belongs to it.
func (r *record) take(word string, value mmdbdata.Cursor) (mmdbdata.Cursor, error) {
	kind, err := value.Kind()
	if err != nil {
		return value, err
	}
	switch kind {
	case mmdbdata.KindString:
		if slot := r.text(word); slot != nil {
			text, next, err := value.ReadStringMaxSize(longestText)
			*slot = text
			return next, err
		}
		if isNumber(word) { // "AS64500"
			text, next, err := value.ReadStringMaxSize(longestText)
			r.asn, _ = strconv.ParseUint(strings.TrimPrefix(text, "AS"), 10, 32)
			return next, err
		}
	case mmdbdata.KindUint16, mmdbdata.KindUint32, mmdbdata.KindUint64:
		if isNumber(word) {
			n, next, err := value.ReadUint()
			r.asn = n
			return next, err
		}
	}
	return value.Skip()
}

func isNumber(word string) bool { return word == "asn" || word == "autonomous_system_number" }

// text is where the text of a word belongs, nil if it is not known.
func (r *record) text(word string) *string {
	switch word {
	case "country_code":
		return &r.country
	case "region_code":
		return &r.region
	case "as_name", "as_organization", "autonomous_system_organization":
		return &r.organisation
	case "isp":
		return &r.isp
	}
	return nil
}
