package codec

import (
	"strconv"
	"sync/atomic"

	"winnow/scrub/record"
)

// SplunkAcks are the acknowledgements of batches that winnow answers for itself, because the upstream has no word for them. Delivery is
// synchronous: a batch has arrived before its id is told, so every id that was ever given is acknowledged, and no table is needed to say
// so, not even over a restart. Ids begin far above those of Splunk, below 2^53, and rise; they are not counted by channel. The zero value
// is ready. It is safe for concurrent use.
type SplunkAcks struct{ given atomic.Uint64 }

// firstAck is above any id that a Splunk gives.
const firstAck = 1 << 52

// give returns a new id.
func (a *SplunkAcks) give() uint64 { return firstAck + a.given.Add(1) - 1 }

// arrived tells whether an id was given.
func (a *SplunkAcks) arrived(id uint64) bool { return id >= firstAck && id-firstAck < a.given.Load() }

// askedAcks reads {"acks":[0,1]}; ok is false for anything else.
func askedAcks(body []byte) (ids []uint64, ok bool) {
	i := record.Begin(body)
	err := eachMember(body, i, func(key, value []byte) error {
		if string(key) != "acks" {
			return nil
		}
		ok = true
		return eachElement(value, func(element []byte) error {
			id, err := strconv.ParseUint(string(element), 10, 64)
			ids = append(ids, id)
			return err
		})
	})
	if err != nil {
		return nil, false
	}
	end, _ := record.Skip(body, i, maxDepth)
	return ids, ok && record.SkipSpace(body, end) == len(body)
}

// Question implements Questioner: ids of winnow's own are kept back, the others are for the upstream.
func (c Splunk) Question(req *Request) (body []byte, answer Response, ask bool) {
	if len(channelOf(req)) == 0 {
		return nil, c.Refuse(Malformed, channelMissing, ""), false
	}
	ids, ok := askedAcks(req.Body)
	if !ok {
		return nil, c.Refuse(Malformed, badFormat, ""), false
	}
	body = []byte(`{"acks":[`)
	for _, id := range ids {
		if id < firstAck {
			body, ask = strconv.AppendUint(comma(body, ask), id, 10), true
		}
	}
	return append(body, "]}"...), c.acks(ids, nil), ask
}

// Complete implements Questioner: the upstream's answer, and winnow's own beside it.
func (c Splunk) Complete(req *Request, up *Response) Response {
	ids, _ := askedAcks(req.Body)
	told := map[uint64]bool{}
	err := eachMember(up.Body, record.Begin(up.Body), func(key, value []byte) error {
		if string(key) != "acks" {
			return nil
		}
		return eachMember(value, 0, func(id, arrived []byte) error {
			n, err := strconv.ParseUint(string(id), 10, 64)
			told[n] = string(arrived) == "true"
			return err
		})
	})
	if up.Status != 200 || err != nil || len(told) == 0 {
		return *up
	}
	return c.acks(ids, told)
}

// acks says of each id whether its batch has arrived: of winnow's own, and of those that the upstream told of.
func (c Splunk) acks(ids []uint64, told map[uint64]bool) Response {
	body := []byte(`{"acks":{`)
	for i, id := range ids {
		body = append(strconv.AppendUint(append(comma(body, i > 0), '"'), id, 10), `":`...)
		body = strconv.AppendBool(body, told[id] || c.Acks.arrived(id))
	}
	return Response{Status: 200, ContentType: jsonType, Body: append(body, "}}"...)}
}

func comma(b []byte, needed bool) []byte {
	if needed {
		return append(b, ',')
	}
	return b
}
