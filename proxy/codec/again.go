package codec

import (
	"strconv"

	"winnow/config"
	"winnow/scrub/record"
)

// Again tells whether an upstream's answer of success says that some of the batch was not taken and may be when it is sent again.
func Again(p config.Protocol, up *Response) (again bool) {
	if p != config.ProtocolElasticsearch {
		return false
	}
	_ = eachMember(up.Body, record.SkipSpace(up.Body, 0), func(key, value []byte) error {
		if string(key) != "items" {
			return nil
		}
		return eachElement(value, func(item []byte) error {
			return eachMember(item, 0, func(_, result []byte) error {
				return eachMember(result, 0, func(key, value []byte) error {
					if string(key) == "status" {
						status, _ := strconv.Atoi(string(value))
						again = again || status == 429 || status >= 500
					}
					return nil
				})
			})
		})
	})
	return again
}
