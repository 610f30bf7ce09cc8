package spool

import (
	"context"
	"strconv"

	"github.com/nats-io/nats.go"
)

var ackBody = []byte("+ACK")

// AckAll implements Lane: what is acknowledged and answered one after the other takes a consensus of a cluster each.
func (l *jetLane) AckAll(ctx context.Context, list []Pulled) (n int) {
	conn, err := l.j.connected()
	if err != nil {
		return 0
	}
	inbox := conn.NewInbox()
	sub, err := conn.SubscribeSync(inbox + ".*")
	if err != nil {
		return 0
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone
	sent := 0
	for sent < len(list) {
		p, given := list[sent].(jetPulled)
		if !given || conn.PublishRequest(p.Reply, inbox+"."+strconv.Itoa(sent), ackBody) != nil {
			break
		}
		sent++
	}
	answered := make([]bool, sent)
	for n < sent {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			break
		}
		l.acked(m, inbox, list, answered)
		for n < sent && answered[n] {
			n++
		}
	}
	return n
}

// acked notes an answer to an acknowledgement.
func (l *jetLane) acked(m *nats.Msg, inbox string, list []Pulled, answered []bool) {
	i, err := strconv.Atoi(m.Subject[len(inbox)+1:])
	if err != nil || i < 0 || i >= len(answered) || m.Header.Get(statusHeader) != "" {
		return
	}
	answered[i] = true
	l.settled.add(list[i].Number())
}
