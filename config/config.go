// Package config is the operator's one YAML file as plain data.
//
// Parse turns bytes into a Config and reports all mistakes at once, each with file:line:col. Nothing here acts: scrub.Compile and
// proxy turn the data into behaviour once, and nobody reads it afterwards. The zero Config is not usable; start from Default.
//
// A field's comment states what it does, its unit and its default. Its tags state the rest, and decoding, the JSON Schema
// (schema.json) and the reference page (docs/config.md) all follow them, so that none can drift from what is accepted:
//
//	yaml      the key
//	required  the key must stand there
//	default   value of a key left out of an element of a list; everything else takes its default from default.yaml
//	min, max  bounds, inclusive, in the field's own spelling
//	words     closed list of words of a plain string; named types have theirs in Words
//	form      name of the form a string must have, see Form
//	keys      closed list of a map's keys
//	of        the kind of action that a field of Action belongs to
//	raw       references such as ${NAME} are left as they are
//
// Parse needs no file of its own: what it reads beyond data comes through Env.
package config

import "time"

//go:generate go run ./schemagen

// Config is a whole file.
type Config struct {
	// Version of this file's form. The only one is 1, and it is the default.
	Version int `yaml:"version" min:"1" max:"1"`
	// Listen is the ingest address, host:port. Default 127.0.0.1:8080.
	Listen string `yaml:"listen" form:"address"`
	// TLS of the ingest address. Default none: plain HTTP.
	TLS TLS `yaml:"tls"`
	// Admin is the listener for metrics, health and the administrators' API, apart from ingest.
	Admin Admin `yaml:"admin"`
	// DataDir holds the generated master secret and the file upstream's segments. Default ./winnow-data.
	DataDir string `yaml:"data_dir" form:"text"`
	// MasterSecret wraps every key that is kept, at least 32 bytes. Empty: one is made and kept, mode 0600, in data_dir.
	MasterSecret Secret `yaml:"master_secret"`
	// MasterSecretCommand is a program and its arguments that prints the master secret, in place of master_secret: the client of a key management
	// service, say. It has ten seconds; it runs at start and at every reload, without a shell. Default none.
	MasterSecretCommand []string `yaml:"master_secret_command" form:"text"`
	// KeyEpoch is how long one set of pseudonym keys is used. Default 720h (30 days).
	KeyEpoch Duration `yaml:"key_epoch" min:"1h"`
	// Keys of pseudonyms from before.
	Keys Keys `yaml:"keys"`
	// MaxStaleness is for how long a node of a cluster may not reach the state that it shares with the others, before it withholds what
	// depends on it: records are stripped of everything personal then, since who objected meanwhile is not known. Default 5m.
	MaxStaleness Duration `yaml:"max_staleness" min:"1s"`
	// Limits bound what one client can cost.
	Limits Limits `yaml:"limits"`
	// TrustedProxies are the networks (CIDR) whose forwarding headers are believed. Default none.
	TrustedProxies []string `yaml:"trusted_proxies" form:"cidr"`
	// Geo names local MaxMind-format databases. Default none: fields that need one are left out.
	Geo Geo `yaml:"geo"`
	// TenantLimits are those of each tenant that has none of its own. Default: none.
	TenantLimits TenantLimits `yaml:"tenant_limits"`
	// Tenants may ship logs. Default one, "default", without a key, which is accepted on a loopback listener only.
	Tenants []Tenant `yaml:"tenants"`
	// Upstream is short for one http or grpc upstream with the id "main" and this URL. Not together with upstreams. Default none.
	Upstream string `yaml:"upstream" form:"url"`
	// Upstreams receive scrubbed data. Default one, "file", that writes NDJSON segments below data_dir.
	Upstreams []Upstream `yaml:"upstreams"`
	// Spool keeps what routes with delivery spool have taken.
	Spool Spool `yaml:"spool"`
	// Retention bounds the age of what is kept on disk.
	Retention Retention `yaml:"retention"`
	// Routes map request paths to protocols and upstreams, first match wins. Default: every protocol on its usual paths, to the first upstream.
	Routes []Route `yaml:"routes"`
	// Listeners are sockets beside HTTP ingest. Default none.
	Listeners []Listener `yaml:"listeners"`
	// Residency keeps data in its region. Default: nothing is kept anywhere.
	Residency Residency `yaml:"residency"`
	// Statistics are counts of requests under differential privacy, for an upstream of their own. Default: none are made.
	Statistics Statistics `yaml:"statistics"`
	// Training is the copy of records for training, of tenants that opted in. Default: none is made.
	Training Training `yaml:"training"`
	// Metadata says which named facts are taken from a request's headers, and what becomes of each.
	Metadata Metadata `yaml:"metadata"`
	// Policy says what leaves.
	Policy Policy `yaml:"policy"`
	// Directory is the list of users by which persons are restricted and released. Default none.
	Directory Directory `yaml:"directory"`
	// Tests are examples of what the policy must do: a file of which one fails does not load. Default none.
	Tests []Test `yaml:"tests"`
	// Audit is the log of who changed what.
	Audit Audit `yaml:"audit"`
	// Log sets winnow's own log.
	Log Log `yaml:"log"`

	// Source finds the place of a value in the file, for messages. Never nil after Parse or Default.
	Source *Source `yaml:"-"`
	// Warnings are what loads, and is better mended: a credential in clear, a rule whose class may not leave. In file order.
	Warnings Mistakes `yaml:"-"`
}

