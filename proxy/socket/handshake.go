package socket

import (
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"time"

	"github.com/tinylib/msgp/msgp"

	"winnow/config"
)

// The handshake of Fluent's forward protocol. The listener begins:
//
//	["HELO", {"nonce": n, "auth": salt or "", "keepalive": true}]
//	["PING", host, salt, hex SHA-512(salt host nonce key), user, hex SHA-512(auth user password)]
//	["PONG", ok, reason, host, hex SHA-512(salt host nonce key)]
//
// Source: Fluentd Forward Protocol Specification v1.
const (
	saltBytes    = 16
	maxPing      = 16 << 10
	ownName      = "winnow"
	reasonDenied = "authentication failed"
)

// challenge is what a sender must answer.
type challenge struct {
	nonce, auth []byte // auth is empty where no user is asked for
	key         string
	users       []config.User
}

// ping is a sender's answer.
type ping struct{ host, salt, digest, user, password []byte }

// shake has a sender show that it knows the shared key, and tells whether it does.
func (c *conn) shake(p *packs) bool {
	h := challenge{nonce: salt(), key: c.s.o.SharedKey.Reveal(), users: c.s.o.Users}
	if len(h.users) > 0 {
		h.auth = salt()
	}
	if !c.say(h.helo()) {
		return false
	}
	limit := p.limit
	p.limit = maxPing
	defer func() { p.limit = limit }()
	for {
		start := p.at
		whole, err := p.next()
		if err != nil {
			return false
		}
		if whole {
			return c.answer(&h, p.buf[start:p.at])
		}
		if !c.wait(c.s.o.ReadTimeout) || p.fill(c) != nil {
			return false
		}
	}
}

func salt() []byte {
	b := make([]byte, saltBytes)
	rand.Read(b)
	return b
}

// answer tells the sender the outcome.
func (c *conn) answer(h *challenge, message []byte) bool {
	var g ping
	err := g.read(message)
	if err != nil || !h.knows(&g) {
		c.say(pong(false, reasonDenied, ""))
		return false
	}
	return c.say(pong(true, "", digest(g.salt, []byte(ownName), h.nonce, []byte(h.key))))
}

func (c *conn) say(message []byte) bool {
	if c.SetWriteDeadline(time.Now().Add(c.s.o.WriteTimeout)) != nil {
		return false
	}
	_, err := c.Write(message)
	return err == nil
}

func (h *challenge) helo() []byte {
	b := msgp.AppendString(msgp.AppendArrayHeader(nil, 2), "HELO")
	b = msgp.AppendMapHeader(b, 3)
	b = msgp.AppendBytes(msgp.AppendString(b, "nonce"), h.nonce)
	b = msgp.AppendBytes(msgp.AppendString(b, "auth"), h.auth)
	return msgp.AppendBool(msgp.AppendString(b, "keepalive"), true)
}

func pong(ok bool, reason, digest string) []byte {
	b := msgp.AppendString(msgp.AppendArrayHeader(nil, 5), "PONG")
	b = msgp.AppendString(msgp.AppendBool(b, ok), reason)
	return msgp.AppendString(msgp.AppendString(b, ownName), digest)
}

var errPing = errors.New("PING expected")

// read takes a PING apart.
func (g *ping) read(message []byte) error {
	n, message, err := msgp.ReadArrayHeaderBytes(message)
	if err != nil || n != 6 {
		return errPing
	}
	var name []byte
	for _, part := range []*[]byte{&name, &g.host, &g.salt, &g.digest, &g.user, &g.password} {
		if msgp.NextType(message) == msgp.BinType {
			*part, message, err = msgp.ReadBytesZC(message)
		} else {
			*part, message, err = msgp.ReadStringZC(message)
		}
		if err != nil {
			return errPing
		}
	}
	if string(name) != "PING" {
		return errPing
	}
	return nil
}

// knows tells whether the sender knows the key, and is one of the users if they are asked for. What it takes does not depend on
// how much of either is right.
func (h *challenge) knows(g *ping) bool {
	ok := same(g.digest, digest(g.salt, g.host, h.nonce, []byte(h.key)))
	if len(h.users) == 0 {
		return ok
	}
	user := false
	for _, u := range h.users {
		named := subtle.ConstantTimeCompare([]byte(u.Name), g.user) == 1
		proven := same(g.password, digest(h.auth, []byte(u.Name), []byte(u.Password.Reveal())))
		user = user || named && proven
	}
	return ok && user
}

func same(got []byte, want string) bool { return subtle.ConstantTimeCompare(got, []byte(want)) == 1 }

func digest(parts ...[]byte) string {
	h := sha512.New()
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
