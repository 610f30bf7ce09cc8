package config

import (
	"reflect"
	"slices"
	"strings"
)

// The closed words of the file. An unknown word is a mistake, with the nearest known one offered.

// Mode of scrubbing.
type Mode string

// The modes. The zero value means "not said": the enclosing level decides.
const (
	ModeStrict Mode = "strict" // only fields that a rule names leave
	ModeScrub  Mode = "scrub"  // every field leaves, every value scrubbed
)

// Class of data, what upstreams and policies allow or refuse as a whole.
type Class string

// The classes.
const (
	ClassTelemetry Class = "telemetry" // levels, times, codes, durations, counts, trace ids: no person in them
	ClassText      Class = "text"      // free text: messages, errors, stacks; always scrubbed
	ClassUsage     Class = "usage"     // features used, referrer, language, time zone
	ClassDevice    Class = "device"    // browser, operating system, device class
	ClassNetwork   Class = "network"   // addresses, providers
	ClassLocation  Class = "location"  // country, region
	ClassIdentity  Class = "identity"  // names, e-mail addresses, account and user ids
	ClassPayment   Class = "payment"   // cards, accounts, wallets, tax numbers of persons and firms
	ClassSecret    Class = "secret"    // credentials, tokens, keys
)

// Purpose for which data is forwarded.
type Purpose string

// The purposes.
const (
	PurposeOperations Purpose = "operations" // to provide, maintain, secure, support and improve the service: all that routes forward
	PurposeStatistics Purpose = "statistics" // aggregated statistics of which nobody can be told
	PurposeTraining   Purpose = "training"   // training, of tenants who opted in
)

// Why a data point is taken (SOD-1). It is said in the inventory, and decides nothing. All of them are part of one purpose, operations.
type Why string

// The reasons. The zero value means that the class decides: telemetry maintain, text and identity support, usage improve, device
// support, network and location secure.
const (
	WhyProvide  Why = "provide"  // the service itself needs it
	WhyMaintain Why = "maintain" // to keep the service running
	WhySecure   Why = "secure"   // to find and stop abuse
	WhySupport  Why = "support"  // to find out what went wrong for a customer
	WhyImprove  Why = "improve"  // to learn which features are used
)

// Basis in law (NOTICE-1; Regulation (EU) 2016/679, article 6(1) b, f, a and c). It is said in the inventory, and decides nothing.
type Basis string

// The bases. The zero value means that the class decides: telemetry and text contract, all others legitimate_interest.
const (
	BasisContract   Basis = "contract"
	BasisInterest   Basis = "legitimate_interest"
	BasisConsent    Basis = "consent"
	BasisObligation Basis = "legal_obligation"
)

// Protocol spoken by a route.
type Protocol string

// The protocols.
const (
	ProtocolJSON          Protocol = "json"          // NDJSON, JSON array, JSON object, plain text lines
	ProtocolLoki          Protocol = "loki"          // Grafana Loki push: JSON, protobuf in snappy
	ProtocolElasticsearch Protocol = "elasticsearch" // Elasticsearch and OpenSearch _bulk, with the calls clients make before it
	ProtocolOTLP          Protocol = "otlp"          // OpenTelemetry logs, traces and metrics: JSON, protobuf
	ProtocolClickHouse    Protocol = "clickhouse"    // ClickHouse over HTTP: INSERT … FORMAT JSONEachRow
	ProtocolSplunk        Protocol = "splunk"        // Splunk's HTTP event collector: events, raw text, acknowledgements
	ProtocolDatadog       Protocol = "datadog"       // Datadog logs, and what browsers send to its intake through a proxy
	ProtocolBrowser       Protocol = "browser"       // Reporting API, CSP reports, and what pages send: JSON, text, forms
	ProtocolSentry        Protocol = "sentry"        // Sentry: envelopes, stored events, reports of browsers, OTLP
	ProtocolSyslog        Protocol = "syslog"        // RFC 5424 and RFC 3164, from a listener
	ProtocolFluent        Protocol = "fluent"        // Fluent's forward protocol, from a listener
	ProtocolGELF          Protocol = "gelf"          // Graylog's GELF, over HTTP or from a listener
)

// UpstreamType is how data is handed over.
type UpstreamType string

