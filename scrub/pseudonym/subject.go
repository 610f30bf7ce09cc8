package pseudonym

import "bytes"

// SubjectKind is the kind of a value that names a person, told by its look: an e-mail address has an @ between two parts, a telephone number
// begins with + and has seven digits or more, and anything else is an id. So it does not depend on the field that the value stands in, which
// is named user_id in one application and login in the next.
func SubjectKind(value []byte) string {
	value = bytes.TrimSpace(value)
	if at := bytes.LastIndexByte(value, '@'); at > 0 && at < len(value)-1 {
		return KindEmail
	}
	if at := bytes.LastIndex(value, []byte("%40")); at > 0 && at < len(value)-3 {
		return KindEmail
	}
	if len(value) > 0 && value[0] == '+' && isNumber(value) {
		return KindPhone
	}
	return KindID
}

// minPhoneDigits is the least of a telephone number that is told by its look.
const minPhoneDigits = 7

func isNumber(value []byte) bool {
	digits := 0
	for _, r := range string(value) {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case !separator(r):
			return false
		}
	}
	return digits >= minPhoneDigits
}
