package config

// Policy says which fields leave and what becomes of findings in text.
type Policy struct {
	// Name shows in logs, metrics and at start. Default service-operations.
	Name string `yaml:"name" form:"label"`
	// Mode is "strict" (only named fields leave) or "scrub" (all fields leave, all values scrubbed). Default strict.
	Mode Mode `yaml:"mode"`
	// Preset supplies rules after the file's own: "service-operations" or "none". Default service-operations.
	Preset string `yaml:"preset" words:"service-operations none"`
	// Classes of data that may leave. Payment may where all routes that have it lead to payment processors, secret never. Default: telemetry, text, usage, device, network, location.
	Classes []Class `yaml:"classes"`
	// Rules over fields, first match wins.
	Rules []Rule `yaml:"rules"`
	// Detectors override what is done with findings in text that leaves, by detector name.
	Detectors map[string]Detector `yaml:"detectors" keys:"detector"`
	// DetectPrivateIPs also treats private addresses (RFC 1918, RFC 4193) as findings. Default true.
	DetectPrivateIPs *bool `yaml:"detect_private_ips"`
	// HighCardinality "accept" lets pseudonyms stand in Loki labels and in attributes of metrics, where each makes a stream or series of its
	// own. Without it such a field is dropped there, and a finding becomes its placeholder.
	HighCardinality Cost `yaml:"high_cardinality"`
	// Custom are detectors of one's own, beside the built-in ones.
	Custom []Custom `yaml:"custom"`
	// Allow is what is left alone wherever it is found.
	Allow Allow `yaml:"allow"`
	// Subjects are selectors of the fields that name a person. While anybody is restricted, each of their values is looked up, whether or
	// not it leaves, and so is what detectors of class identity find in text that leaves. Default: ids and e-mail addresses of users.
	Subjects []string `yaml:"subjects" form:"selector"`
	// Minors says which records are about a minor.
	Minors Minors `yaml:"minors"`
	// DoNotTrack says what a request with "DNT: 1" means. Default ignore.
	DoNotTrack Signal `yaml:"do_not_track"`
	// GPC says what a request with "Sec-GPC: 1" (Global Privacy Control) means. Default ignore.
	GPC Signal `yaml:"gpc"`
}

// Directory is a list of users: whoever is deactivated or deleted there is restricted here, and released when they are back.
type Directory struct {
	// File of users, as SCIM 2.0 lists them (RFC 7644, 3.4.2): {"Resources": [{"userName": ..., "active": true, ...}]}. Not together with url.
	File string `yaml:"file" form:"text"`
	// URL of such a list, of which all pages are read: https://.../Users.
	URL string `yaml:"url" form:"url"`
	// Token that the list wants, as a bearer (RFC 6750).
	Token Secret `yaml:"token"`
	// Every so often it is read. Default 1h.
	Every Duration `yaml:"every" min:"1m"`
	// Action upon the records of whoever is not active: "drop" or "strip". Default drop.
	Action string `yaml:"action" words:"drop strip"`
	// Tenant whose users they are. Default: all.
	Tenant string `yaml:"tenant" form:"id"`
}

// On tells whether there is a directory.
func (d Directory) On() bool { return d.File != "" || d.URL != "" }

// Minors says which records are about a minor: they are dropped, and whoever their subject fields name is put on the suppression list.
type Minors struct {
	// Fields are selectors of fields that say so by one of values. Default none.
	Fields []string `yaml:"fields" form:"selector"`
	// Values that say so, in any letter case. Default true, 1 and yes.
	Values []string `yaml:"values" form:"entry"`
	// Header of a request that says so, by one of values, about all its records. Default none.
	Header string `yaml:"header" form:"header"`
}

// On tells whether anything marks a record.
func (m Minors) On() bool { return len(m.Fields) > 0 || m.Header != "" }

// Rule names fields, their class and what becomes of them.
type Rule struct {
	// ID of the rule, unique: a-z, 0-9 and -.
	ID string `yaml:"id" required:"true" form:"rule-id"`
	// Fields are selectors over dotted paths ("level", "user.*.email", "http.**", "*_ms"): * stands for one segment, or for any
	// characters at either end of one; ** for any number of segments, none included. Letter case does not matter.
	Fields []string `yaml:"fields" required:"true" form:"selector"`
	// Class of the data. A field leaves only if its class may. Default telemetry.
	Class Class `yaml:"class" default:"telemetry"`
	// Action upon the whole value. Default keep, which still scrubs text.
	Action Action `yaml:"action" default:"keep"`
	// Why the fields are taken, for the inventory. Default: by their class.
	Why Why `yaml:"why" json:"-"`
	// Basis in law for taking them, for the inventory. Default: by their class.
	Basis Basis `yaml:"basis" json:"-"`
	// Obligations that the rule is there for, ids of one's own choice such as META-2, for the inventory. Default none.
	Obligations []string `yaml:"obligations" form:"label" json:"-"`
}

