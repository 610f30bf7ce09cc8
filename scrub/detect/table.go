package detect

import "winnow/config"

// Info is what the table says about one detector.
type Info struct {
	// Name in the policy, in metrics and in messages.
	Name string
	// Placeholder that takes a finding's place by default.
	Placeholder string
	// Class that a finding belongs to; payment data is config.ClassPayment.
	Class config.Class
	// On by default.
	On bool
	// Source of the rule: the standard or register that says what is valid.
	Source string
	// Validator says what is checked, after "checks ".
	Validator string
}

// Table lists all detectors, indexed by ID. The entry of None is empty. It is constant.
var Table = [Count]Info{
	PrivateKey:     {"private_key", "[private-key]", config.ClassSecret, true, "RFC 7468, RFC 4716, RFC 9580 section 6.2", "label of the BEGIN line"},
	Authorization:  {"authorization", "[authorization]", config.ClassSecret, true, "RFC 9110 section 11.4, RFC 6750, RFC 7617", "scheme, or a header's name, and form of the credential"},
	JWT:            {"jwt", "[jwt]", config.ClassSecret, true, "RFC 7519, RFC 7515, RFC 7516", "header decodes to JSON with alg, enc or typ"},
	VendorToken:    {"vendor_token", "[token]", config.ClassSecret, true, "the vendors' documentation, row by row", "prefix, form, entropy, and the checksum where the vendor has one"},
	URLCredentials: {"url_credentials", "[secret]", config.ClassSecret, true, "RFC 3986 section 3.2.1", "the place before the host, and dummies"},
	Secret:         {"secret", "[secret]", config.ClassSecret, true, "names of credentials in use", "name of the key, length, randomness and dummies"},
	Email:          {"email", "[email]", config.ClassIdentity, true, "RFC 5321, RFC 6531, IANA root zone database", "known top-level domain"},
	Card:           {"card", "[card]", config.ClassPayment, true, "ISO/IEC 7812-1", "Luhn, issued prefixes and lengths"},
	IBAN:           {"iban", "[iban]", config.ClassPayment, true, "ISO 13616-1:2020, ISO/IEC 7064:2003", "MOD 97-10, length and form of the country"},
	CVV:            {"cvv", "[cvv]", config.ClassPayment, true, "PCI DSS 4.0 requirement 3.3.1.2", "word, and three or four digits"},
	BankAccount:    {"bank_account", "[account]", config.ClassPayment, true, "ABA routing numbers, banks' own numbers", "word, length, and the check digit of routing numbers"},
	CryptoAddress:  {"crypto_address", "[crypto-address]", config.ClassPayment, true, "BIP-13, BIP-173, BIP-350, EIP-55; see matchCrypto", "Base58Check, Bech32 or EIP-55 checksum, or a word before an address without one"},
	TaxID:          {"tax_id", "[tax-id]", config.ClassPayment, true, "tax authorities' own rules; see taxKinds and furtherTaxKinds", "word, form, and the number's own check"},
	HealthID:       {"health_id", "[health-id]", config.ClassIdentity, true, "NHS Data Dictionary, 45 CFR 162.406; see healthKinds", "word, form, and the number's own check"},
	NationalID:     {"national_id", "[national-id]", config.ClassIdentity, true, "registers' own rules; see nationalKinds and identityKinds", "word, form, date, and the number's own check"},
	Passport:       {"passport", "[passport]", config.ClassIdentity, true, "ICAO Doc 9303-4, 9303-6", "word, and digits among letters; check digits of the lines that machines read"},
	IMEI:           {"imei", "[imei]", config.ClassIdentity, true, "3GPP TS 23.003 sections 2.2 and 6.2, ITU-T E.118", "word, and Luhn, or how SIM cards' and subscribers' numbers begin"},
	BirthDate:      {"birth_date", "[birth-date]", config.ClassIdentity, true, "ISO 8601-1:2019", "word, and a day of the years 1880 to 2039"},
	SSN:            {"us_ssn", "[ssn]", config.ClassIdentity, true, "20 CFR 422.103", "areas, groups and serials in use"},
	MAC:            {"mac", "[mac]", config.ClassDevice, true, "IEEE 802-2014 section 8", "six octets, and that they are no part of a chain"},
	IPv6:           {"ipv6", "[ip]", config.ClassNetwork, true, "RFC 4291, RFC 5952", "form, and that it is neither loopback nor unspecified"},
	IPv4:           {"ipv4", "[ip]", config.ClassNetwork, true, "RFC 791, RFC 6943 section 3.1.1", "octets, and that it is no netmask, loopback or version"},
	Phone:          {"phone", "[phone]", config.ClassIdentity, true, "ITU-T E.164, NANP", "country codes and lengths, or a key word"},
	UserPath:       {"user_path", "[user]", config.ClassIdentity, true, "home folders of Unix, macOS and Windows", "home folders, and names that machines share"},
	UUID:           {"uuid", "[uuid]", config.ClassIdentity, false, "RFC 9562 section 4", "form, and that it is neither nil nor all ones"},
}

// Options are what a policy can say to all detectors. The zero Options finds nothing.
type Options struct {
	// On says which detectors look.
	On [Count]bool
	// PrivateIPs finds addresses of private and link-local networks too (RFC 1918, RFC 4193, RFC 3927, RFC 6598).
	PrivateIPs bool
	// Custom are detectors of the operator's own, nil if there are none.
	Custom *Custom
	// Allow is what is left alone, nil if nothing is.
	Allow *Allow
}

// Defaults are the options of a policy that says nothing: what is on in the table, and private addresses.
func Defaults() Options {
	o := Options{PrivateIPs: true}
	for id := range Table {
		o.On[id] = Table[id].On
	}
	return o
}

// ByName returns the detector of that name.
func ByName(name string) (ID, bool) {
	for id := None + 1; id < count; id++ {
		if Table[id].Name == name {
			return id, true
		}
	}
	return None, false
}

// String returns the name in the table.
func (id ID) String() string {
	if id >= count {
		return ""
	}
	return Table[id].Name
}
