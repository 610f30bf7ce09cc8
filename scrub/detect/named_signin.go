package detect

// Codes that are sent to a person to sign in with once.
//
// Accepted: four to eight digits right behind one of the words, in one piece or in two halves, with a letter and a dash before them or not: "your
// code is 482913", "otp code: 123 456", "verification code G-482913". What a key such as otp or mfa_code names is found by Secret itself. Source: RFC
// 4226 section 5.3 (six to eight digits), and what services send.
var onceKinds = []numberKind{
	{name: "one_time_code", id: Secret, words: "*otp!, *otp code, *one time code, *one time password, *one time passcode, *onetime code, *verification code, *your code, *login code, " +
		"*sms code, *confirmation code, *authentication code, *signin code, *sign in code, *mfa code, *totp code, *passcode, *security code, " +
		"*bestätigungscode, *sicherheitscode, *einmalcode, *einmalpasswort, *code de vérification, *código de verificación, *código de verificação, *codice di verifica",
		read: oneTimeCode, direct: true},
}

// oneTimeCode returns the end of the code at i, or 0.
func oneTimeCode(t []byte, i int) int {
	if isLetter(t[i]) && byteAt(t, i+1) == '-' {
		i += 2
	}
	end := behindDigits(t, i)
	n := end - i
	if c := byteAt(t, end); (n == 3 || n == 4) && (c == ' ' || c == '-') {
		if half := behindDigits(t, end+1); half-end-1 == n {
			end, n = half, 2*n
		}
	}
	if n < 4 || n > 8 || numberGoesOn(t, end) || measured(t, end) {
		return 0
	}
	return end
}
