package spool

import (
	"context"

	"github.com/nats-io/nats.go"
)

// told is before a lane's name in the subject of what nodes tell each other. No stream has it.
const told = "winnow.told."

// Tell implements Lane.
func (l *jetLane) Tell(text []byte) error {
	conn, err := l.j.connected()
	if err != nil {
		return err
	}
	return conn.Publish(told+l.name, text)
}

// Hear implements Lane.
func (l *jetLane) Hear(ctx context.Context, f func(text []byte)) error {
	conn, err := l.j.connected()
	if err != nil {
		return err
	}
	sub, err := conn.SubscribeSync(told + l.name)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return err
		}
		f(m.Data)
	}
}

// connected is the connection in use now.
func (j *JetStream) connected() (*nats.Conn, error) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.conn == nil {
		return nil, ErrClosed
	}
	return j.conn, nil
}
