package stats

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"winnow/config"
	"winnow/scrub/meta"
)

// dimension is one by which is counted.
type dimension uint8

const (
	byHour dimension = iota
	byRoute
	byStatus
	byBrowser
	byOS
	byLanguage
	byCountry
	byError
	dimensionCount
)

// dimensionNames are their words in the configuration, and the members of a released line.
var dimensionNames = [dimensionCount]string{"hour", "route", "status", "browser", "os", "language", "country", "error"}

// factDimensions are those that a fact of the request tells.
var factDimensions = map[config.Fact]dimension{
	config.FactBrowser: byBrowser, config.FactOS: byOS, config.FactLanguage: byLanguage, config.FactCountry: byCountry,
}

// dimensionsOf reads a table of the configuration: "route, status".
func dimensionsOf(text string) (list []dimension) {
	for name := range strings.SplitSeq(text, ",") {
		if i := slices.Index(dimensionNames[:], strings.TrimSpace(name)); i >= 0 {
			list = append(list, dimension(i))
		}
	}
	return list
}

// dimensions turn facts into numbers and back. Number 0 is what is not known, or not on the list.
type dimensions struct {
	words   [dimensionCount][]string
	numbers [dimensionCount]map[string]uint32
}

func newDimensions(routes, errors []string) *dimensions {
	d := &dimensions{}
	d.words[byRoute], d.words[byError] = routes, errors
	for hour := range 24 {
		d.words[byHour] = append(d.words[byHour], strconv.Itoa(hour))
	}
	d.words[byStatus] = []string{"1xx", "2xx", "3xx", "4xx", "5xx"}
	for fact, dim := range factDimensions {
		d.words[dim] = meta.Words(fact)
	}
	for i, words := range d.words {
		d.numbers[i] = make(map[string]uint32, len(words))
		for n, word := range words {
			d.numbers[i][word] = uint32(n) + 1
		}
	}
	return d
}

// read reads all of a request's dimensions.
func (d *dimensions) read(values *[dimensionCount]uint32, r *Request) {
	values[byHour] = uint32(r.At.UTC().Hour()) + 1
	values[byRoute] = d.numbers[byRoute][r.Route]
	if class := r.Status / 100; class >= 1 && class <= 5 {
		values[byStatus] = uint32(class)
	}
	values[byError] = d.numbers[byError][r.Error]
	for i := range r.Facts {
		f := &r.Facts[i]
		switch f.Fact {
		case config.FactBrowser, config.FactOS, config.FactCountry: // or its version, which is on no list
			dim := factDimensions[f.Fact]
			if n := d.numbers[dim][string(f.Value)]; n > 0 {
				values[dim] = n
			}
		case config.FactLanguage:
			language, _, _ := bytes.Cut(f.Value, []byte{'-'})
			values[byLanguage] = d.numbers[byLanguage][string(language)]
		}
	}
}

// key is the cell of a table that the values are of. The configuration's checks see to it that it fits.
func (d *dimensions) key(values *[dimensionCount]uint32, table []dimension) (key uint32) {
	for _, dim := range table {
		key = key*uint32(len(d.words[dim])+1) + values[dim]
	}
	return key
}

// names are the words of a table's cell, "" for what is not known.
func (d *dimensions) names(key uint32, table []dimension) (names [dimensionCount]string) {
	for _, dim := range slices.Backward(table) {
		n := uint32(len(d.words[dim]) + 1)
		if value := key % n; value > 0 {
			names[dim] = d.words[dim][value-1]
		}
		key /= n
	}
	return names
}