// The upstream types.
const (
	UpstreamHTTP UpstreamType = "http" // a backend that speaks the route's own protocol
	UpstreamFile UpstreamType = "file" // NDJSON segments in a folder
	UpstreamGRPC UpstreamType = "grpc" // a backend that speaks OTLP over gRPC
	UpstreamS3   UpstreamType = "s3"   // NDJSON objects in a bucket of S3, or of a store that speaks its protocol
)

// Delivery is when a client is told that its batch is taken.
type Delivery string

// The ways to deliver.
const (
	DeliverySync  Delivery = "sync"  // once the upstream has acknowledged it
	DeliverySpool Delivery = "spool" // once it is scrubbed and on stable storage here; it is delivered from there
)

// Idempotency is how a request that a client sends again is told from a new one.
type Idempotency string

// The ways to tell.
const (
	IdempotencyKey     Idempotency = "key"     // by the client's own key; without one each request is new
	IdempotencyContent Idempotency = "content" // by the client's own key, else by the bytes of the request
	IdempotencyOff     Idempotency = "off"     // not at all: each request is new
)

// Format in which an http upstream takes records.
type Format string

// The formats.
const (
	FormatSame          Format = "same"          // as the client sent them: a backend of the route's own protocol
	FormatNDJSON        Format = "ndjson"        // a JSON object a line: VictoriaLogs, ClickHouse, Vector
	FormatLoki          Format = "loki"          // Loki's push request, JSON
	FormatElasticsearch Format = "elasticsearch" // a bulk request: Elasticsearch, OpenSearch
	FormatOTLP          Format = "otlp"          // OTLP logs over HTTP, protobuf
	FormatSplunk        Format = "splunk"        // events for the HTTP Event Collector
)

// Compression of bodies towards an upstream.
type Compression string

// The compressions.
const (
	CompressionSame   Compression = "same" // as the client's body came
	CompressionNone   Compression = "none"
	CompressionGzip   Compression = "gzip"
	CompressionZstd   Compression = "zstd"
	CompressionSnappy Compression = "snappy"
)

// Credentials of clients, and whether they go on.
type Credentials string

// The ways. The zero value is none.
const (
	CredentialsNone   Credentials = "none"   // they stay here; the upstream's own headers speak for winnow
	CredentialsClient Credentials = "client" // those that the protocol knows go on to the upstream, which decides about them
)

// Fact of a request's headers (META-1, META-4, META-5). Listed is the name it is attached under by default; the action is keep if
// nothing else is said.
type Fact string

// The facts.
const (
	FactIP          Fact = "ip"           // the client's address, behind trusted proxies: client.address, truncated to /24 and /48
	FactCountry     Fact = "country"      // geo.country.iso_code, with a database
	FactRegion      Fact = "region"       // geo.region.iso_code, with a database
	FactASN         Fact = "asn"          // number of the client's network: client.as.number, with a database
	FactISP         Fact = "isp"          // client.as.organization.name, with a database
	FactBrowser     Fact = "browser"      // family and major version: user_agent.name, user_agent.version
	FactOS          Fact = "os"           // family and major version: user_agent.os.name, user_agent.os.version
	FactDeviceClass Fact = "device_class" // device.class
	FactLanguage    Fact = "language"     // language and region: browser.language
	FactReferrer    Fact = "referrer"     // origin and path, identifiers masked: http.request.referrer
	FactExitURL     Fact = "exit_url"     // where the visitor goes, as Ping-To or X-Exit-URL says it: origin and path, identifiers masked: browser.exit_url
	FactFeature     Fact = "feature"      // http.route, identifiers masked
	FactError       Fact = "error"        // error.type
	FactTimeZone    Fact = "time_zone"    // browser.time_zone
	FactReceivedAt  Fact = "received_at"  // observed_timestamp
	FactPolicy      Fact = "policy"       // the policy that the record was scrubbed under, 12 hex digits of its digest: winnow.policy
)

// ActionKind is what becomes of a value.
type ActionKind string

