package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names of secrets that are not spelled in ASCII: contraseña=…, пароль: …, 密码：…, 비밀번호는 ….
//
// Accepted: behind one of the words, in any case and with accents or without, a separator as behind any key, a full-width colon or equals sign, or what says "is" in
// the word's language; behind a full-width sign any key too. What is said in running text has a digit. A value without quotes ends where another script begins.

// foreignWord is one of the words.
type foreignWord struct {
	// stem are its folded letters up to the last one beyond ASCII, and suffix what follows.
	stem   []rune
	suffix string
	want   want
	// latin says that values and the words of its language have the same letters.
	latin bool
}

// foreignSpelled are the words, by what their values look like.
var foreignSpelled = map[want]string{
	wantAny: "contraseña, пароль, пароля, парола, лозинка, гасло, пассворд, 密码, 密碼, 口令, パスワード, 비밀번호, 암호, 패스워드, סיסמה, סיסמא, הסיסמה, כלמת מעבר, كلمة المرور, كلمة السر, كلمة مرور, " +
		"رمز عبور, گذرواژه, parolă, hasło, hasła, şifre, şifreniz, şifresi, lösenord, lösenordet, jelszó, κωδικός, κωδικός πρόσβασης, συνθηματικό, รหัสผ่าน, पासवर्ड, कूटशब्द, mật khẩu, mật mã, salasõna",
	wantToken: "токен, секрет, секретный ключ, апи ключ, апи-ключ, 令牌, 密钥, 密鑰, 秘钥, 秘密鍵, トークン, シークレット, アクセスキー, 토큰, 비밀키",
	wantCode:  "验证码, 驗證碼, 校验码, 動態密碼, 认证码, 認証コード, 確認コード, 暗証番号, ワンタイムパスワード, 인증번호, 인증코드, пин код, пин-код, код подтверждения, проверочный код, κωδικός επαλήθευσης, الرقم السري, رمز التحقق",
}

// foreignTable are the words by the low bits of the last letter of their stems.
type foreignTable [64][]*foreignWord

var foreignWords = func() (table foreignTable) {
	for _, kind := range [...]want{wantAny, wantToken, wantCode} {
		for spelled := range strings.SplitSeq(foreignSpelled[kind], ", ") {
			n := strings.LastIndexFunc(spelled, func(r rune) bool { return r >= utf8.RuneSelf })
			_, size := utf8.DecodeRuneInString(spelled[n:])
			w := &foreignWord{suffix: spelled[n+size:], want: kind}
			for _, r := range spelled[:n+size] {
				w.stem = append(w.stem, foldRune(r))
				w.latin = w.latin || unicode.Is(unicode.Latin, r)
			}
			place := w.stem[len(w.stem)-1] & 63
			table[place] = append(table[place], w)
		}
	}
	return table
}()

// around returns the longest word whose stem ends at i and whose suffix follows, and where it ends; nil if there is none.
func (f *foreignTable) around(t []byte, i int) (best *foreignWord, end int) {
	last, _ := utf8.DecodeLastRune(t[:i])
	for _, w := range f[foldRune(last)&63] {
		stop := i + len(w.suffix)
		if best != nil && len(best.stem) >= len(w.stem) || !hasFold(t, i, w.suffix) || isLetter(byteAt(t, stop)) {
			continue
		}
		at, k := i, len(w.stem)
		for k > 0 && at > 0 {
			r, size := utf8.DecodeLastRune(t[:at])
			if foldRune(r) != w.stem[k-1] && !(w.stem[k-1] == ' ' && r == '_') {
				break
			}
			at, k = at-size, k-1
		}
		if k == 0 && startsWord(t, at, stop, w.stem[0]) && (w.stem[0] >= 0x2e80 || !placeholderBefore(t, at)) {
			best, end = w, stop
		}
	}
	return best, end
}

// ending returns the word that ends at i, or nil.
func (f *foreignTable) ending(t []byte, i int) *foreignWord {
	for j := i; j > 0 && i-j <= maxSuffix; j-- {
		if t[j-1] >= utf8.RuneSelf {
			if w, end := f.around(t, j); end == i {
				return w
			}
			return nil
		}
	}
	return nil
}

// maxSuffix is more than the longest suffix of the words has.
const maxSuffix = 8

// foreignKind is secretKind for keys that are not spelled in ASCII.
func foreignKind(key []byte) want {
	for len(key) > 0 && (isDigit(key[len(key)-1]) || key[len(key)-1] == ' ') {
		key = key[:len(key)-1]
	}
	if w := foreignWords.ending(key, len(key)); w != nil {
		return w.want
	}
	return wantNothing
}

// anchorForeign reports whether bytes beyond ASCII end at i.
func anchorForeign(t []byte, i int) bool {
	return i > 0 && t[i-1] >= utf8.RuneSelf && byteAt(t, i) < utf8.RuneSelf
}

