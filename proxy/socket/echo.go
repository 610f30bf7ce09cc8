package socket

import "net"

// echo answers the heartbeats of Fluent's forward protocol: a datagram for a datagram, on the port of the connections.
type echo struct{ socket net.PacketConn }

func openEcho(address string) (*echo, error) {
	c, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, err
	}
	return &echo{c}, nil
}

func (e *echo) serve() {
	var heartbeat [16]byte
	for {
		n, from, err := e.socket.ReadFrom(heartbeat[:])
		if err != nil {
			if isTemporary(err) {
				continue
			}
			return
		}
		if n > 0 {
			_, _ = e.socket.WriteTo([]byte{0}, from) // a heartbeat that is lost is repeated
		}
	}
}

func (e *echo) close() { _ = e.socket.Close() }
