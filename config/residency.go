package config

import (
	"slices"
	"strings"
)

// Residency keeps data in its region (MOVE-1): what belongs to one goes to the region's upstream, in place of the route's or listener's.
// The zero value keeps nothing anywhere.
type Residency struct {
	// By what a request belongs to a region: "country" of the client's address, looked up in geo.country before it is truncated, or "tenant".
	By string `yaml:"by" words:"country tenant"`
	// Regions, no two with a country or a tenant in common. What is known to belong to none goes where its route leads.
	Regions []Region `yaml:"regions"`
	// Otherwise is what becomes of a request whose country cannot be told, or whose region has no upstream: "refuse" it, or "strip" it of
	// everything personal and let it go where its route leads. Default refuse.
	Otherwise string `yaml:"otherwise" words:"refuse strip"`
}

// On tells whether anything is kept in its region.
func (r *Residency) On() bool { return r.By != "" }

// ByTenant tells whether the tenant says which region is meant.
func (r *Residency) ByTenant() bool { return r.By == "tenant" }

// Strips tells what becomes of what belongs to no region that is known or has an upstream: whether it is stripped, or else refused.
func (r *Residency) Strips() bool { return r.Otherwise == "strip" }

// Region is where data stays.
type Region struct {
	// ID names the region in metrics: a-z, 0-9, - and _.
	ID string `yaml:"id" required:"true" form:"id"`
	// Countries by their two letters of ISO 3166-1. EU stands for the states of the European Union with their outermost regions, EEA for
	// these and Iceland, Liechtenstein and Norway.
	Countries []string `yaml:"countries" form:"country"`
	// Tenants by id.
	Tenants []string `yaml:"tenants" form:"id"`
	// Upstream by id. Default: none, which is as residency.otherwise says.
	Upstream string `yaml:"upstream" form:"id"`
}

// The European Union has 27 states (Treaty on European Union, article 52), and its law holds in outermost regions that have codes of their
// own (Treaty on the Functioning of the European Union, article 355). A database may say EU itself where it knows no more. The European
// Economic Area adds three states.
var (
	unionCountries = strings.Fields("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE AX GF GP MF MQ RE YT EU")
	areaCountries  = append(strings.Fields("IS LI NO"), unionCountries...)
)

// countries are the codes of ISO 3166-1, and XK, by which databases know Kosovo.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD " +
	"CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL " +
	"GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC " +
	"LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM " +
	"PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF " +
	"TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

func isCountry(text string) bool {
	return text == "EU" || text == "EEA" || len(text) == 2 && slices.Contains(strings.Fields(countries), text)
}

// Codes lists the countries of the region, with EU and EEA spelled out.
func (r *Region) Codes() (codes []string) {
	for _, c := range r.Countries {
		switch c {
		case "EU":
			codes = append(codes, unionCountries...)
		case "EEA":
			codes = append(codes, areaCountries...)
		default:
			codes = append(codes, c)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// residency checks that each country or tenant has one region, and that the regions' upstreams can take what comes in.
func (c *checker) residency() {
	r := c.Residency
	if !r.On() {
		if len(r.Regions) > 0 && !c.bad["residency.by"] {
			c.wrong("residency", "write by: country or by: tenant", "residency does not say by what a request belongs to a region")
		}
		return
	}
	if len(r.Regions) == 0 && !c.bad["residency.regions"] {
		c.wrong("residency", "name one, or remove residency", "residency has no regions")
	}
	if !r.ByTenant() && c.Geo.Country == "" && !c.bad["geo"] && !c.bad["geo.country"] {
		c.warn("residency.by", "name a database in geo.country", "residency by country, and no database tells any: all requests are as otherwise says")
	}
	ids, taken := map[string]int{}, map[string]string{}
	for i, region := range r.Regions {
		path := index("residency.regions", i)
		c.unique(path+".id", "region", region.ID, ids)
		c.members(path, region, taken)
		c.destination(path, "region "+show(region.ID), region.Upstream, "")
	}
}

// members checks who belongs to a region. taken says which region a country or a tenant has already.
func (c *checker) members(path string, region Region, taken map[string]string) {
	has, alien, list := "countries", "tenants", region.Codes()
	if c.Residency.ByTenant() {
		has, alien, list = "tenants", "countries", region.Tenants
	}
	if c.Source.Has(path + "." + alien) {
		c.wrong(path+"."+alien, "remove it, or change by", "region %s: %s mean nothing, for residency is by %s", show(region.ID), alien, c.Residency.By)
	}
	if len(list) == 0 && !c.bad[path+"."+has] {
		c.wrong(path, "name one, or remove the region", "region %s has no %s", show(region.ID), has)
	}
	for i, member := range list {
		at := path + "." + has
		if c.Residency.ByTenant() {
			at = index(at, i)
		}
		if c.Residency.ByTenant() && !slices.ContainsFunc(c.Tenants, func(t Tenant) bool { return t.ID == member }) && !c.bad["tenants"] {
			c.wrong(at, "name it in tenants, or remove it", "region %s: unknown tenant %s", show(region.ID), show(member))
		}
		if other, again := taken[member]; again && other != region.ID && member != "" && member != "EU" {
			c.wrong(at, "keep it in one", "region %s: %s is in region %s already", show(region.ID), show(member), show(other))
		}
		taken[member] = region.ID
	}
}

// elsewhere lists the upstreams of regions, to which every route and listener may lead in place of its own.
func (c *Config) elsewhere() (regions []Region) {
	for _, r := range c.Residency.Regions {
		if r.Upstream != "" && c.Residency.On() {
			regions = append(regions, r)
		}
	}
	return regions
}
