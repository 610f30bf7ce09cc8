package detect

// Telephone numbers as they are written in East Asia, behind words in its scripts, which no word list of ASCII knows.
//
// Accepted: right behind one of the words, eight to thirteen digits in groups with dashes or spaces or in one piece, the first of them 0 or 1. Source:
// the numbering plans of China, Japan and Korea (ITU-T E.129).
var farPhoneKinds = []numberKind{
	{name: "far_phone", id: Phone, words: "手机号, 手机号码, 手机, 电话, 电话号码, 联系电话, 電話番号, 電話, 携帯, 携帯番号, 携帯電話, 전화번호, 전화, 휴대폰, 휴대전화, 연락처",
		read: farPhone, direct: true},
}

// Lengths of these numbers, in digits.
const (
	farPhoneLeast = 8
	farPhoneMost  = 13
)

// farPhone returns the end of the number at i, or 0.
func farPhone(t []byte, i int) int {
	if t[i] != '0' && t[i] != '1' {
		return 0
	}
	digits, best := 0, 0
	for range maxPhoneGroups {
		end := behindDigits(t[:min(len(t), i+farPhoneMost+1)], i)
		if digits += end - i; digits > farPhoneMost {
			break
		}
		if digits >= farPhoneLeast && !phoneAfter(t, end) {
			best = end
		}
		if gap := byteAt(t, end); gap != '-' && gap != ' ' || !isDigit(byteAt(t, end+1)) {
			break
		}
		i = end + 1
	}
	return best
}
