package upstream

import (
	"time"

	"github.com/valyala/fasthttp"
)

// longestCookie is how long a backend's cookie may last at a client (META-6).
const longestCookie = 30 * 24 * time.Hour

// appendCookies appends the cookies that an answer sets, each with its age capped. One that cannot be read is left out.
func appendCookies(list [][2]string, h *fasthttp.ResponseHeader, now time.Time) [][2]string {
	for _, text := range h.Cookies() {
		var c fasthttp.Cookie
		if c.ParseBytes(text) != nil || len(c.Key()) == 0 {
			continue
		}
		const most = int(longestCookie / time.Second)
		if c.MaxAge() > most {
			c.SetMaxAge(most)
		}
		if until := now.Add(longestCookie); !c.Expire().Equal(fasthttp.CookieExpireUnlimited) && c.Expire().After(until) {
			c.SetExpire(until)
		}
		list = append(list, [2]string{fasthttp.HeaderSetCookie, c.String()})
	}
	return list
}