// Admin is the administrators' listener.
type Admin struct {
	// Listen address, host:port. Default 127.0.0.1:8081. "off" closes it. One that other machines can reach needs tls and tokens.
	Listen string `yaml:"listen" form:"admin-address"`
	// TLS of that address. Default none: plain HTTP, which is accepted on loopback only.
	TLS TLS `yaml:"tls"`
	// Tokens let their holders use the API, each as its role may. Default none: `winnow` itself uses a token that is made at every start, in
	// admin.token in data_dir, which nobody but the user that winnow runs as can read.
	Tokens []Token `yaml:"tokens"`
}

// Token is somebody who may use the administrators' API, a person or a program. It is sent as Authorization: Bearer TOKEN.
type Token struct {
	// ID names the holder in the audit log, where it must not tell who a person is: a-z, 0-9, - and _.
	ID string `yaml:"id" required:"true" form:"id"`
	// Hash is the SHA-256 hash of the token, "sha256:" and 64 hex digits; `winnow key` makes a pair. The token itself is nowhere.
	Hash string `yaml:"hash" required:"true" form:"key-hash"`
	// Role says what the holder may do: docs/admin.md lists it.
	Role Role `yaml:"role" required:"true"`
	// Expires is when the token ends to be good, a day or a time. Default: never.
	Expires string `yaml:"expires" form:"time"`
}

// Keys says how long keys of pseudonyms are kept that are not used any more.
type Keys struct {
	// Keep is for how many epochs a key is kept after its own, to find a person's older pseudonyms for them; then it is destroyed, and nobody
	// can link its pseudonyms any more. 0 destroys it when its epoch ends. Default 12.
	Keep int `yaml:"keep" min:"0" max:"500"`
}

