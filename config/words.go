package config

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
	ClassPayment   Class = "payment"   // cards, accounts, tax numbers
	ClassSecret    Class = "secret"    // credentials, tokens, keys
)

// Protocol spoken by a route.
type Protocol string

// The protocols.
const (
	ProtocolJSON          Protocol = "json" // NDJSON, JSON array, JSON object, plain text lines
	ProtocolLoki          Protocol = "loki"
	ProtocolElasticsearch Protocol = "elasticsearch"
	ProtocolOTLP          Protocol = "otlp"
)

// UpstreamType is how data is handed over.
type UpstreamType string

// The upstream types.
const (
	UpstreamHTTP UpstreamType = "http"
	UpstreamFile UpstreamType = "file"
)

// Compression of bodies towards an upstream.
type Compression string

// The compressions.
const (
	CompressionSame   Compression = "same"
	CompressionNone   Compression = "none"
	CompressionGzip   Compression = "gzip"
	CompressionZstd   Compression = "zstd"
	CompressionSnappy Compression = "snappy"
)

// Fact of a request's headers (META-1, META-4, META-5).
type Fact string

// The facts.
const (
	FactIP          Fact = "ip"
	FactCountry     Fact = "country"
	FactRegion      Fact = "region"
	FactASN         Fact = "asn"
	FactISP         Fact = "isp"
	FactBrowser     Fact = "browser"
	FactOS          Fact = "os"
	FactDeviceClass Fact = "device_class"
	FactLanguage    Fact = "language"
	FactReferrer    Fact = "referrer"
	FactFeature     Fact = "feature"
	FactError       Fact = "error"
	FactTimeZone    Fact = "time_zone"
	FactReceivedAt  Fact = "received_at"
)

// ActionKind is what becomes of a value.
type ActionKind string

// The actions. The zero value means keep.
const (
	ActionKeep       ActionKind = "keep"
	ActionDrop       ActionKind = "drop"        // the field, or the bytes found
	ActionDropRecord ActionKind = "drop_record" // the whole record
	ActionMask       ActionKind = "mask"
	ActionReplace    ActionKind = "replace"
	ActionGeneralise ActionKind = "generalise"
	ActionTruncate   ActionKind = "truncate"
	ActionPseudonym  ActionKind = "pseudonym"
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