// Custom is a detector of one's own. It looks for one thing: a pattern, words, or the values of keys.
type Custom struct {
	// ID of the rule, unique among these and the detectors: a-z, 0-9 and -. Its findings become the ID in brackets by default.
	ID string `yaml:"id" required:"true" form:"rule-id"`
	// Pattern in the syntax of RE2. What the group named "value" holds, or the only group, must not leave; without groups the whole match.
	// A text must stand in every match, three bytes or more, by which matches are found quickly; else name fields, or accept the cost.
	Pattern string `yaml:"pattern" form:"pattern"`
	// Words to find, whole words or several with one sign between: names, projects, hosts.
	Words []string `yaml:"words" form:"entry"`
	// WordsFile is a file of words, one a line, at most 100,000 and 8 MiB; it is read again when it changes.
	WordsFile string `yaml:"words_file" form:"text"`
	// MatchCase says that upper and lower case differ in words. Default false.
	MatchCase bool `yaml:"match_case"`
	// Keys whose whole values are found, in JSON, logfmt, query strings and wherever else a key stands before its value. Letter case does
	// not matter, nor whether words are joined by _, -, . or nothing.
	Keys []string `yaml:"keys" form:"key"`
	// Validators that what is found must pass, all of them: see the list.
	Validators []Validator `yaml:"validators"`
	// Context are words of which one must stand within 30 bytes before, or in the key. Default: none is needed.
	Context []string `yaml:"context" form:"context"`
	// Fields are selectors of the only fields to look in, as those of rules. Default: all text.
	Fields []string `yaml:"fields" form:"selector"`
	// Cost "accept" lets a pattern without a necessary text read all that leaves, at the speed of regular expressions.
	Cost Cost `yaml:"cost"`
	// Class of what is found. Default identity.
	Class Class `yaml:"class" default:"identity"`
	// Action upon the bytes found. Default: replace by the ID in brackets.
	Action *Action `yaml:"action"`
	// Priority decides between findings of the same bytes: the higher wins. Those of built-in detectors have 0, and win over these with 0.
	Priority int `yaml:"priority" min:"-100" max:"100"`
}

// Allow is what is left alone wherever it is found. Findings of the classes payment and secret never are.
type Allow struct {
	// Values as a whole, in any letter case.
	Values []string `yaml:"values" form:"entry"`
	// Domains of one's own: e-mail addresses at them and at what is below them.
	Domains []string `yaml:"domains" form:"domain"`
	// Networks (CIDR) whose addresses stay.
	Networks []string `yaml:"networks" form:"cidr"`
}

// Detector is what becomes of one detector's findings.
type Detector struct {
	// Off stops looking for it. What is of class payment (card, iban, cvv, bank_account, crypto_address, tax_id) or secret is always looked
	// for, and never kept.
	Off bool `yaml:"off"`
	// On looks for it although it is off by default.
	On bool `yaml:"on"`
	// Action upon the bytes found. Default: replace by the detector's placeholder, such as [email].
	Action *Action `yaml:"action"`
}

// Action is one of the closed set of things that can become of a value. The zero Action is keep; Parse writes it out. In YAML it is a
// word ("drop") or a map with one key ("mask: {keep_last: 4}").
//
// A value that has not the shape its action needs (a truncation of what is no address) is withheld.
type Action struct {
	// Kind of action.
	Kind ActionKind `yaml:"-"`
	// Text replaces the value ("replace: '[user]'"). Default: what the value is, in brackets, such as [email].
	Text string `yaml:"-" of:"replace"`
	// KeepLast letters and digits stay in clear. Default 0.
	KeepLast int `yaml:"keep_last" of:"mask" min:"0" max:"64"`
	// IPv4Bits is the length of the prefix that stays of an IPv4 address. Default 24.
	IPv4Bits int `yaml:"ipv4" of:"truncate" default:"24" min:"1" max:"32"`
	// IPv6Bits is the length of the prefix that stays of an IPv6 address. Default 48.
	IPv6Bits int `yaml:"ipv6" of:"truncate" default:"48" min:"1" max:"128"`
	// Buckets are ascending bounds; a number moves down to the nearest: 37 with [0, 10, 100] becomes 10.
	Buckets []float64 `yaml:"buckets" of:"generalise"`
	// Time is the unit a time is cut to: minute, hour, day, month.
	Time TimeUnit `yaml:"time" of:"generalise"`
	// URL is how much stays of a web address: origin, or path. Query, fragment and user never do; words that stand for one in a
	// browser's reports (inline, data, ...) stay.
	URL URLPart `yaml:"url" of:"generalise"`
	// As is the kind named in the token (email in email_e7_...), and says which spellings are one value: email, ip, mac, card, phone,
	// ssn, iban, or any other word. Default: what a detector or fact found, else id.
	As string `yaml:"as" of:"pseudonym" form:"kind"`
}
