package detect

import "bytes"

// Keys that only the name of who issues them tells: algolia_key, X-Datadog-Key, {"mixpanel":{"key":"…"}}, [pusher] and key = … on the next line.
//
// The words key and auth say little: most keys are places in caches, tables and queues, and most auth is a method. Behind a vendor's name it opens something if its value looks made by a
// generator; digests and UUIDs count only where nothing stands between name and key. So does a vendor's name with one of makerEnds, and a name alone opens
// something if its value is long and no digest: jiraPat, {"algolia":"…"}. Source of the names: the rules of gitleaks (config/gitleaks.toml),
// betterleaks (config/betterleaks.toml) and trufflehog (pkg/detectors), which find these vendors' keys by the same names.

// makers are vendors whose keys have no prefix, as one word of small letters.
var makers = newWordSet(
	"abstract", "abuseipdb", "abyssale", "accuweather", "adafruit", "adobe", "adzuna", "agora", "aikido", "airbrake", "airship", "airtable", "airvisual", "aiven",
	"alchemy", "alegra", "algolia", "alibaba", "amadeus", "amplitude", "anthropic", "anypoint", "apiflash", "apify", "appcues", "appfollow", "appoptics", "appsflyer",
	"arcjet", "artifactory", "asaas", "asana", "assemblyai", "atlassian", "auth0", "autodesk", "aviationstack", "aws", "ayrshare", "azure", "baidu", "bamboohr",
	"bannerbear", "baremetrics", "binance", "bitbucket", "bitfinex", "bitly", "bitmex", "bitrise", "bittrex", "blazemeter", "braintree", "braze", "browserbase",
	"browserstack", "budibase", "bugherd", "bugsnag", "buildkite", "bulksms", "buttercms", "calendarific", "calendly", "cannyio", "canva", "capsulecrm", "censys",
	"cerebras", "chargebee", "chargify", "chartmogul", "checkly", "circleci", "civo", "clarifai", "clearbit", "clickhouse", "clickup", "clockify", "cloudconvert",
	"cloudflare", "cloudinary", "cloudmersive", "cloudsmith", "codacy", "codeclimate", "codecov", "codemagic", "cohere", "coinapi", "coinbase", "coinmarketcap",
	"composio", "configcat", "confluence", "confluent", "contentful", "convertapi", "convertkit", "couchbase", "coveralls", "crowdin", "cryptocompare", "currencycloud",
	"currencylayer", "customerio", "databento", "databricks", "datadog", "datagov", "deepgram", "deepl", "deepseek", "detectify", "detectlanguage", "diffbot", "digicert",
	"digitalocean", "discord", "disqus", "docparser", "docusign", "doppler", "droneci", "dropbox", "dwolla", "dynatrace", "edamam", "edenai", "elasticemail",
	"elevenlabs", "endorlabs", "etherscan", "etsy", "eventbrite", "exchangerate", "exoscale", "facebook", "faceplusplus", "facepp", "fastly", "feedly", "fibery", "figma",
	"finicity", "finnhub", "firebase", "fireblocks", "flickr", "flutterwave", "foursquare", "frameio", "freshbooks", "freshdesk", "frontapp", "fullstory", "gcp",
	"geckoboard", "gemini", "geoapify", "geocodio", "getresponse", "giphy", "github", "gitlab", "gitter", "gocardless", "godaddy", "google", "grafana", "greptile",
	"groq", "gtmetrix", "gumroad", "gyazo", "hellosign", "helpscout", "heroku", "honeybadger", "honeycomb", "hotjar", "hubspot", "huggingface", "ibm", "imagekit",
	"imgur", "influxdb", "infobip", "infomaniak", "infura", "insightly", "instabot", "instagram", "intercom", "ipdata", "ipinfo", "ipstack", "jfrog", "jina", "jira",
	"jotform", "jumpcloud", "kagi", "kakao", "keen", "kickbox", "klaviyo", "kraken", "kucoin", "lastfm", "launchdarkly", "lichess", "linear", "linkedin", "livekit",
	"locationiq", "loggly", "logzio", "lokalise", "mailboxlayer", "mailchimp", "mailerlite", "mailersend", "mailgun", "mailjet", "mandrill", "mapbox", "mapquest",
	"marketstack", "mattermost", "mediastack", "mem0", "meraki", "mergify", "messagebird", "metabase", "minimax", "mistral", "mixpanel", "monday", "moonshot", "moralis",
	"naver", "netlify", "neutrinoapi", "newrelic", "newsapi", "nexmo", "ngrok", "notion", "nylas", "nytimes", "okta", "ollama", "omdb", "onesignal", "openai",
	"openrouter", "openweather", "openweathermap", "opsgenie", "optimizely", "pagerduty", "papertrail", "paymongo", "paypal", "paystack", "perplexity", "pexels",
	"pinecone", "pipedrive", "pivotaltracker", "pixabay", "plaid", "planetscale", "plivo", "poeditor", "polygon", "positionstack", "posthog", "postman", "postmark",
	"privateai", "pubnub", "pulumi", "pushbullet", "pusher", "qdrant", "quickbooks", "rapidapi", "raygun", "razorpay", "recaptcha", "replicate", "retell", "rollbar",
	"rootly", "runpod", "salesforce", "samsara", "saucelabs", "scaleway", "scalr", "scrapingbee", "securitytrails", "semgrep", "sendbird", "sendgrid", "sendinblue",
	"sendle", "sentry", "serpapi", "shippo", "shodan", "shopify", "signalwire", "sinch", "skybiometry", "slack", "snowflake", "snyk", "sonar", "sonarcloud", "sonarqube",
	"sourcegraph", "sparkpost", "splunk", "spotify", "square", "squarespace", "sslmate", "stability", "statsig", "statuspage", "steam", "storyblok", "strava", "stripe",
	"stytch", "sumologic", "supabase", "svix", "tableau", "tailscale", "tatum", "tavily", "teamwork", "telegram", "telnyx", "tencent", "thunderstore", "tmdb", "todoist",
	"togetherai", "tomtom", "travis", "trello", "tumblr", "turso", "twelvedata", "twilio", "twitch", "twitter", "typeform", "unkey", "unsplash", "upcloud", "uploadcare",
	"upstage", "upstash", "uptimerobot", "vercel", "veriphone", "vimeo", "virustotal", "visualcrossing", "vonage", "voyageai", "vultr", "wakatime", "wandb", "weatherapi",
	"weatherstack", "weaviate", "webex", "webflow", "wepay", "wistia", "wolfram", "workato", "workos", "wrike", "xai", "xendit", "yandex", "yelp", "youtube", "zapier",
	"zendesk", "zenserp", "zeplin", "zerobounce", "zerotier", "zoho", "zoom", "zuplo",
)

