package detect

import "bytes"

// Keys that only the name of who issues them tells: algolia_key, X-Datadog-Key, {"mixpanel":{"key":"…"}}, [pusher] and key = … on the next line.
//
// The words key and auth say little: most keys are places in caches, tables and queues, and most auth is a method. Behind a vendor's name it opens something if its value looks made by a
// generator; digests and UUIDs count only where nothing stands between name and key. Source of the names: the rules of gitleaks
// (config/gitleaks.toml) and trufflehog (pkg/detectors), which find these vendors' keys by the same names.

// makers are vendors whose keys have no prefix, as one word of small letters.
var makers = newWordSet(
	"abstract", "abuseipdb", "accuweather", "adafruit", "adobe", "agora", "airbrake", "airship", "airtable", "airvisual", "alchemy", "algolia", "alibaba", "amadeus",
	"amplitude", "anthropic", "apify", "apiflash", "appcues", "appsflyer", "artifactory", "asana", "assemblyai", "atlassian", "auth0", "autodesk", "aviationstack", "aws",
	"azure", "baidu", "bamboohr", "binance", "bitbucket", "bitfinex", "bitly", "bitmex", "bittrex", "braintree", "braze", "browserstack", "bugsnag", "buildkite", "calendarific",
	"calendly", "censys", "chargebee", "chargify", "chartmogul", "circleci", "clarifai", "clearbit", "clickhouse", "clickup", "clockify", "cloudconvert", "cloudflare", "cloudinary",
	"cloudsmith", "codacy", "codeclimate", "codecov", "cohere", "coinapi", "coinbase", "coinmarketcap", "confluence", "confluent", "contentful", "convertkit", "currencylayer",
	"customerio", "datadog", "deepgram", "deepl", "deepseek", "digitalocean", "discord", "disqus", "docusign", "droneci", "dropbox", "dynatrace", "elasticemail", "elevenlabs",
	"etherscan", "etsy", "eventbrite", "facebook", "facepp", "fastly", "figma", "finicity", "finnhub", "firebase", "flickr", "foursquare", "freshbooks", "freshdesk", "fullstory",
	"gcp", "gemini", "geocodio", "giphy", "github", "gitlab", "gitter", "gocardless", "google", "grafana", "groq", "gumroad", "helpscout", "heroku", "honeybadger", "honeycomb",
	"hubspot", "huggingface", "ibm", "imgur", "infura", "instagram", "intercom", "ipdata", "ipinfo", "ipstack", "jfrog", "jira", "jotform", "jumpcloud", "kakao", "keen", "kickbox",
	"klaviyo", "kraken", "kucoin", "lastfm", "launchdarkly", "linear", "linkedin", "locationiq", "loggly", "logzio", "lokalise", "mailboxlayer", "mailchimp", "mailerlite", "mailgun",
	"mailjet", "mandrill", "mapbox", "mapquest", "marketstack", "mattermost", "mediastack", "meraki", "messagebird", "mistral", "mixpanel", "monday", "moralis", "naver", "netlify",
	"newrelic", "newsapi", "nexmo", "notion", "nylas", "nytimes", "okta", "omdb", "onesignal", "openai", "openweather", "openweathermap", "opsgenie", "optimizely", "pagerduty",
	"papertrail", "paypal", "paystack", "pexels", "pinecone", "pipedrive", "pixabay", "plaid", "plivo", "poeditor", "polygon", "positionstack", "postman", "postmark", "privateai",
	"pubnub", "pushbullet", "pusher", "quickbooks", "rapidapi", "raygun", "razorpay", "recaptcha", "replicate", "rollbar", "salesforce", "saucelabs", "scrapingbee", "securitytrails",
	"sendbird", "sendgrid", "sendinblue", "sentry", "serpapi", "shodan", "shopify", "signalwire", "sinch", "slack", "snyk", "sonar", "sonarcloud", "sonarqube", "sourcegraph",
	"sparkpost", "splunk", "spotify", "square", "squarespace", "stability", "statuspage", "steam", "storyblok", "strava", "stripe", "sumologic", "supabase", "telegram", "telnyx",
	"tencent", "tmdb", "todoist", "tomtom", "travis", "trello", "tumblr", "twilio", "twitch", "twitter", "typeform", "unsplash", "uploadcare", "uptimerobot", "vercel", "vimeo",
	"virustotal", "vonage", "vultr", "wakatime", "weatherapi", "weatherstack", "webflow", "wistia", "wolfram", "yandex", "yelp", "youtube", "zapier", "zendesk", "zerobounce", "zoho",
	"zoom",
)

