package codec

import "strings"

// hasPath tells whether path is suffix, or ends in it at a segment's start: clients put a prefix before a protocol's own paths.
func hasPath(path, suffix string) bool { return strings.HasSuffix(path, suffix) }