// Limits bound memory and time. Sizes are bytes and accept KiB, MiB, GiB, kB, MB, GB.
type Limits struct {
	// MaxBodyBytes bounds one request body as it arrives, still encoded. Default 16 MiB.
	MaxBodyBytes Size `yaml:"max_body_bytes" min:"1KiB"`
	// MaxDecodedBytes bounds one body after Content-Encoding is undone. Default 64 MiB.
	MaxDecodedBytes Size `yaml:"max_decoded_bytes" min:"1KiB"`
	// MaxInflightBytes bounds all bodies held at once; above it the answer is "try later". From 70 % of it on a tenant gets no more than its part,
	// from 85 % on no body is begun, from 95 % on no connection to the HTTP listener is accepted. Default 256 MiB.
	MaxInflightBytes Size `yaml:"max_inflight_bytes" min:"1KiB"`
	// MaxRecordBytes bounds one record. A longer one is withheld and counted. Default 1 MiB.
	MaxRecordBytes Size `yaml:"max_record_bytes" min:"1KiB"`
	// MaxDepth bounds nesting of objects and arrays in a record. Default 64.
	MaxDepth int `yaml:"max_depth" min:"1" max:"1000"`
	// MaxHeaderBytes bounds a request's header. Default 16 KiB.
	MaxHeaderBytes Size `yaml:"max_header_bytes" min:"1KiB" max:"1MiB"`
	// MaxConnections bounds open ingest connections. Default 4096.
	MaxConnections int `yaml:"max_connections" min:"1"`
	// ReadTimeout bounds reading one request. Default 30s.
	ReadTimeout Duration `yaml:"read_timeout" min:"1ms"`
	// WriteTimeout bounds writing one answer. Default 30s.
	WriteTimeout Duration `yaml:"write_timeout" min:"1ms"`
	// IdleTimeout closes a connection without a request. Default 60s.
	IdleTimeout Duration `yaml:"idle_timeout" min:"1ms"`
	// ShutdownDelay is the time between SIGTERM (readyz turns 503) and closing the listener. Default 0s.
	ShutdownDelay Duration `yaml:"shutdown_delay" min:"0s"`
	// DrainTimeout bounds how long requests in flight may take at shutdown. Default 25s.
	DrainTimeout Duration `yaml:"drain_timeout" min:"1ms"`
}

// Geo names database files, reloaded when they change. Each is optional.
type Geo struct {
	// Country or city database (GeoLite2-Country, GeoIP2-City, DBIP-City-Lite, ...): country, and region where it has one.
	Country string `yaml:"country"`
	// ASN database (GeoLite2-ASN, DBIP-ASN-Lite): number and organisation.
	ASN string `yaml:"asn"`
	// ISP database (GeoIP2-ISP). Without one the provider is the ASN's organisation.
	ISP string `yaml:"isp"`
	// MaxAge of a database, since it was built; an older one counts as missing. Default 0s: any age will do.
	MaxAge Duration `yaml:"max_age" min:"0s"`
}

// Tells reports whether a database is named that may tell a fact.
func (g Geo) Tells(f Fact) bool {
	if f == FactCountry || f == FactRegion {
		return g.Country != ""
	}
	return g.ASN != "" || g.ISP != ""
}

// Tenant is a customer organisation whose applications ship logs.
type Tenant struct {
	// ID names the tenant in metrics and key derivation: a-z, 0-9, - and _.
	ID string `yaml:"id" required:"true" form:"id"`
	// Keys are SHA-256 hashes of ingest keys, "sha256:" and 64 hex digits; `winnow key` makes a pair. The keys themselves are nowhere.
	Keys []string `yaml:"keys" form:"key-hash"`
	// ScopedKeys are keys that are good for some routes or protocols only, or for a time: two that overlap let an application change over.
	ScopedKeys []ScopedKey `yaml:"scoped_keys"`
	// Certificates are names of which one, in a client's certificate, tells that the client is this tenant: "dns:", "uri:", "email:" (of its
	// alternative names) or "cn:", and the name. client_ca_file must stand below tls, or below that of a listener. Default none: a certificate
	// lets in, and tells no tenant.
	Certificates []string `yaml:"certificates" form:"certificate"`
	// Limits of what it may send. Default: tenant_limits.
	Limits TenantLimits `yaml:"limits"`
	// Group of tenants that belong together, affiliates of one customer: statistics never tell of one group. Default: the tenant alone.
	Group string `yaml:"group" form:"id"`
	// Policy is what is withheld of this tenant's records beyond the policy. Default: nothing.
	Policy Tightening `yaml:"policy"`
}