// plainKeys stand before the word key where it is a place or a name, whoever is beside it.
var plainKeys = newWordSet("cache", "public", "publishable", "pub", "primary", "foreign", "partition", "sort", "object", "idempotency", "routing", "message", "row", "record", "event",
	"dedup", "group", "hash", "shard", "index", "lookup", "flag", "feature", "metric", "translation", "project", "issue", "map", "item", "config", "setting", "file", "bucket", "kms",
	"range", "unique", "registry", "entity", "resource", "tag", "label", "field", "property", "natural", "composite", "space", "host", "lock", "batch", "query", "request", "job")

// maxMakerBytes bounds what is looked at before a key for a vendor's name.
const maxMakerBytes = 40

// makerIn reports whether a word of b, or several without what parts them, is a vendor's name: ALGOLIA_, newRelic, X-Datadog-.
func makerIn(b []byte) bool {
	var low [maxKeyBytes]byte
	var begins [maxKeyBytes + 1]uint8
	n, words, apart := 0, 0, true
	for i, c := range b[max(0, len(b)-maxKeyBytes+1):] {
		if !isAlnum(c) {
			apart = true
			continue
		}
		if apart || isUpper(c) && beginsWord(b[max(0, len(b)-maxKeyBytes+1):], i) {
			begins[words] = uint8(n)
			words++
		}
		apart = false
		low[n] = lower(c)
		n++
	}
	begins[words] = uint8(n)
	for i := range words {
		for j := i + 1; j <= words; j++ {
			if makers.has(low[begins[i]:begins[j]]) {
				return true
			}
		}
	}
	return false
}

// madeKind is what a key names whose last word, at i, says little: made if a vendor's name is before it, and no word that says where it is from.
func madeKind(key []byte, i int) want {
	before := key[:i]
	for len(before) > 0 && !isAlnum(before[len(before)-1]) {
		before = before[:len(before)-1]
	}
	if len(before) == 0 || plainKeys.has(lastWord(before)) || !makerIn(before) {
		return wantNothing
	}
	return wantMade
}

// makerBefore reports whether a vendor's name stands before the key at i, and whether it is the word next to it.
func makerBefore(t []byte, i int) (near, next bool) {
	low := max(0, i-maxMakerBytes)
	before := t[low:i]
	before = before[bytes.LastIndexAny(before, "}\x00")+1:] // another object's, another text's
	low = i - len(before)
	j := i
	for j > low && !isAlnum(t[j-1]) {
		j--
	}
	start, end, _ := keyEnding(t, j, false)
	if plainKeys.has(t[start:end]) {
		return false, false
	}
	if makerIn(t[start:end]) {
		return true, true
	}
	for low < i && low > 0 && isAlnum(t[low-1]) && isAlnum(t[low]) {
		low++ // half a word is none
	}
	return makerIn(t[low:i]), false
}

// madeAhead reports whether as many bytes of a token as a made value has at least stand behind the separator at i: behind blanks, a sign, quotes.
func madeAhead(t []byte, i int) bool {
	for from := i; i < len(t) && i-from < maxBlanks && !isAlnum(t[i]); {
		i++
	}
	return tokenAt(t, i, minMadeBytes)
}