// matchForeign finds the value of the secret that a word in the run of bytes beyond ASCII that ends at at names, or a key before a full-width sign that ends there.
func matchForeign(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	if !anchorForeign(t, at) {
		return 0, 0, false
	}
	may := foreignLast.at(t, at)
	if may&endsWideSign != 0 {
		if i := beforeWideSign(t, at); i < at {
			return wideNamed(t, i, at, lo, ctx)
		}
	}
	if may&endsJoint != 0 {
		if i := beforeJoint(t, at); i < at {
			if w := foreignWords.ending(t, i); w != nil {
				return saidValue(t, at, lo, w.want, ctx)
			}
		}
	}
	if may&endsStem == 0 {
		return 0, 0, false
	}
	w, i := foreignWords.around(t, at)
	if w == nil {
		return 0, 0, false
	}
	if i = passMarks(t, i); i-at > maxKeyBytes {
		return 0, 0, false
	}
	switch byteAt(t, i) {
	case '=', ':', '>':
	default:
		j := skipBlanks(t, at+len(w.suffix))
		if n := joinsValue(t, j); n > 0 && j > at {
			return saidValue(t, j+n, lo, w.want, ctx)
		}
		return 0, 0, false
	}
	s, ok := readSeparator(t, i)
	if !ok || s.end < lo {
		return 0, 0, false
	}
	var v value
	if s.element {
		v = elementValue(t, s.end, false)
	} else {
		v = foreignValue(t, s.end, ctx)
	}
	b := t[v.start:v.end]
	if s.prose && !v.quoted && (w.latin && plainWord(b) || !holdsASCII(b)) {
		return 0, 0, false
	}
	return v.start, v.end, wanted(t, v, w.want)
}

// passMarks returns the offset behind the quotes, brackets and blanks that may stand between a key that ends at i and its separator.
func passMarks(t []byte, i int) int {
	for from := i; i-from < maxKeyGap; i++ {
		switch byteAt(t, i) {
		case '"', '\'', '`', ']', '\\', ' ', '\t':
		default:
			return i
		}
	}
	return i
}

// wideNamed finds the value at at behind a full-width sign that begins at i.
func wideNamed(t []byte, i, at, lo int, ctx Context) (start, end int, ok bool) {
	kind := wantNothing
	if isAlnum(byteAt(t, i-1)) {
		keyStart, keyStop, _ := keyEnding(t, i, false)
		kind = secretKind(t[keyStart:keyStop])
	}
	if w := foreignWords.ending(t, beforeJoint(t, i)); w != nil {
		kind = w.want
	}
	if kind == wantNothing || kind == wantQuery || at < lo {
		return 0, 0, false
	}
	v := foreignValue(t, skipBlanks(t, at), ctx)
	return v.start, v.end, wanted(t, v, kind)
}

// saidValue finds the value at i that running text says: it looks like a password or a code.
func saidValue(t []byte, i, lo int, kind want, ctx Context) (start, end int, ok bool) {
	v := foreignValue(t, skipBlanks(t, i), ctx)
	if v.start < lo || kind != wantCode && !looksSecret(t, &v, kind == wantAny) {
		return 0, 0, false
	}
	return v.start, v.end, wanted(t, v, kind)
}

// foreignValue is readValue for a value that ends where a script other than Latin begins.
func foreignValue(t []byte, i int, ctx Context) value {
	v := readValue(t, i, ctx, false)
	if v.quoted {
		return v
	}
	for j := v.start; j < v.end; j++ {
		if t[j] >= utf8.RuneSelf {
			if j > v.start {
				v.end = j
			}
			break
		}
	}
	return v
}

// holdsASCII reports whether there is a letter or digit of ASCII in b.
func holdsASCII(b []byte) bool {
	for _, c := range b {
		if isAlnum(c) {
			return true
		}
	}
	return false
}

// wideSigns are the full-width colon and equals sign.
var wideSigns = [...]string{"：", "＝"}

// beforeWideSign returns the offset before one of wideSigns that ends at i, or i.
func beforeWideSign(t []byte, i int) int {
	if i >= wideSignBytes && i <= len(t) && t[i-3] == 0xef && t[i-2] == 0xbc && (t[i-1] == 0x9a || t[i-1] == 0x9d) {
		return i - 3
	}
	return i
}

// wideSignBytes is the length of a full-width sign.
const wideSignBytes = 3

// joints say "is" behind a word, in scripts without blanks or with them.
var joints = [...]string{"是", "为", "為", "は", "는", "은", " —", " –", " é"}

// jointsBy are the joints by the low bits of their last byte.
var jointsBy = func() (by [64][]string) {
	for _, j := range joints {
		k := j[len(j)-1] & 63
		by[k] = append(by[k], j)
	}
	return by
}()

// beforeJoint returns the offset before one of joints that ends at i, or i.
func beforeJoint(t []byte, i int) int {
	for _, j := range jointsBy[byteAt(t, i-1)&63] {
		if n := len(j); i > n && string(t[i-n:i]) == j {
			return i - n
		}
	}
	return i
}