// Upstream is where scrubbed data goes.
type Upstream struct {
	// ID names the upstream in routes and metrics: a-z, 0-9, - and _.
	ID string `yaml:"id" required:"true" form:"id"`
	// Type is "http" (a backend that speaks the route's own protocol), "grpc" (one that speaks OTLP over gRPC, for routes and listeners of
	// protocol otlp), "file" (NDJSON segments) or "s3" (NDJSON objects in a bucket). Default http.
	Type UpstreamType `yaml:"type" default:"http"`
	// URL of an http upstream: scheme, host, port and at most a path prefix. The client's path is appended. Of a grpc upstream: grpc:// or
	// grpcs://, host and port; 4317 where none is said. Of an s3 upstream: the endpoint of a store that is not Amazon's.
	URL string `yaml:"url" form:"url"`
	// Format of an http upstream: "same" hands over what the client sent, scrubbed, in the route's own protocol; any other makes records of it
	// and hands those over, whatever the route's protocol: "ndjson", "loki", "elasticsearch", "otlp", "splunk". Default same.
	Format Format `yaml:"format" default:"same"`
	// Path where the backend takes records, with its query, if the format is not same. Default: the format's usual one.
	Path string `yaml:"path" form:"path-query"`
	// Index or data stream of format elasticsearch. Default logs-winnow-default.
	Index string `yaml:"index" form:"index"`
	// Labels of format loki: members of a record that become labels of its stream; few values each, or Loki suffers. "service", "host" and
	// "level" are found under all their usual names. Default service and level.
	Labels []string `yaml:"labels" form:"attribute"`
	// Dir of a file upstream. Default: data_dir.
	Dir string `yaml:"dir" form:"text"`
	// RotateBytes closes a segment of a file upstream at this size. Default 64 MiB.
	RotateBytes Size `yaml:"rotate_bytes" default:"64MiB" min:"1KiB"`
	// RotateAge closes a segment of a file upstream at this age. Default 1h.
	RotateAge Duration `yaml:"rotate_age" default:"1h" min:"1s"`
	// KeepAge deletes closed segments older than this. Default 720h (30 days).
	KeepAge Duration `yaml:"keep_age" default:"720h" min:"1m"`
	// Bucket of an s3 upstream.
	Bucket string `yaml:"bucket" form:"bucket"`
	// Prefix of an s3 upstream's keys; below it objects are at dt=YYYY-MM-DD/hour=HH/, by the time of reception in UTC. Default: none.
	Prefix string `yaml:"prefix" form:"prefix"`
	// Region of an s3 upstream. Default us-east-1.
	Region string `yaml:"region" default:"us-east-1" form:"id"`
	// PathStyle puts the bucket's name of an s3 upstream into the path, not into the host. Default: true with a url, else false.
	PathStyle *bool `yaml:"path_style"`
	// AccessKeyID and SecretAccessKey of an s3 upstream. Default: what AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN hold
	// in the environment.
	AccessKeyID Secret `yaml:"access_key_id"`
	// SecretAccessKey belongs to access_key_id.
	SecretAccessKey Secret `yaml:"secret_access_key"`
	// SessionToken of temporary keys of an s3 upstream.
	SessionToken Secret `yaml:"session_token"`
	// ObjectBytes, before compression, end an object of an s3 upstream. Default 8 MiB.
	ObjectBytes Size `yaml:"object_bytes" default:"8MiB" min:"1KiB" max:"1GiB"`
	// FlushInterval after its first batch ends an object of an s3 upstream: clients wait at most so long for others, and timeout for the
	// store. Default 1s.
	FlushInterval Duration `yaml:"flush_interval" default:"1s" min:"1ms" max:"1m"`
	// Classes of data that may be handed to it: a route that lets out others to it does not load. Default: all that policy.classes lets out,
	// but payment, unless it is a payment processor.
	Classes []Class `yaml:"classes"`
	// Purposes that it is there for: what is forwarded leaves for purpose operations. Default: operations.
	Purposes []Purpose `yaml:"purposes"`
	// PaymentProcessor says that it is one: class payment goes to payment processors only.
	PaymentProcessor bool `yaml:"payment_processor"`
	// Headers are added to every request of an http or grpc upstream: credentials, tenant ids. Values may be ${NAME} or file: references.
	Headers map[string]Secret `yaml:"headers"`
	// Credentials of clients: "none" stay here, with "client" the protocol's own (Authorization, DD-API-KEY, a Splunk token, ...) go on
	// to the upstream, which then decides who may write. Not together with tenants' keys, which would go on too. Default none.
	Credentials Credentials `yaml:"credentials" default:"none"`
	// SetCookie of the backend's answers: "drop" keeps cookies from clients, "cap" hands them on, for 30 days at most. Default drop.
	SetCookie SetCookie `yaml:"set_cookie" default:"drop"`
	// Compression of bodies towards the upstream: "same" as the client's, "none", "gzip", "zstd", "snappy"; a grpc upstream
	// has no snappy, and of a client that speaks gRPC it is not known. Default same.
	Compression Compression `yaml:"compression" default:"same"`
	// Timeout of one request to the upstream, or of one object, all attempts together. Default 15s.
	Timeout Duration `yaml:"timeout" default:"15s" min:"1ms"`
	// MaxConnections to the upstream. Default 256.
	MaxConnections int `yaml:"max_connections" default:"256" min:"1"`
	// Lanes of the spool for this upstream, among which tenants are shared out: more let more be written at once where batches are large, and
	// keep tenants apart. One that is no longer used drains. Default 1.
	Lanes int `yaml:"lanes" default:"1" min:"1" max:"64"`
	// CAFile holds the certificate authorities (PEM) trusted for https, s3 and grpcs. Default: the system's.
	CAFile string `yaml:"ca_file" form:"text"`
	// HealthPath is asked with GET every ten seconds while the upstream is considered down. Default: none, a request in time decides.
	HealthPath string `yaml:"health_path" form:"path"`
}

