package meta

// kind of a program that sends requests.
type kind uint8

const (
	crawler kind = iota + 1 // crawlers, previews, probes, monitors, headless browsers: device class bot
	inApp                   // a web view inside another app: tells more than the engine's client hints
	browser                 // a browser with a person before it
	engine                  // what most browsers claim to be as well, so tested last
	tool                    // HTTP libraries, command lines, log shippers: device class other
)

// family is a row of the closed list of programs.
type family struct {
	name   string
	kind   kind
	tokens []string // lower case; as a whole word of a User-Agent ("mini" only behind "opera")
	bare   bool     // the token also counts without a version behind it, as it does for every crawler
}

// families are tested in this order; the first with a token in the header is the program. So crawlers come before the browsers they
// pretend to be, apps before the engine that shows their pages, Chromium's descendants before Chrome, Chrome before Safari, and
// libraries last.
var families = [...]family{
	{name: "Googlebot", kind: crawler, tokens: []string{"googlebot", "googlebot-image", "googlebot-news", "googlebot-video", "adsbot-google",
		"adsbot-google-mobile", "mediapartners-google", "apis-google", "googleother", "google-inspectiontool", "storebot-google"}},
	{name: "Bingbot", kind: crawler, tokens: []string{"bingbot", "bingpreview", "msnbot", "adidxbot"}},
	{name: "Yahoo Slurp", kind: crawler, tokens: []string{"slurp"}},
	{name: "DuckDuckBot", kind: crawler, tokens: []string{"duckduckbot", "duckduckbot-https", "duckassistbot"}},
	{name: "Baiduspider", kind: crawler, tokens: []string{"baiduspider", "baiduspider-render", "baiduspider-image"}},
	{name: "YandexBot", kind: crawler, tokens: []string{"yandexbot", "yandeximages", "yandexmobilebot", "yandexmetrika", "yandexrenderresourcesbot"}},
	{name: "Applebot", kind: crawler, tokens: []string{"applebot", "applebot-extended"}},
	{name: "PetalBot", kind: crawler, tokens: []string{"petalbot"}},
	{name: "SeznamBot", kind: crawler, tokens: []string{"seznambot"}},
	{name: "Facebook Bot", kind: crawler, tokens: []string{"facebookexternalhit", "facebot", "meta-externalagent", "facebookcatalog"}},
	{name: "Twitterbot", kind: crawler, tokens: []string{"twitterbot"}},
	{name: "LinkedInBot", kind: crawler, tokens: []string{"linkedinbot"}},
	{name: "Slackbot", kind: crawler, tokens: []string{"slackbot", "slackbot-linkexpanding", "slack-imgproxy"}},
	{name: "Discordbot", kind: crawler, tokens: []string{"discordbot"}},
	{name: "TelegramBot", kind: crawler, tokens: []string{"telegrambot"}},
	{name: "WhatsApp", kind: crawler, tokens: []string{"whatsapp"}},
	{name: "Pinterestbot", kind: crawler, tokens: []string{"pinterestbot"}},
	{name: "AhrefsBot", kind: crawler, tokens: []string{"ahrefsbot", "ahrefssiteaudit"}},
	{name: "SemrushBot", kind: crawler, tokens: []string{"semrushbot", "siteauditbot"}},
	{name: "MJ12bot", kind: crawler, tokens: []string{"mj12bot"}},
	{name: "DotBot", kind: crawler, tokens: []string{"dotbot", "rogerbot"}},
	{name: "GPTBot", kind: crawler, tokens: []string{"gptbot", "chatgpt-user", "oai-searchbot"}},
	{name: "ClaudeBot", kind: crawler, tokens: []string{"claudebot", "claude-user", "claude-searchbot", "anthropic-ai"}},
	{name: "PerplexityBot", kind: crawler, tokens: []string{"perplexitybot", "perplexity-user"}},
	{name: "CCBot", kind: crawler, tokens: []string{"ccbot"}},
	{name: "Bytespider", kind: crawler, tokens: []string{"bytespider"}},
	{name: "Amazonbot", kind: crawler, tokens: []string{"amazonbot"}},
	{name: "Internet Archive", kind: crawler, tokens: []string{"ia_archiver", "archive.org_bot"}},
	{name: "UptimeRobot", kind: crawler, tokens: []string{"uptimerobot"}},
	{name: "Pingdom", kind: crawler, tokens: []string{"pingdom.com_bot_version_1.4_", "pingdompagespeed", "pingdombot"}},
	{name: "StatusCake", kind: crawler, tokens: []string{"statuscake"}},
	{name: "Datadog Synthetics", kind: crawler, tokens: []string{"datadogsynthetics"}},
	{name: "Lighthouse", kind: crawler, tokens: []string{"chrome-lighthouse"}},
	{name: "Headless Chrome", kind: crawler, tokens: []string{"headlesschrome"}},
	{name: "PhantomJS", kind: crawler, tokens: []string{"phantomjs"}},
	{name: "kube-probe", kind: crawler, tokens: []string{"kube-probe"}},
	{name: "ELB-HealthChecker", kind: crawler, tokens: []string{"elb-healthchecker"}},
	{name: "GoogleHC", kind: crawler, tokens: []string{"googlehc", "googlestackdrivermonitoring-uptimechecks"}},
	{name: "zgrab", kind: crawler, tokens: []string{"zgrab"}},
	{name: "CensysInspect", kind: crawler, tokens: []string{"censysinspect"}},

	{name: "Facebook", kind: inApp, tokens: []string{"fbav", "fban", "fb_iab"}},
	{name: "Instagram", kind: inApp, tokens: []string{"instagram"}, bare: true},
	{name: "WeChat", kind: inApp, tokens: []string{"micromessenger"}},
	{name: "TikTok", kind: inApp, tokens: []string{"bytedancewebview", "musical_ly", "trill", "tiktok"}, bare: true},
	{name: "Snapchat", kind: inApp, tokens: []string{"snapchat"}},
	{name: "LinkedIn", kind: inApp, tokens: []string{"linkedinapp"}, bare: true},
	{name: "LINE", kind: inApp, tokens: []string{"line"}},
	{name: "KakaoTalk", kind: inApp, tokens: []string{"kakaotalk"}, bare: true},
	{name: "Google App", kind: inApp, tokens: []string{"gsa"}},
	{name: "Slack", kind: inApp, tokens: []string{"slack_ssb", "slack"}},
	{name: "Microsoft Teams", kind: inApp, tokens: []string{"teams", "teamsmobile-android", "teamsmobile-ios"}},
	{name: "Electron", kind: inApp, tokens: []string{"electron"}},

	{name: "Edge", kind: browser, tokens: []string{"edg", "edga", "edgios", "edge"}},
	{name: "Opera Mini", kind: browser, tokens: []string{"mini"}},
	{name: "Opera", kind: browser, tokens: []string{"opr", "opios", "opt", "opx", "opera"}, bare: true},
	{name: "Samsung Internet", kind: browser, tokens: []string{"samsungbrowser"}},
	{name: "UC Browser", kind: browser, tokens: []string{"ucbrowser", "ubrowser", "ucweb"}},
	{name: "Yandex Browser", kind: browser, tokens: []string{"yabrowser"}},
	{name: "Vivaldi", kind: browser, tokens: []string{"vivaldi"}},
	{name: "DuckDuckGo", kind: browser, tokens: []string{"duckduckgo", "ddg"}},
	{name: "Brave", kind: browser, tokens: []string{"brave"}, bare: true},
	{name: "Whale", kind: browser, tokens: []string{"whale"}},
	{name: "QQ Browser", kind: browser, tokens: []string{"mqqbrowser", "qqbrowser"}},
	{name: "MIUI Browser", kind: browser, tokens: []string{"miuibrowser"}},
	{name: "Huawei Browser", kind: browser, tokens: []string{"huaweibrowser"}},
	{name: "Amazon Silk", kind: browser, tokens: []string{"silk"}},
	{name: "Coc Coc", kind: browser, tokens: []string{"coc_coc_browser"}},
	{name: "Firefox Focus", kind: browser, tokens: []string{"focus", "klar"}},
	{name: "SeaMonkey", kind: browser, tokens: []string{"seamonkey"}},
	{name: "Pale Moon", kind: browser, tokens: []string{"palemoon"}},
	{name: "Waterfox", kind: browser, tokens: []string{"waterfox"}},
	{name: "Thunderbird", kind: browser, tokens: []string{"thunderbird"}},
	{name: "Firefox", kind: browser, tokens: []string{"fxios", "firefox"}},
	{name: "GNOME Web", kind: browser, tokens: []string{"epiphany"}},
	{name: "Konqueror", kind: browser, tokens: []string{"konqueror"}},
	{name: "Lynx", kind: browser, tokens: []string{"lynx"}},
	{name: "w3m", kind: browser, tokens: []string{"w3m"}},
	{name: "Internet Explorer", kind: browser, tokens: []string{"msie", "trident"}, bare: true},

	{name: "Chromium", kind: engine, tokens: []string{"chromium"}},
	{name: "Chrome", kind: engine, tokens: []string{"crios", "chrome"}},
	{name: "Safari", kind: engine, tokens: []string{"safari"}},

	{name: "Fluent Bit", kind: tool, tokens: []string{"fluent-bit"}, bare: true},
	{name: "Fluentd", kind: tool, tokens: []string{"fluentd", "fluent-plugin-grafana-loki"}, bare: true},
	{name: "Vector", kind: tool, tokens: []string{"vector"}},
	{name: "Promtail", kind: tool, tokens: []string{"promtail"}},
	{name: "Grafana Alloy", kind: tool, tokens: []string{"alloy", "grafanaalloy", "grafana-alloy"}},
	{name: "Grafana Agent", kind: tool, tokens: []string{"grafanaagent", "grafana-agent"}},
	{name: "Filebeat", kind: tool, tokens: []string{"filebeat", "elastic-filebeat"}},
	{name: "Metricbeat", kind: tool, tokens: []string{"metricbeat", "elastic-metricbeat"}},
	{name: "Elastic Agent", kind: tool, tokens: []string{"elastic-agent"}},
	{name: "Logstash", kind: tool, tokens: []string{"logstash"}},
	{name: "OpenTelemetry", kind: tool, bare: true, tokens: []string{"otel", "opentelemetry", "otelcol", "otelcol-contrib",
		"otel-otlp-exporter-java", "otel-otlp-exporter-javascript", "otel-otlp-exporter-python", "otel-otlp-exporter-dotnet",
		"otel-otlp-exporter-rust", "otel-otlp-exporter-ruby", "otel-otlp-exporter-cpp", "otel-otlp-exporter-php"}},
	{name: "Telegraf", kind: tool, tokens: []string{"telegraf"}},
	{name: "syslog-ng", kind: tool, tokens: []string{"syslog-ng"}, bare: true},
	{name: "Datadog Agent", kind: tool, tokens: []string{"datadog-agent"}},
	{name: "Cribl", kind: tool, tokens: []string{"cribl"}},
	{name: "Prometheus", kind: tool, tokens: []string{"prometheus"}},
	{name: "vmagent", kind: tool, tokens: []string{"vmagent", "vlagent"}, bare: true},
	{name: "Elasticsearch client", kind: tool, tokens: []string{"go-elasticsearch", "elasticsearch-py", "elasticsearch-js", "elasticsearch-java",
		"elastic-transport-js"}},
	{name: "PostmanRuntime", kind: tool, tokens: []string{"postmanruntime", "postman"}},
	{name: "Insomnia", kind: tool, tokens: []string{"insomnia"}},
	{name: "HTTPie", kind: tool, tokens: []string{"httpie"}},
	{name: "curl", kind: tool, tokens: []string{"curl", "libcurl"}},
	{name: "Wget", kind: tool, tokens: []string{"wget"}},
	{name: "python-requests", kind: tool, tokens: []string{"python-requests"}},
	{name: "Python httpx", kind: tool, tokens: []string{"python-httpx"}},
	{name: "Python aiohttp", kind: tool, tokens: []string{"aiohttp"}},
	{name: "Python urllib", kind: tool, tokens: []string{"python-urllib", "python-urllib3"}},
	{name: "Scrapy", kind: tool, tokens: []string{"scrapy"}},
	{name: "Go-http-client", kind: tool, tokens: []string{"go-http-client"}},
	{name: "Go resty", kind: tool, tokens: []string{"go-resty"}},
	{name: "fasthttp", kind: tool, tokens: []string{"fasthttp"}, bare: true},
	{name: "okhttp", kind: tool, tokens: []string{"okhttp"}},
	{name: "axios", kind: tool, tokens: []string{"axios"}},
	{name: "node-fetch", kind: tool, tokens: []string{"node-fetch"}, bare: true},
	{name: "undici", kind: tool, tokens: []string{"undici"}, bare: true},
	{name: "got", kind: tool, tokens: []string{"got"}},
	{name: "Apache-HttpClient", kind: tool, tokens: []string{"apache-httpclient", "apache-httpasyncclient"}},
	{name: "Reactor Netty", kind: tool, tokens: []string{"reactornetty"}},
	{name: "Java", kind: tool, tokens: []string{"java", "java-http-client"}},
	{name: "GuzzleHttp", kind: tool, tokens: []string{"guzzlehttp"}},
	{name: "Faraday", kind: tool, tokens: []string{"faraday"}, bare: true},
	{name: "Ruby", kind: tool, tokens: []string{"ruby"}, bare: true},
	{name: "libwww-perl", kind: tool, tokens: []string{"libwww-perl"}},
	{name: "reqwest", kind: tool, tokens: []string{"reqwest"}},
	{name: "PowerShell", kind: tool, tokens: []string{"powershell", "windowspowershell"}},
	{name: "RestSharp", kind: tool, tokens: []string{"restsharp"}},
	{name: "Dart", kind: tool, tokens: []string{"dart"}},
	{name: "Alamofire", kind: tool, tokens: []string{"alamofire"}},
	{name: "CFNetwork", kind: tool, tokens: []string{"cfnetwork"}},
	{name: "Dalvik", kind: tool, tokens: []string{"dalvik"}},
	{name: "node", kind: tool, tokens: []string{"node"}, bare: true},
}

// noFamily stands for a program that is not in the list.
const noFamily = int16(len(families))
