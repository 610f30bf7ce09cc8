package detect

// objectID reports whether the four numbers a at t[start:end] are an object identifier: below an arc that directories and certificates use, and marked as one by
// what is before or behind them. Sources: X.520 (2.5.4), X.521 (2.5.6, 2.5.13), X.509 (2.5.29), RFC 1155 (1.3.6.1), RFC 8410 (1.3.101).
func objectID(t []byte, a [4]byte, start, end int, ctx Context) bool {
	switch {
	case a[0] == 2 && a[1] == 5 && (a[2] == 4 || a[2] == 6 || a[2] == 13 || a[2] == 29):
	case a == [4]byte{1, 3, 6, 1}, a[0] == 1 && a[1] == 3 && a[2] == 101 && a[3] >= 110 && a[3] <= 113:
	default:
		return false
	}
	switch byteAt(t, end) {
	case '=': // a distinguished name
		return true
	case ' ':
		if has(t, end, " NAME ") || has(t, end, " => ") || a[2] == 13 && has(t, end, " (") {
			return true
		}
	}
	return byteAt(t, start-1) == '.' || calls(objectWords, t, start, ctx)
}

// objectWords are what object identifiers are called.
var objectWords = keyWords{"oid", "oids", "objectid", "object", "identifier", "extension", "extensions", "attributetype", "objectclass", "algorithm"}