// Spool keeps scrubbed batches on stable storage until their upstream has them. Each upstream has a lane of its own, or several, so that none waits
// for another. A change of anything but max_age needs a restart.
type Spool struct {
	// Dir of the embedded store. Default: spool below data_dir.
	Dir string `yaml:"dir" form:"text"`
	// NATS are the URLs of an external cluster's servers, nats:// or tls://, in place of an embedded store. They need max_payload: 8MB. Several
	// winnows with the same master_secret may share them: each lane is delivered by one of them at a time. Default: none.
	NATS []string `yaml:"nats" form:"nats-url"`
	// Monitor are the monitoring URLs of all servers of that cluster, http://host:8222: each must say sync_interval: always, else winnow does
	// not start, and takes nothing any more if one is found later that does not. Servers that are down are passed over while more than half are up.
	Monitor []string `yaml:"monitor" form:"url"`
	// MemoryAcks "accept" uses a cluster all the same that acknowledges from memory, or is not known not to: what clients were told is taken
	// can be lost when power fails. Default: it is refused.
	MemoryAcks string `yaml:"memory_acks" words:"accept"`
	// CredentialsFile holds a NATS user's credentials for that cluster. Default: none.
	CredentialsFile string `yaml:"credentials_file" form:"text"`
	// CAFile holds the certificate authorities (PEM) trusted for tls://. Default: the system's.
	CAFile string `yaml:"ca_file" form:"text"`
	// Replicas of what waits in that cluster. Default 3, or 1 with one server in nats.
	Replicas int `yaml:"replicas" min:"1" max:"5"`
	// MaxLaneBytes bounds what waits in one lane; above it clients are told to try later, and nothing is evicted. Default 10 GiB.
	MaxLaneBytes Size `yaml:"max_lane_bytes" min:"1MiB"`
	// MaxFrameBytes is up to what size batches that wait for the disk at the same moment are written together. Default 1 MiB.
	MaxFrameBytes Size `yaml:"max_frame_bytes" min:"64KiB" max:"4MiB"`
	// MinFreeBytes of the disk below which nothing more is taken. Default 1 GiB.
	MinFreeBytes Size `yaml:"min_free_bytes" min:"1MiB"`
	// MaxAge bounds how long anything is kept, waiting or parked, from when it was received; what is older is erased and counted; retention may
	// say otherwise for a purpose. Default 72h.
	MaxAge Duration `yaml:"max_age" min:"1m"`
	// Compression of what waits: "snappy", "zstd" (about a third smaller, at three times the cost) or "none". What its protocol compresses is
	// kept as it is. What waits already can be read whatever is set. Default snappy.
	Compression string `yaml:"compression" words:"snappy zstd none"`
	// Concurrency is how many deliveries of one lane are under way at once. Default 8.
	Concurrency int `yaml:"concurrency" min:"1" max:"256"`
}

