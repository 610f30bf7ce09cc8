package detect

// ID names a detector. It is an index into Table, or from Count on that of a rule of the operator's own.
type ID uint16

// The detectors, in order of priority.
const (
	None ID = iota
	PrivateKey
	Authorization
	JWT
	VendorToken
	URLCredentials
	Secret
	Email
	Card
	IBAN
	CVV
	BankAccount
	CryptoAddress
	TaxID
	HealthID
	NationalID
	Passport
	IMEI
	BirthDate
	SSN
	MAC
	IPv6
	IPv4
	Phone
	UserPath
	UUID
	count
)

// Count is the number of IDs, None included: the length of an array indexed by ID.
const Count = int(count)

// Finding is one match: bytes [Start, End) of the text given, which are what must not leave. It never holds text.
type Finding struct {
	Start, End int
	Detector   ID
}

// Shape tells a scan what surrounds the text.
type Shape uint8

// The shapes.
const (
	// Plain is any text: a line, many lines, the decoded value of a string. A backslash before n, r, t, b, f, u, / or a quote is
	// taken for an escape, and the escape is a boundary.
	Plain Shape = iota
	// JSON is raw JSON text, one value or many lines of them. Findings never span a quote or a structural character that is not
	// inside a string; the name of a member is the context of its value.
	JSON
)

// Context is what a scan may know beyond the text.
type Context struct {
	Shape Shape
	// Key is the field's name when the text is that field's whole value, decoded; empty when there is none. A secret's name makes
	// the whole value a finding.
	Key []byte
	// Lists are the lists of fields that name the field whose whole value the text is, a bit each: rules of the operator's own that look only
	// in fields look where one of theirs is among them.
	Lists uint32
}
