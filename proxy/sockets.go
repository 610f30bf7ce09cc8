package proxy

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
	wire "winnow/proxy/socket"
)

// socket is a listener beside HTTP ingest, open.
type socket interface {
	// Addr is the address in use.
	Addr() net.Addr
	// Serve takes messages until Shutdown, and then returns nil.
	Serve() error
	// Shutdown stops listening and waits for what is being taken. The error is ctx's.
	Shutdown(ctx context.Context) error
}

// opener opens a listener at an address, with TLS unless secure is nil.
type opener func(p *proxy, l config.Listener, address string, secure *tls.Config, submit codec.Submit) (socket, error)

// openers are the ways to listen, by transport.
var openers = map[string]opener{
	"grpc": openGRPC, "grpcs": openGRPC,
	"udp": openSocket, "tcp": openSocket, "tls": openSocket,
}

// openSocket opens a listener of package socket.
func openSocket(p *proxy, l config.Listener, address string, secure *tls.Config, submit codec.Submit) (socket, error) {
	transport, _, _ := strings.Cut(l.Address, "://")
	limits := p.config.Limits
	return wire.Open(wire.Options{
		Protocol: l.Protocol, Transport: transport, Address: address, TLS: secure, Submit: submit,
		MaxMessageBytes: int(limits.MaxRecordBytes), MaxBatchBytes: int(limits.MaxBodyBytes), MaxConnections: limits.MaxConnections,
		ReadTimeout: time.Duration(limits.ReadTimeout), WriteTimeout: time.Duration(limits.WriteTimeout), IdleTimeout: time.Duration(l.IdleTimeout),
		SharedKey: l.SharedKey, Users: l.Users,
		Counters: p.metrics.Listener(l.Address, wire.Reasons[:]), Log: p.o.Log, Now: p.o.Now,
	})
}

// openSockets opens the configured listeners.
func (p *proxy) openSockets(listeners []config.Listener) error {
	for i, l := range listeners {
		transport, address, _ := strings.Cut(l.Address, "://")
		open := openers[transport]
		if open == nil {
			return fmt.Errorf("listeners[%d]: no such transport: %s", i, transport)
		}
		s, err := open(p, l, address, p.tls(i), p.server.Submit(i))
		if err != nil {
			return fmt.Errorf("listeners[%d]: %w", i, err)
		}
		p.sockets = append(p.sockets, s)
	}
	return nil
}

// shutSockets stops all listeners at once and waits for what they are taking.
func (p *proxy) shutSockets(ctx context.Context) error {
	done := make(chan error, len(p.sockets))
	for _, s := range p.sockets {
		go func() { done <- s.Shutdown(ctx) }()
	}
	var first error
	for range p.sockets {
		if err := <-done; first == nil {
			first = err
		}
	}
	return first
}