// The actions. The zero value means keep.
const (
	ActionKeep       ActionKind = "keep"        // as it is; text is scrubbed
	ActionDrop       ActionKind = "drop"        // the field, or the bytes found
	ActionDropRecord ActionKind = "drop_record" // the whole record
	ActionMask       ActionKind = "mask"        // three stars, and the last letters and digits if asked for
	ActionReplace    ActionKind = "replace"     // a fixed text instead
	ActionGeneralise ActionKind = "generalise"  // a number down to a bound, a time down to a unit, a web address to its path
	ActionTruncate   ActionKind = "truncate"    // an address down to its network
	ActionPseudonym  ActionKind = "pseudonym"   // a token: the same for the same value, tenant and key epoch
)

// Validator checks what a detector of one's own has found.
type Validator string

// The validators. Of what has a check digit, letters and signs are set aside.
const (
	ValidLuhn     Validator = "luhn"     // its digits end in their Luhn check digit (ISO/IEC 7812-1)
	ValidMod97    Validator = "mod97"    // check digits behind two letters, as an IBAN has them, signs set aside (ISO/IEC 7064 MOD 97-10)
	ValidVerhoeff Validator = "verhoeff" // its digits end in their Verhoeff check digit
	ValidMixed    Validator = "mixed"    // letters and digits, both
	ValidVaried   Validator = "varied"   // no one sign repeated, and no stand-in such as null or ****
	ValidEntropy  Validator = "entropy"  // at least 3 bits of entropy a byte, as generated tokens have
)

// Cost that an operator must have seen.
type Cost string

// The costs. The zero value accepts none.
const (
	CostAccept Cost = "accept"
)

// Role of an administrator. None holds another: what each may do is listed.
type Role string

// The roles.
const (
	RoleViewer         Role = "viewer"          // sees policy, metrics and what waits, nothing of a record
	RoleTuner          Role = "tuner"           // changes rules: also has the policy read anew
	RolePrivacyOfficer Role = "privacy_officer" // keeps the promises: also reads the audit log, and sees and erases what is kept
	RoleAdmin          Role = "admin"           // may do everything
)

// TimeUnit that a time is cut to.
type TimeUnit string

// The units.
const (
	TimeMinute TimeUnit = "minute"
	TimeHour   TimeUnit = "hour"
	TimeDay    TimeUnit = "day"
	TimeMonth  TimeUnit = "month"
)

// URLPart is how much of a web address stays.
type URLPart string

// The parts.
const (
	URLOrigin URLPart = "origin" // scheme, host and port
	URLPath   URLPart = "path"   // these and the path, identifiers in it masked
)

// Signal is what a browser's objection in a header means.
type Signal string

// The meanings, each stricter than the one before.
const (
	SignalIgnore       Signal = "ignore"        // nothing
	SignalDropMetadata Signal = "drop_metadata" // no facts about the client are attached
	SignalObjection    Signal = "objection"     // nothing personal leaves in any record of the request
)

// SetCookie of a backend's answers, and whether clients see it (META-6).
type SetCookie string

// The ways.
const (
	SetCookieDrop SetCookie = "drop" // clients see none
	SetCookieCap  SetCookie = "cap"  // clients see them; none lasts longer than 30 days
)

// Mechanism is the distribution of the noise that keeps statistics from telling of one group.
type Mechanism string

// The mechanisms.
const (
	MechanismLaplace  Mechanism = "laplace"  // discrete Laplace: simple, best for few cells a group
	MechanismGaussian Mechanism = "gaussian" // discrete Gaussian: less noise where a group has many cells
)

