package proxy

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/ingest"
	"winnow/proxy/spool"
)

// idKey is the key of entries' ids. An id stands beside what is sealed, so that nobody without the master secret can try what a body may have held.
func idKey(master []byte) []byte {
	h := hmac.New(sha256.New, master)
	h.Write([]byte("winnow: ids of entries"))
	return h.Sum(nil)
}

// entryID is the same for what a client sends again, as far as its route or listener tells that, so that it is stored once: by the client's own key
// (draft-ietf-httpapi-idempotency-key-header; Fluent's option chunk), or by content. Else it is random: two batches that look alike may be two.
func (s *site) entryID(r *ingest.Request, x *exchange) (id spool.ID) {
	how := s.routes[r.Route.Index].idempotency
	chunks, chunked := []byte(nil), false
	if r.Route.Codec.Protocol() == config.ProtocolFluent {
		chunks, chunked = codec.AppendFluentChunks(nil, x.request.Body)
	}
	key := r.Header.Peek("Idempotency-Key")
	switch {
	case how == config.IdempotencyOff:
	case len(key) > 0:
		return s.hashed("key", r, key)
	case chunked:
		return s.hashed("chunks", r, chunks)
	case how == config.IdempotencyContent:
		return s.hashed("content", r, []byte(r.Path), r.Query, x.request.Body)
	}
	rand.Read(id[:])
	return id
}

// hashed is the id of a request of which parts tell which it is.
func (s *site) hashed(kind string, r *ingest.Request, parts ...[]byte) (id spool.ID) {
	h := hmac.New(sha256.New, s.idKey)
	var length [8]byte
	write := func(part []byte) {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write(part)
	}
	for _, part := range [...]string{kind, r.Tenant, r.Route.Template} {
		write([]byte(part))
	}
	for _, part := range parts {
		write(part)
	}
	copy(id[:], h.Sum(nil))
	return id
}
