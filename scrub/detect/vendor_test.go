package detect

import (
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// maker makes tokens from the rows' own forms, so that none stands in the source. It is seeded: the same tokens each time.
type maker struct{ r *rand.Rand }

func newMaker() maker { return maker{rand.New(rand.NewPCG(3, 26))} }

func (m maker) form(b *strings.Builder, f form) {
	for _, p := range f {
		if p.literal != "" {
			b.WriteString(p.literal)
			continue
		}
		n := p.least
		if p.most > n {
			n += m.r.IntN(p.most - n + 1)
		}
		for range n {
			b.WriteByte(m.oneOf(&p.set))
		}
	}
}

func (m maker) oneOf(set *byteSet) byte {
	for {
		if c := byte(m.r.IntN(0x80)); set.has(c) {
			return c
		}
	}
}

// token makes one of a row's form: what stands around it, and what must be found.
func (m maker) token(v *vendor, f *vendorForm, prefix string) (before, secret string) {
	var lead, body strings.Builder
	m.form(&lead, f.lead)
	m.form(&body, f.body)
	random := body.String()
	if v.prefixes == "" && longestRun(random) < minTokenBytes {
		return m.token(v, f, prefix)
	}
	if f.sum {
		random = random[:summedChars] + checksum(random[:summedChars])
	}
	if end := random[max(0, len(random)-1):]; end == "." || end == "-" || end == "_" {
		random = random[:len(random)-1] + "7" // no sentence ends in the middle of what is asked for
	}
	if v.keep {
		return prefix, random
	}
	return "", lead.String() + prefix + random
}

// longestRun is the length of the longest run of token characters: tokens in which tildes leave none of minTokenBytes are not found.
func longestRun(s string) (n int) {
	for _, run := range strings.FieldsFunc(s, func(r rune) bool { return !isToken(byte(r)) }) {
		n = max(n, len(run))
	}
	return n
}

// checksum is the plain way: the digits of the remainder, last first.
func checksum(s string) string {
	n, digits := crc32.ChecksumIEEE([]byte(s)), make([]byte, sumChars)
	for i := range digits {
		digits[sumChars-1-i] = base62[n%62]
		n /= 62
	}
	return string(digits)
}

// vendorShapes are the ways in which a token stands in a line.
var vendorShapes = []struct{ before, after string }{
	{"", ""},
	{"using ", " for the call"},
	{"rejected: ", "."},
	{`{"a":1,"value":"`, `","b":2}`},
	{`{"message":"{\"value\":\"`, `\"}"}`},
	{"GET /p?value=", "&page=2 HTTP/1.1"},
	{"https://api.example.com/v1/", "/items"},
	{"value=", ", retrying"},
	{"('", "')"},
	{"<value>", "</value>"},
	{`first\n`, `\nlast`},
	{"map[value:", " n:1]"},
	{"a;", ";b"},
	{"[", "]"},
	{"q=x%20", "%20y"},
	{"\x1b[1;31m", "\x1b[0m"},
}

// eachToken makes a token for every form and every prefix of every row.
func eachToken(check func(v *vendor, f *vendorForm, name, before, secret string)) {
	m := newMaker()
	for i := range vendorRows {
		v := &vendorRows[i]
		prefixes := strings.Fields(v.prefixes)
		if len(prefixes) == 0 {
			prefixes = []string{""}
		}
		name := ""
		if v.near != nil {
			name = v.near[0]
		}
		for _, f := range v.forms() {
			for _, prefix := range prefixes {
				before, secret := m.token(v, f, prefix)
				check(v, f, name, before, secret)
			}
		}
	}
}

func TestEveryVendorsTokenIsFoundInEveryShape(t *testing.T) {
	o := Options{}
	o.On[VendorToken] = true
	rival := newRivals(o)
	eachToken(func(v *vendor, f *vendorForm, name, before, secret string) {
		for _, s := range vendorShapes {
			if f.takes('/') && s.after == "/items" || f.takes('%') && s.after == "%20y" {
				continue
			}
			if name != "" {
				if s.before != "" && !strings.Contains(s.before, "value") {
					continue
				}
				s.before = strings.Replace(name+" "+s.before, "value", name, 1)
			}
			in := s.before + before + secret + s.after
			from := len(s.before + before)
			want := []Finding{{from, from + len(secret), VendorToken}}
			if got := Reference(&o, []byte(in), Context{}); !slices.Equal(got, want) {
				t.Errorf("%s: in %q found %v, want %v", v.name, in, got, want)
			}
			for _, shape := range []Shape{Plain, JSON} {
				rival.same(t, []byte(in), Context{Shape: shape})
			}
		}
	})
}

// takes reports whether a byte may be part of the token's end.
func (f *vendorForm) takes(c byte) bool {
	return len(f.body) > 0 && f.body[len(f.body)-1].set.has(c)
}

// What is one byte too long or too short, of one letter, or glued to a word is no token of its row.
func TestNearMissesOfEveryVendor(t *testing.T) {
	m := newMaker()
	eachToken(func(v *vendor, f *vendorForm, name, before, secret string) {
		f.sum = false
		matches := func(secret string) bool {
			in := []byte(name + " " + before + secret)
			at := len(name) + 1
			if before == "" {
				lead := f.lead.read(in, at, nil)
				at = lead
			}
			body := at + len(prefixAt(v, in[at:]))
			_, end, ok := f.match(in, at, body, 0, Context{}, nil)
			return ok && end == len(in)
		}
		if !matches(secret) {
			t.Fatalf("%s: %q is none", v.name, secret)
		}
		if f.body == nil {
			return
		}
		last := f.body[len(f.body)-1]
		if last.literal != "" {
			return
		}
		if last.most > 0 {
			long := secret
			for range last.most - last.least + 1 {
				long += string(m.oneOf(&last.set))
			}
			if matches(long) {
				t.Errorf("%s: %q is too long", v.name, long)
			}
		}
		short := secret[:len(secret)-1]
		if last.most == last.least && matches(short) {
			t.Errorf("%s: %q is too short", v.name, short)
		}
	})
}

// prefixAt returns the row's longest prefix that text begins with.
func prefixAt(v *vendor, text []byte) (prefix string) {
	for p := range strings.FieldsSeq(v.prefixes) {
		if len(p) > len(prefix) && strings.HasPrefix(string(text), p) {
			prefix = p
		}
	}
	return prefix
}

// A right checksum proves a token that touches a word, or that a scanner would take for words; a wrong one is a token's that was mistyped.
func TestChecksumOfVendors(t *testing.T) {
	o := Options{}
	o.On[VendorToken] = true
	random, dull := "q7ZkTn2Vd9RbXw4LsM0cGhYp3JfA8e", strings.Repeat("ab", summedChars/2)
	for _, prefix := range []string{"gh" + "p_", "gh" + "s_", "np" + "m_", "nb" + "p_"} {
		for _, c := range []struct {
			in   string
			want int
		}{
			{prefix + random + checksum(random), 1},
			{prefix + random + "AAAAAA", 1},
			{"MY_" + prefix + random + checksum(random) + "_OLD", 1},
			{"MY_" + prefix + random + "AAAAAA_OLD", 0},
			{prefix + dull + checksum(dull), 1},
			{prefix + dull + "ababab", 0},
			{prefix + random + "AAAAA", 0},
			{prefix + random + "AAAAAAA", 0},
		} {
			if got := Reference(&o, []byte(c.in), Context{}); len(got) != c.want {
				t.Errorf("%q: found %v, want %d", c.in, got, c.want)
			}
		}
	}
}

// vendorQuiet holds prefixes in words, names and paths that open nothing.
const vendorQuiet = `
using sk-learn and scikit-learn-contrib-extras, model sk-learn-pipeline-for-text-classification-models
call hf_hub_download from hf_transformers_cache_directory_location, hf_internal_testing_tiny_random_bert_model
npm_config_registry=https://registry.example.com npm_lifecycle_script_for_the_build npm_package_dependencies_typescript
dapi v2 answers; dapi_request_counter_total_by_route and dapi-gateway-production-eu-west-1
a key-value-store-with-replication and key-rotation-schedule-in-the-operators-handbook
pat and pattern matching, pat-a-cake-pat-a-cake-bakers-man, patient.record.of.the.hospital.information.system
pk_live_0a1B2c3D4e5F6g7H8i9J0k1L pk_test_0a1B2c3D4e5F6g7H8i9J0k1L
sk_live_xxxxxxxxxxxxxxxxxxxxxxxx sk_test_************************ ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AKIAXXXXXXXXXXXXXXXX
glpat-xxxxxxxxxxxxxxxxxxxx xoxb-your-token-goes-in-this-place-please hvs.your-token-here-as-the-documents-say
live_migration_of_virtual_machines_between_hosts test_that_nothing_is_found_in_names_of_tests
s.calculateShippingDetails (cart.js:1) s.prototypeInitializerFooBar and r.setRequestHeaderForRoute
us-east-1 0123456789abcdef0123456789abcdef us12 -us12 SK AC sk- re_ fw_ 00
re_compile_patterns_of_the_whole_configuration fw_update_manager_service rnd_generator_initialisation_vector
tr_prod_cluster_scheduler_queue pa-services-of-the-regional-authority-department
cs_selector_operation_duration ck_thread_create_and_join_workers standard_deviation_of_the_latencies
v1.0.0-alpha.1+build.20260314 v1.local v2.public.endpoint.of.the.service.is.disabled
hooks.slack.com/services/ discord.com/api/webhooks/ hooks.slack.com/services/help/for/administrators
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
sha256:2bcabc23b45489fb0885d69a06ba1d648aeda973fae7bb981bafbb884165e514 sha256~
api-123e4567-e89b-12d3-a456-426614174000 pod api-7d9f8b6c5d-x2x4z AC5d41402abc4b2a76b9719d911017c592 00u1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p7q8r9s0
mainnet-beta preview_of_the_next_generation_release_notes preprod-cluster-scheduler-node-pool
EAAccessControlListOfTheWholeOrganisationUnitAndAllOfItsMembers cflt_connection_pool_of_the_stream_processor
ATATT3 ATCTT3 ATBBadgesOfTheBuildServer SCWEB secret_manager_access_policy_document_version_reader
glc_connection_pool_of_the_cluster_manager key_value_pairs_of_the_whole_table sdk-7d9f8b6c5d-x2x4z EAAArchiveOfTheWholeOrganisation
TEST-12345-2026 skey_of_the_session rzp_test_connection rpa_workflow_automation_server_of_the_department aio_pika_connection_pool_manager
nk-language-packs-of-the-whole-organisation-unit cmVmdCBoYW5kIHNpZGUgb2YgdGhlIGVxdWF0aW9u live_pub_sub_of_the_stream xoxd-session u+0041
pypi-attestations-and-trusted-publishers rubygems_update_command docker dckr_pat_ PMAK- pul-request
FLWPUBK_TEST-0a1b2c3d4e5f60718293a4b5c6d7e8f9-X sq0idp-Ab3dEf6hIj9lMn2pQr5tUv key_0a1b2c3d4e5f60718293a4b5c6d7e
PRD-123e4567-e89b-12d3-a456-426614174000 SBX-orders-2026 STS.getCallerIdentityOfTheWholeRole STS.AssumeRoleWithWebIdentity
persona_production_of_the_whole_customer_base sk_production_readiness_review_of_the_service sk_staging_environment_configuration
apikey_rotation_schedule_of_the_operators nyk_region_of_the_warehouse_network ion_channel_of_the_membrane_protein_structure
mercury_production_line_controller_of_the_plant cnvcanvas_of_the_editor endr+ lip_synchronisation lip_gloss_and_skin_care bb_live_stream_of_the_match
gcntfy-service unkey_value_of_the_table ucat_feed_of_the_orders zpka_ wrka-workflow SWMTKN-1- bce-v3/ALTAK- apk_signature_of_the_release_build
`

func TestVendorsAreQuiet(t *testing.T) {
	o := Options{}
	o.On[VendorToken] = true
	for line := range strings.Lines(vendorQuiet) {
		if out := scrubbed(&o, line, Context{}); out != line {
			t.Errorf("\n in %sout %s", line, out)
		}
	}
}

// The table is what it says: enough rows, each with its source, prefixes that the index can find, forms that end somewhere.
func TestVendorTable(t *testing.T) {
	if len(vendorRows) < 150 {
		t.Errorf("%d rows", len(vendorRows))
	}
	names := map[string]bool{}
	for i := range vendorRows {
		v := &vendorRows[i]
		if names[v.name] || !strings.HasPrefix(v.source, "https://") {
			t.Errorf("%s: twice, or without a source", v.name)
		}
		names[v.name] = true
		for _, f := range v.forms() {
			checkForm(t, v, f)
		}
	}
}

func checkForm(t *testing.T, v *vendor, f *vendorForm) {
	if v.prefixes == "" && (len(f.lead) == 0 || f.lead[len(f.lead)-1].literal == "") {
		t.Errorf("%s: nothing begins it", v.name)
	}
	if v.prefixes == "" && isToken(f.lead[len(f.lead)-1].literal[len(f.lead[len(f.lead)-1].literal)-1]) {
		t.Errorf("%s: its lead does not end a run", v.name)
	}
	for p := range strings.FieldsSeq(v.prefixes) {
		if len(vendorHashes(p, f.body)) == 0 || !isAlnum(p[0]) {
			t.Errorf("%s: prefix %s cannot be found", v.name, p)
		}
	}
	for _, p := range f.lead {
		if p.literal == "" && p.most == 0 {
			t.Errorf("%s: a lead without a bound", v.name)
		}
	}
	for k, p := range f.body {
		if p.literal == "" && p.most == 0 && k < len(f.body)-1 {
			t.Errorf("%s: no bound within", v.name)
		}
	}
}
