package meta

// mark is what a word says beside naming a program: a system, a form, or that a number follows.
type mark uint64

const (
	markWindows mark = 1 << iota
	markNT
	markPhone
	markWindowsPhone
	markXbox
	markPlayStation
	markNintendo
	markTizen
	markWebOS
	markKaiOS
	markHarmony
	markIPad
	markIPhone
	markIPod
	markAppleTV
	markAndroid
	markCrOS
	markMac
	markUbuntu
	markFedora
	markFreeBSD
	markOpenBSD
	markLinux
	markOS
	markX
	markMobile
	markTablet
	markTV
	markBot
	markWebView
	markWebKit
	markVersion
	markRV
	markOpera
	markMini
	markMSIE
	markTrident
)

// marks are the words that carry one, in lower case.
var marks = [...]struct {
	word string
	mark mark
}{
	{"windows", markWindows}, {"nt", markNT}, {"phone", markPhone}, {"win32", markWindows}, {"win64", markWindows},
	{"xbox", markXbox}, {"playstation", markPlayStation}, {"nintendo", markNintendo},
	{"tizen", markTizen}, {"web0s", markWebOS | markTV}, {"webos", markWebOS},
	{"kaios", markKaiOS | markMobile}, {"harmonyos", markHarmony}, {"openharmony", markHarmony},
	{"ipad", markIPad}, {"iphone", markIPhone}, {"ipod", markIPod}, {"appletv", markAppleTV | markTV},
	{"android", markAndroid}, {"cros", markCrOS}, {"macintosh", markMac}, {"macos", markMac},
	{"ubuntu", markUbuntu}, {"fedora", markFedora}, {"freebsd", markFreeBSD}, {"openbsd", markOpenBSD}, {"linux", markLinux},
	{"os", markOS}, {"x", markX},
	{"mobile", markMobile}, {"mobi", markMobile}, {"j2me", markMobile}, {"midp", markMobile}, {"blackberry", markMobile},
	{"bb10", markMobile}, {"tablet", markTablet}, {"playbook", markTablet}, {"kindle", markTablet},
	{"tv", markTV}, {"smarttv", markTV}, {"smart-tv", markTV}, {"googletv", markTV}, {"hbbtv", markTV}, {"bravia", markTV},
	{"roku", markTV}, {"crkey", markTV}, {"netcast", markTV},
	{"wv", markWebView}, {"applewebkit", markWebKit}, {"version", markVersion}, {"rv", markRV},
	{"opera", markOpera}, {"mini", markMini}, {"msie", markMSIE}, {"trident", markTrident},
}

// system names the operating system, "" if none is known.
func (m mark) system() string {
	for i := range systems {
		if m&systems[i].mark != 0 {
			return systems[i].name
		}
	}
	return ""
}

// systems are in the order in which they are tried: phones and televisions also say Linux, Android or Windows, and an iPhone also says "like Mac
// OS X".
var systems = [...]struct {
	mark mark
	name string
}{
	{markWindowsPhone, "Windows Phone"},
	{markXbox, "Xbox"},
	{markPlayStation, "PlayStation"},
	{markNintendo, "Nintendo"},
	{markTizen, "Tizen"},
	{markWebOS, "webOS"},
	{markKaiOS, "KaiOS"},
	{markHarmony, "HarmonyOS"},
	{markAppleTV, "tvOS"},
	{markIPad, "iPadOS"},
	{markIPhone | markIPod, "iOS"},
	{markAndroid, "Android"},
	{markCrOS, "ChromeOS"},
	{markWindows, "Windows"},
	{markMac, "macOS"},
	{markUbuntu, "Ubuntu"},
	{markFedora, "Fedora"},
	{markFreeBSD, "FreeBSD"},
	{markOpenBSD, "OpenBSD"},
	{markLinux, "Linux"},
}

// systemVersion is the major version, where the User-Agent tells it.
func (s *sighting) systemVersion(system string) version {
	switch system {
	case "Windows":
		return s.windowsVersion()
	case "iOS", "iPadOS":
		return s.appleMobile
	case "Android":
		return s.android
	case "macOS":
		return s.mac
	}
	return version{}
}

// windowsVersion turns the kernel's version into the product's. NT 10.0 is Windows 10 and 11 alike; only client hints tell them apart.
func (s *sighting) windowsVersion() version {
	if !s.nt.known {
		return version{}
	}
	switch uint32(s.nt.n)<<16 | uint32(s.ntMinor) {
	case 10 << 16:
		return numeric(10)
	case 6<<16 | 2, 6<<16 | 3:
		return numeric(8)
	case 6<<16 | 1:
		return numeric(7)
	case 6 << 16:
		return version{word: "Vista", known: true}
	case 5<<16 | 1, 5<<16 | 2:
		return version{word: "XP", known: true}
	}
	return version{}
}

// The device classes: desktop, mobile, tablet, tv, bot (crawlers, probes), other (consoles, libraries, shippers, unknown). Order of
// tests: bot, tool, tv, console, then the hint Sec-CH-UA-Mobile, then the words of the User-Agent, then the system.
func device(k kind, m mark, system string, mobileHint []byte) string {
	hint := string(trim(mobileHint))
	switch {
	case k == crawler:
		return "bot"
	case k == tool:
		return "other"
	case m&markTV != 0:
		return "tv"
	case system == "Xbox" || system == "PlayStation" || system == "Nintendo":
		return "other"
	case m&(markIPad|markTablet) != 0:
		return "tablet"
	case hint == "?1", m&(markIPhone|markIPod|markWindowsPhone) != 0:
		return "mobile"
	case m&markMobile != 0 && hint != "?0":
		return "mobile"
	}
	switch system {
	case "Android", "iPadOS", "HarmonyOS":
		return "tablet"
	case "iOS":
		return "mobile"
	case "Windows", "macOS", "Linux", "Ubuntu", "Fedora", "FreeBSD", "OpenBSD", "ChromeOS":
		return "desktop"
	case "Tizen", "webOS":
		return "tv"
	}
	return "other"
}
