// Package detect finds personal data and secrets in text.
//
// It is pure: the same text gives the same findings, on every machine and however the text was cut into calls by record. Findings are sorted by start, do not
// overlap, and are chosen leftmost first, then longest, then by the order of the table (lower ID wins). Every detector has its own file and its own folder of
// golden cases below testdata; the table lists them all.
//
// Nothing here decides what becomes of a finding, and nothing here keeps or shows text.
//
// # Where things are
//
// To begin with: detect.go (IDs, findings, what a caller says of a text), table.go (each detector's name, class and source; the options), anchors.go (the
// contract between scans and matchers), reference.go (which matcher is tried at which anchor, and the plain scan that says what is right).
//
// Data that has a form of its own:
//   - email.go, with email_domain.go, email_toplevels.go and email_ssh.go: which domains and names are an address's
//   - ipv4.go, with ipv4_objectid.go and ipv4_packages.go: four numbers that are no address; ipv4_dashed.go: in names of hosts; ipv6.go, mac.go, uuid.go
//   - card.go, iban.go, ssn.go, residentid.go; crypto*.go: addresses of cryptocurrencies, a file for each way to write them
//   - phone.go, with phone_countries.go: lengths by country; phone_words.go: what tells counters from a number, and Russia's; digits.go: groups of digits,
//     which these share
//   - jwt.go, privatekey.go, privatekey_putty.go, secret_crypt.go: tokens, keys and hashes of passwords
//   - userpath.go, urlcredentials.go, authorization.go
//   - vendor.go: tokens of vendors, with vendor_table.go (the rows), vendor_form.go (how rows spell forms), vendor_check.go (entropy, checksums) and
//     vendor_index.go (which rows a token may be)
//
// Numbers that only a word tells from others: named.go is how they are found, named_member.go where members have their values, named_part.go where the parts of forms have them, named_words.go and named_tree.go how words are known, named_kind.go what a row of
// a table says, named_markup.go what markup stands before a value, named_table.go all tables together. The tables, with their words, forms and checks:
//   - of persons: nationalid.go, identitycard.go, healthid.go, passport.go (passport_mrz.go: the lines that machines read), birthdate.go, taxid.go, taxid_further.go
//   - of accounts and cards: bankaccount.go, cvv.go, named_card.go
//   - of devices, telephones and sign-ins: imei.go, named_phone.go, named_signin.go
//
// Secrets behind a name: secret.go is the value behind a key and a separator, secret_keys.go the keys, secret_value.go how values are written, secret_code.go
// what is code and no value. Where a value stands elsewhere than behind its key:
//   - secret_places.go: members name and value, elements and their attributes, statements of SQL that say identified by; secret_spoken.go: running text, .netrc;
//     secret_lists.go: lists, and lines of a block
//   - secret_calls.go: arguments of calls; secret_terms.go: members of PHP and terms of Erlang; secret_pairs.go: user:password, a name and its value in one list; secret_phrase.go: secrets of several words;
//     secret_sql.go: SQL; secret_manifest.go: Kubernetes' secrets; secret_octets.go: keys octet by octet
//   - secret_flags.go and secret_arguments.go: passwords among a program's arguments; secret_login.go: what clients of FTP, mail and Redis send;
//     secret_device.go: configuration of routers
//   - secret_told.go: words that tell a secret and do not name it; secret_logincall.go: calls that log in; secret_cookies.go: cookies of any name;
//     secret_path.go: tokens in paths
//   - secret_foreign.go and secret_foreign_ends.go: names of secrets that are not spelled in ASCII
//   - secret_fallback.go: what stands in for what comes from elsewhere; secret_makers.go: keys that only a vendor's name tells;
//     secret_own.go: that name without the word key
//   - secret_dummies.go and secret_example.go: what stands in for a value and is none; secret_made.go: whether a generator made a text;
//     secret_reports.go: reports of programs that look like a secret behind its key
//
// Text within text: hidden_percent.go (percent-encoding), hidden.go (zero-width and full-width characters, queries in queries), hidden_base64.go (base64).
//
// What several share: bytes.go (classes of bytes), words.go (lists of words), context.go (the key or the words before a place).
//
// Rules of the operator's own: custom.go, with custom_filter.go and custom_marks*.go (where a rule may match), custom_scan.go (the pass over a text),
// custom_pattern.go, custom_literals.go and custom_possible.go (patterns), custom_words.go and custom_starts.go (lists), custom_keys.go and custom_validate.go;
// custom_allow.go is what is left alone.
//
// The fast scan, which gives what the reference gives: scan.go begins it. classify*.go makes bitmaps of a text, scan_candidates*.go finds places in them,
// scan_verify.go calls matchers there, scan_resolve.go puts findings in order; scan_quiet.go, scan_named.go, scan_ascii.go and scan_number.go say of a text
// that it needs less. The other families of candidates have a file each: scan_before.go, scan_crypto.go, scan_digits.go, scan_hidden.go, scan_keys.go,
// scan_tails.go, scan_vendor.go, scan_words.go. scan_seams.go looks once more where findings touch. explain.go and explain_kind.go tell what else was found,
// and why it lost.
package detect
