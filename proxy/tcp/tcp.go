// Package tcp makes a proxy's connections cheaper for Go's scheduler.
//
// A system call on a socket of Go's never blocks: what cannot be done at once is waited for in the poller. Yet Go takes each for one that might. It
// has a thread of its own look every 20 microseconds whether a call lasts, and gives the call's processor to yet another thread if it does. A call
// lasts easily: the peer on this machine wakes up within it, and a body is copied. A direct connection's calls keep their processor instead, and are short enough
// for that.
package tcp

import "net"

// Direct makes a TCP connection one whose reads and writes keep their processor, on Linux and without the race detector. Any other connection is
// returned as it came. One that is made another has a method WriteBoth(a, b []byte) (int, error), which writes both with one system call where they
// fit.
//
// Errors are those of net, but that time-outs and closed connections are told of by Op "raw-read" and "raw-write". One goroutine at a time may read
// it and one write it; the other methods are safe for concurrent use. Nothing is kept of a slice beyond the call.
func Direct(c net.Conn) net.Conn {
	if t, ok := c.(*net.TCPConn); ok {
		return direct(t)
	}
	return c
}
