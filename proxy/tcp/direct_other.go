//go:build !linux || race

package tcp

import "net"

// direct knows no other way here; and the race detector takes what one end of a connection wrote before the other read it for ordered by net's own
// calls alone.
func direct(c *net.TCPConn) net.Conn { return c }