// Route maps requests to a protocol and an upstream.
type Route struct {
	// Path of the request: exact, or ending in "/*". A protocol's own sub-paths below it are recognised.
	Path string `yaml:"path" required:"true" form:"route-path"`
	// Protocol spoken: "json", "loki", "elasticsearch", "otlp", "clickhouse", "splunk", "datadog", "browser" or "sentry".
	Protocol Protocol `yaml:"protocol" required:"true"`
	// Upstream by id. Default: the first one.
	Upstream string `yaml:"upstream" form:"id"`
	// Delivery says when a client is told that its batch is taken: "sync" after the upstream's own acknowledgement, "spool" once it is
	// scrubbed and on stable storage here. Default sync.
	Delivery Delivery `yaml:"delivery" default:"sync"`
	// Idempotency says how a request that a client sends again is told, so that the spool stores it once: "key" by its header Idempotency-Key,
	// and each without one is new; "content" by that, else by its path, query and decoded body, so that two that are equal and both meant
	// become one; "off" not at all. For delivery spool. Default key.
	Idempotency Idempotency `yaml:"idempotency" default:"key"`
	// UpstreamPath replaces the request's path. Default: the request's own.
	UpstreamPath string `yaml:"upstream_path" form:"path"`
	// Mode of scrubbing on this route. Default: the policy's.
	Mode Mode `yaml:"mode"`
	// Classes of data that may leave on this route, of those in policy.classes; [] lets out none. Default: all of them.
	Classes []Class `yaml:"classes"`
	// Tenant of requests without a key. Default: none, a key is needed as soon as any tenant has one.
	Tenant string `yaml:"tenant" form:"id"`
	// TenantFrom is a header in which a trusted proxy names the tenant of a request: X-Scope-OrgID, as Loki has it, or any other that the
	// proxy sets in place of what its clients sent. It is believed from trusted_proxies only, must stand once and name one of tenants; all
	// other requests on this route need a key. Default: none.
	TenantFrom string `yaml:"tenant_from" form:"header"`
	// Origins are the web origins whose pages may send here from a browser: "https://shop.example", or "*" for any (CORS). Browsers keep
	// to it; it stops nobody else. Default: any for protocols browser and sentry, none for the others.
	Origins []string `yaml:"origins" form:"origin"`
}

