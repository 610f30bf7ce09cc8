// Package socket takes messages in by other ways than HTTP: syslog, Fluent's forward protocol and GELF, over UDP, TCP and TLS.
//
// A listener reads messages into a batch until it is large enough or nobody says more for a moment, has it handled (codec.Submit), and
// reads on when it hears that the records are where they should be. Protocols without answers know one signal only: nobody reads. So a
// batch that fails for the time being is handed over again, after a pause that grows, while its connection waits. A batch that will
// never be taken is counted and left. What comes by UDP waits in a bounded space, and what finds no room there is lost and counted.
//
// At Shutdown nothing more is read, and what was read is handed over. Nothing of a message is ever logged.
package socket

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
)

// Reasons why messages are lost.
const (
	LostNoRoom  = iota // by UDP, faster than they could be handed over
	LostRefused        // the batch was refused for good, by winnow or by the upstream
	LostBroken         // framing, chunk or handshake that cannot be read
	LostGivenUp        // at the end of the drain time-out, with the upstream still down
	LostReasons        // how many there are
)

// Reasons names them.
var Reasons = [LostReasons]string{"no_room", "refused", "broken", "given_up"}

// Counters hear what happens. Safe for concurrent use.
type Counters interface {
	// Connected counts a connection that begins (1) or ends (-1).
	Connected(delta int)
	// Lost counts n messages that are gone.
	Lost(reason, n int)
	// Truncated counts a message that was cut.
	Truncated()
	// Retried counts a batch that is handed over again.
	Retried()
}

// Options are what a listener is made of. All but TLS, SharedKey and Users must be set.
type Options struct {
	Protocol config.Protocol
	// Transport is udp, tcp or tls; Address is host:port.
	Transport, Address string
	// TLS of transport tls.
	TLS *tls.Config
	// Submit hands messages over.
	Submit codec.Submit
	// MaxMessageBytes bounds one message; a longer one is cut, or where it cannot be, refused. Batches of fluent have MaxBatchBytes.
	MaxMessageBytes, MaxBatchBytes int
	MaxConnections                 int
	// ReadTimeout bounds the reading of one message, and the handshake; IdleTimeout the time between two.
	ReadTimeout, IdleTimeout, WriteTimeout time.Duration
	// SharedKey and Users are asked of senders of fluent.
	SharedKey config.Secret
	Users     []config.User
	Counters  Counters
	Log       *slog.Logger
	Now       func() time.Time
	// After is time.After, and Random a number in [0, n); nil: those.
	After  func(time.Duration) <-chan time.Time
	Random func(n int64) int64
}

// Listener is one that is open.
type Listener interface {
	Addr() net.Addr
	// Serve takes messages until Shutdown, and then returns nil.
	Serve() error
	// Shutdown stops reading and waits until what was read is handed over. The error is ctx's: what was left is given up.
	Shutdown(ctx context.Context) error
}

// Open opens a listener. The error is about the address.
func Open(o Options) (Listener, error) {
	if o.After == nil {
		o.After = time.After
	}
	if o.Random == nil {
		o.Random = rand.Int64N
	}
	o.MaxMessageBytes = max(1, min(o.MaxMessageBytes, o.MaxBatchBytes-framing))
	if o.Transport == "udp" {
		return openPacket(o)
	}
	return openStream(o)
}
