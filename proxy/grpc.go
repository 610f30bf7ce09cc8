package proxy

import (
	"crypto/tls"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/rpc"
)

// openGRPC opens a listener for OTLP over gRPC. Messages on their way in are bounded like bodies: as many of the largest as may be in flight.
// The limits are those at start.
func openGRPC(p *proxy, _ config.Listener, address string, secure *tls.Config, submit codec.Submit) (socket, error) {
	limits := p.config.Limits
	return rpc.Listen(rpc.Options{
		Address: address, TLS: secure, Submit: submit,
		MaxMessageBytes: int(limits.MaxBodyBytes), MaxHeaderBytes: int(limits.MaxHeaderBytes),
		MaxConnections: limits.MaxConnections, MaxReceiving: int(max(1, limits.MaxInflightBytes/limits.MaxBodyBytes)),
		ReadTimeout: time.Duration(limits.ReadTimeout), IdleTimeout: time.Duration(limits.IdleTimeout),
	})
}