// Listener is a socket beside HTTP ingest. A change of its address needs a restart.
type Listener struct {
	// Address is transport, host and port: "grpc://127.0.0.1:4317". Which transports there are depends on the protocol.
	Address string `yaml:"address" required:"true" form:"socket"`
	// Protocol spoken.
	Protocol Protocol `yaml:"protocol" required:"true"`
	// Upstream by id. Default: the first one.
	Upstream string `yaml:"upstream" form:"id"`
	// Delivery says when what comes in here counts as taken, as a route's does. Default sync.
	Delivery Delivery `yaml:"delivery" default:"sync"`
	// Idempotency says how what a sender sends again is told, as a route's does; for protocol fluent the key is the message's option chunk.
	// For delivery spool. Default key.
	Idempotency Idempotency `yaml:"idempotency" default:"key"`
	// Mode of scrubbing of what comes in here. Default: the policy's.
	Mode Mode `yaml:"mode"`
	// Classes of data that may leave of what comes in here, as a route's. Default: all of policy.classes.
	Classes []Class `yaml:"classes"`
	// Tenant of what comes without a key. Default: none, a key is needed as soon as any tenant has one.
	Tenant string `yaml:"tenant" form:"id"`
	// TenantFrom is a header in which a trusted proxy names the tenant, as a route's; of protocol otlp. Default: none.
	TenantFrom string `yaml:"tenant_from" form:"header"`
	// TLS of the transports tls and grpcs, which need it.
	TLS TLS `yaml:"tls"`
	// IdleTimeout closes a connection that says nothing; of tcp and tls. Senders without answers lose what they say next, so it is long. Default 24h.
	IdleTimeout Duration `yaml:"idle_timeout" default:"24h" min:"1s"`
	// SharedKey that senders of protocol fluent must know. Default none: they need none.
	SharedKey Secret `yaml:"shared_key"`
	// Users of whom senders of protocol fluent must be one, beside knowing the shared key. Default none: the key is enough.
	Users []User `yaml:"users"`
}

// User is a name and a password of Fluent's forward protocol.
type User struct {
	// Name of the user.
	Name string `yaml:"name" required:"true" form:"text"`
	// Password of the user.
	Password Secret `yaml:"password" required:"true"`
}

// TLS names the files of a listener, in PEM form. They are read again when they change. The oldest version spoken is 1.2.
type TLS struct {
	// CertFile holds the listener's certificate, and those of the authorities between it and the root.
	CertFile string `yaml:"cert_file" form:"text"`
	// KeyFile holds the certificate's key. Nobody else should be able to read it.
	KeyFile string `yaml:"key_file" form:"text"`
	// ClientCAFile holds the authorities of which one must have signed a client's certificate. Default none: clients need none.
	ClientCAFile string `yaml:"client_ca_file" form:"text"`
}

// On tells whether TLS is configured.
func (t TLS) On() bool { return t != TLS{} }

// Metadata maps a named fact of the request to its rule. Facts that are not named keep their default: see Fact.
type Metadata map[Fact]MetadataRule

// MetadataRule is what becomes of one fact.
type MetadataRule struct {
	// Off leaves the fact out.
	Off bool `yaml:"off"`
	// Action upon the value. Default: the fact's own, see Fact.
	Action *Action `yaml:"action"`
	// Name under which it is attached. Default: its OpenTelemetry semantic convention.
	Name string `yaml:"name" form:"attribute"`
	// Why the fact is taken, for the inventory. Default: by its class.
	Why Why `yaml:"why" json:"-"`
	// Basis in law for taking it, for the inventory. Default: by its class.
	Basis Basis `yaml:"basis" json:"-"`
}

// Audit is the log of who changed what: audit.log in data_dir, each line bound to the one before by its hash. `winnow audit` reads it.
type Audit struct {
	// Off keeps none. A change needs a restart. Default false: an act that cannot be told there does not happen.
	Off bool `yaml:"off"`
}

// Log sets winnow's own log.
type Log struct {
	// Level: debug, info, warn, error. Default info.
	Level string `yaml:"level" words:"debug info warn error"`
}

// Size is a number of bytes.
type Size int64

// Duration is a time.Duration written as in Go ("30s", "720h"); it also accepts days ("30d").
type Duration time.Duration