// closed lists the words of each named type, in the order they are shown.
var closed = map[reflect.Type][]string{
	reflect.TypeFor[Mode]():         {string(ModeStrict), string(ModeScrub)},
	reflect.TypeFor[Class]():        wordsOf(classes),
	reflect.TypeFor[Purpose]():      {string(PurposeOperations), string(PurposeStatistics), string(PurposeTraining)},
	reflect.TypeFor[Protocol]():     wordsOf(protocols),
	reflect.TypeFor[UpstreamType](): {string(UpstreamHTTP), string(UpstreamFile), string(UpstreamGRPC), string(UpstreamS3)},
	reflect.TypeFor[Delivery]():     {string(DeliverySync), string(DeliverySpool)},
	reflect.TypeFor[Idempotency]():  {string(IdempotencyKey), string(IdempotencyContent), string(IdempotencyOff)},
	reflect.TypeFor[Format]():       wordsOf(formats),
	reflect.TypeFor[Compression]():  wordsOf(compressions),
	reflect.TypeFor[SetCookie]():    {string(SetCookieDrop), string(SetCookieCap)},
	reflect.TypeFor[Credentials]():  {string(CredentialsNone), string(CredentialsClient)},
	reflect.TypeFor[Fact]():         wordsOf(facts),
	reflect.TypeFor[ActionKind]():   wordsOf(actionKinds),
	reflect.TypeFor[TimeUnit]():     wordsOf(timeUnits),
	reflect.TypeFor[URLPart]():      {string(URLOrigin), string(URLPath)},
	reflect.TypeFor[Validator]():    wordsOf(validators),
	reflect.TypeFor[Cost]():         {string(CostAccept)},
	reflect.TypeFor[Mechanism]():    {string(MechanismLaplace), string(MechanismGaussian)},
	reflect.TypeFor[Signal]():       {string(SignalIgnore), string(SignalDropMetadata), string(SignalObjection)},
	reflect.TypeFor[Why]():          wordsOf(whys),
	reflect.TypeFor[Basis]():        wordsOf(bases),
	reflect.TypeFor[Role]():         wordsOf(roles),
}

var (
	classes = []Class{ClassTelemetry, ClassText, ClassUsage, ClassDevice, ClassNetwork, ClassLocation, ClassIdentity, ClassPayment,
		ClassSecret}
	protocols = []Protocol{ProtocolJSON, ProtocolLoki, ProtocolElasticsearch, ProtocolOTLP, ProtocolClickHouse,
		ProtocolSplunk, ProtocolDatadog, ProtocolBrowser, ProtocolSentry, ProtocolSyslog, ProtocolFluent, ProtocolGELF}
	formats      = []Format{FormatSame, FormatNDJSON, FormatLoki, FormatElasticsearch, FormatOTLP, FormatSplunk}
	compressions = []Compression{CompressionSame, CompressionNone, CompressionGzip, CompressionZstd, CompressionSnappy}
	facts        = []Fact{FactIP, FactCountry, FactRegion, FactASN, FactISP, FactBrowser, FactOS, FactDeviceClass, FactLanguage,
		FactReferrer, FactExitURL, FactFeature, FactError, FactTimeZone, FactReceivedAt, FactPolicy}
	actionKinds = []ActionKind{ActionKeep, ActionDrop, ActionDropRecord, ActionMask, ActionReplace, ActionGeneralise, ActionTruncate,
		ActionPseudonym}
	whys       = []Why{WhyProvide, WhyMaintain, WhySecure, WhySupport, WhyImprove}
	bases      = []Basis{BasisContract, BasisInterest, BasisConsent, BasisObligation}
	roles      = []Role{RoleViewer, RoleTuner, RolePrivacyOfficer, RoleAdmin}
	timeUnits  = []TimeUnit{TimeMinute, TimeHour, TimeDay, TimeMonth}
	validators = []Validator{ValidLuhn, ValidMod97, ValidVerhoeff, ValidMixed, ValidVaried, ValidEntropy}

	detectors = []string{"private_key", "authorization", "jwt", "vendor_token", "url_credentials", "secret", "email", "card", "iban", "cvv",
		"bank_account", "crypto_address", "tax_id", "health_id", "national_id", "passport", "imei", "birth_date", "us_ssn", "mac", "ipv6", "ipv4", "phone",
		"user_path", "uuid"}
)

func wordsOf[T ~string](list []T) []string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return words
}

// Words returns the closed list of words that a value of type t takes, or nil when t is open. The caller owns the list.
func Words(t reflect.Type) []string { return slices.Clone(closed[t]) }

// DetectorNames returns the names that policy.detectors knows, in the detectors' order of priority. The caller owns the list.
func DetectorNames() []string { return slices.Clone(detectors) }

// fieldWords is the closed list of a struct field: its tag's, or its type's.
func fieldWords(t reflect.Type, tag reflect.StructTag) []string {
	if words := tag.Get("words"); words != "" {
		return strings.Fields(words)
	}
	return closed[t]
}

// keyWords is the closed list of a map's keys.
func keyWords(t reflect.Type, tag reflect.StructTag) []string {
	if tag.Get("keys") == "detector" {
		return detectors
	}
	return closed[t.Key()]
}
