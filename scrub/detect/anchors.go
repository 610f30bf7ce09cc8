package detect

// Anchors and matchers: the contract between the scans and the detectors.
//
// An anchor is a place in the text that is cheap to find and that every match of a detector has. A scan finds anchors, a matcher decides.
// All matchers have one form:
//
//	matchX(o *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool)
//
// at is the anchor, as documented below. lo is the detector's frontier: the end of its previous match in t, 0 before the first. The match
// lies at or after lo; bytes before lo are looked at for boundaries and context words only, and only so far as a constant allows. [start,
// end) is what must not leave.
//
// What a scan does, for each detector apart: it calls the matcher at every anchor that is not before lo, in ascending order, and after a
// match sets lo to its end. A failure moves nothing. A run anchor (dotted, coloned, digits) is called again at the end of a match until
// the run holds no more; a token end is called again with the new lo.
//
// What a matcher promises: it never panics, whatever at is in [0, len(t)]; at an offset that is no anchor it returns false, or a match
// that an anchor at or after lo gives too; so a scan may call at too many places, never at too few. It looks at a bounded number of bytes, or
// at bytes that its match or its run covers: all calls over a text together are linear in its length.
//
// The anchors:
//
//	atSign     '@'; or '%' of "%40"; or '\' of "\u0040".                                          Email
//	dotted     start of a maximal run of [0-9.] with at least three dots.                           IPv4
//	coloned    start of a maximal run of [0-9A-Fa-f:.] with at least two colons.                     IPv6
//	hexPairs   first of five equal separators, ':' or '-', each three bytes from the next, with a
//	           hex digit on both sides of each; or the first of two '.', five bytes apart, with a
//	           hex digit on both sides of each.                                                     MAC
//	digits     start of a maximal run of [0-9 ().+-] that holds at least nine digits, or at least
//	           eight and a '+'. A run may begin with separators.                                  Card, SSN, Phone
//	country    first letter of two ASCII letters (any case) and two digits, the byte before not a
//	           letter or digit unless it ends an escape.                                            IBAN
//	tokenEnd   offset behind a maximal run of at least 20 of [A-Za-z0-9_.+/=-]; len(t) too.       JWT
//	schemeSep  ':' of "://".                                                                       URLCredentials
//	keySep     '=', ':' or '>' (of "=>" the '='); '%' of "%3D", "%3A"; a space or tab (the first of
//	           several); each only where the nearest bytes before it, up to three spaces, up to four
//	           backslashes, up to one quote (' or " or `) or ']' passed over, are a letter or digit.
//	           Which keys matter is said by secretWords: the byte sequence before the separator
//	           ends in one of them, ASCII case and '-', '_', '.' set aside.                         Secret, Authorization
//	begin      first '-' of "-----BEGIN ".                                                         PrivateKey
//	homeDir    '/' of "/home/" or "/Users/"; the first '\' of "\Users\" or "\\Users\\" (up to four
//	           backslashes each).                                                                  UserPath
//	uuidDash   '-' with a '-' 5, 10 and 15 bytes on, hex digits before and behind.                  UUID
//	percent    '%' of a "%XX" that is no "%40", the first in a maximal run of
//	           [A-Za-z0-9%._~+:()-].                                                              matchPercent (Card, IBAN, SSN, Phone, IPv4, IPv6, MAC)
//	start      offset 0, once a scan, when ctx.Key is not empty.                                    matchKeyed (Secret, Authorization)
//
// The last two are matchers for several detectors: they return a Finding's detector too and have frontiers of their own.