// plainKeys stand before the word key where it is a place or a name, whoever is beside it.
var plainKeys = newWordSet("cache", "public", "publishable", "pub", "primary", "foreign", "partition", "sort", "object", "idempotency", "routing", "message", "row", "record", "event",
	"dedup", "group", "hash", "shard", "index", "lookup", "flag", "feature", "metric", "translation", "project", "issue", "map", "item", "config", "setting", "file", "bucket", "kms",
	"range", "unique", "registry", "entity", "resource", "tag", "label", "field", "property", "natural", "composite", "space", "host", "lock", "batch", "query", "request", "job")

// maxMakerBytes bounds what is looked at before a key for a vendor's name.
const maxMakerBytes = 40

// makerEnds stand behind a vendor's name and say that a key of it follows.
var makerEnds = newWordSet("access", "api", "licence", "license", "pat")

// keyParts are the words of a key in small letters, without what parts them.
type keyParts struct {
	low    [maxKeyBytes]byte
	begins [maxKeyBytes + 1]uint8
	words  int
}

// splitKey returns the words at the end of b: ALGOLIA_, newRelic, X-Datadog-.
func splitKey(b []byte) (k keyParts) {
	b = b[max(0, len(b)-maxKeyBytes+1):]
	n, apart := 0, true
	for i, c := range b {
		if !isAlnum(c) {
			apart = true
			continue
		}
		if apart || isUpper(c) && beginsWord(b, i) {
			k.begins[k.words] = uint8(n)
			k.words++
		}
		apart = false
		k.low[n] = lower(c)
		n++
	}
	k.begins[k.words] = uint8(n)
	return k
}

// joined returns the words from i to j as one.
func (k *keyParts) joined(i, j int) []byte { return k.low[k.begins[i]:k.begins[j]] }

// makerIn reports whether a word of b, or several without what parts them, is a vendor's name.
func makerIn(b []byte) bool {
	k := splitKey(b)
	for i := range k.words {
		for j := i + 1; j <= k.words; j++ {
			if makers.has(k.joined(i, j)) {
				return true
			}
		}
	}
	return false
}

// makerKey reports whether a key is a vendor's name alone, or ends in one and in one of makerEnds.
func makerKey(key []byte) (named, alone bool) {
	k := splitKey(key)
	switch n := k.words; {
	case n == 0 || len(key) >= maxKeyBytes:
		return false, false
	case makers.has(k.joined(0, n)):
		return true, true
	case makerEnds.has(k.joined(n-1, n)):
		for i := range n - 1 {
			named = named || makers.has(k.joined(i, n-1))
		}
	}
	return named, false
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
