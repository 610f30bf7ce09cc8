package meta_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"winnow/config"
	"winnow/scrub/meta"
)

// agents are what programs send, and "browser version / system version / device class" as it leaves. A dash is a field left out.
var agents = []struct{ ua, want string }{
	// Chrome and its descendants
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", "Chrome 120 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36", "Chrome 119 / macOS 10 / desktop"},
	{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Safari/537.36", "Chrome 118 / Linux - / desktop"},
	{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36", "Chrome 117 / ChromeOS - / desktop"},
	{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36", "Chrome 120 / Android 10 / mobile"},
	{"Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.119 Safari/537.36", "Chrome 80 / Android 13 / tablet"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/119.0.6045.169 Mobile/15E148 Safari/604.1", "Chrome 119 / iOS 17 / mobile"},
	{"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/117.0.5938.117 Mobile/15E148 Safari/604.1", "Chrome 117 / iPadOS 16 / tablet"},
	{"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36", "Chrome 109 / Windows 7 / desktop"},
	{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu Chromium/83.0.4103.61 Chrome/83.0.4103.61 Safari/537.36", "Chromium 83 / Ubuntu - / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.61", "Edge 120 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763", "Edge 18 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.6045.193 Mobile Safari/537.36 EdgA/119.0.2151.92", "Edge 119 / Android 10 / mobile"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 EdgiOS/119.2151.96 Mobile/15E148 Safari/605.1.15", "Edge 119 / iOS 17 / mobile"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36 OPR/105.0.0.0", "Opera 105 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Linux; Android 10; VOG-L29) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.6045.193 Mobile Safari/537.36 OPR/76.2.4027.73374", "Opera 76 / Android 10 / mobile"},
	{"Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.16", "Opera 12 / Windows 7 / desktop"},
	{"Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10", "Opera Mini 7 / - - / mobile"},
	{"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36", "Samsung Internet 23 / Android 13 / mobile"},
	{"Mozilla/5.0 (Linux; U; Android 12; en-US; CPH2127) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/15.4.0.1305 Mobile Safari/537.36", "UC Browser 15 / Android 12 / mobile"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.5845.888 YaBrowser/23.9.2.888 Yowser/2.5 Safari/537.36", "Yandex Browser 23 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Safari/537.36 Vivaldi/6.4.3160.44", "Vivaldi 6 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0.6045.193 Mobile DuckDuckGo/5 Safari/537.36", "DuckDuckGo 5 / Android 10 / mobile"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15 Ddg/17.1", "DuckDuckGo 17 / macOS 10 / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Whale/3.23.214.10 Safari/537.36", "Whale 3 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Linux; U; Android 11; zh-cn; M2012K11AC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.127 Mobile Safari/537.36 XiaoMi/MiuiBrowser/17.8.220115", "MIUI Browser 17 / Android 11 / mobile"},
	{"Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.11.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/14.0.0.322 Mobile Safari/537.36", "Huawei Browser 14 / HarmonyOS - / mobile"},
	{"Mozilla/5.0 (Linux; Android 9; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36", "Amazon Silk 108 / Android 9 / tablet"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/117.0.224 Chrome/111.0.5563.224 Safari/537.36", "Coc Coc 117 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Linux; U; Android 9; zh-cn) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/66.0.3359.126 MQQBrowser/9.6 Mobile Safari/537.36", "QQ Browser 9 / Android 9 / mobile"},

	// Firefox and its descendants
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox 120 / Windows 10 / desktop"},
	{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0", "Firefox 119 / Ubuntu - / desktop"},
	{"Mozilla/5.0 (X11; Fedora; Linux x86_64; rv:118.0) Gecko/20100101 Firefox/118.0", "Firefox 118 / Fedora - / desktop"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox 120 / macOS 10 / desktop"},
	{"Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/118.0 Firefox/118.0", "Firefox 118 / Android 13 / mobile"},
	{"Mozilla/5.0 (Android 12; Tablet; rv:109.0) Gecko/115.0 Firefox/115.0", "Firefox 115 / Android 12 / tablet"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/120.0 Mobile/15E148 Safari/605.1.15", "Firefox 120 / iOS 17 / mobile"},
	{"Mozilla/5.0 (X11; FreeBSD amd64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox 115 / FreeBSD - / desktop"},
	{"Mozilla/5.0 (X11; OpenBSD amd64; rv:102.0) Gecko/20100101 Firefox/102.0", "Firefox 102 / OpenBSD - / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; rv:91.0) Gecko/20100101 Firefox/91.0 SeaMonkey/2.53.17", "SeaMonkey 2 / Windows 10 / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:102.0) Gecko/20100101 Goanna/6.4 Firefox/102.0 PaleMoon/32.4.1", "Pale Moon 32 / Windows 10 / desktop"},
	{"Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.4.1", "Thunderbird 115 / Linux - / desktop"},
	{"Mozilla/5.0 (Mobile; Nokia_800_Tough; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.2", "Firefox 48 / KaiOS - / mobile"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Focus/114.0 Mobile/15E148 Safari/605.1.15", "Firefox Focus 114 / iOS 16 / mobile"},

	// Safari, older engines, text browsers
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15", "Safari 17 / macOS 10 / desktop"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1.2 Mobile/15E148 Safari/604.1", "Safari 17 / iOS 17 / mobile"},
	{"Mozilla/5.0 (iPad; CPU OS 15_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6.4 Mobile/15E148 Safari/604.1", "Safari 15 / iPadOS 15 / tablet"},
	{"Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X) AppleWebKit/604.1.34 (KHTML, like Gecko) Version/12.0 Mobile/15A5341f Safari/604.1", "Safari 12 / iOS 12 / mobile"},
	{"Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; GT-I9100) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30", "Android Browser 4 / Android 4 / mobile"},
	{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Safari/605.1.15 Epiphany/605.1.15", "GNOME Web 605 / Linux - / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer 11 / Windows 10 / desktop"},
	{"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)", "Internet Explorer 10 / Windows 8 / desktop"},
	{"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)", "Internet Explorer 6 / Windows XP / desktop"},
	{"Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)", "Internet Explorer 7 / Windows Vista / desktop"},
	{"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.14977", "Edge 15 / Windows Phone - / mobile"},
	{"Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.1.1d", "Lynx 2 / - - / other"},
	{"w3m/0.5.3+git20230121", "w3m 0 / - - / other"},

	// Televisions and consoles
	{"Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36", "Safari - / Tizen - / tv"},
	{"Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager", "Chrome 94 / webOS - / tv"},
	{"Mozilla/5.0 (Linux; Android 9; AFTMM) AppleWebKit/537.36 (KHTML, like Gecko) Silk/116.3.5 like Chrome/116.0.5845.172 Safari/537.36", "Amazon Silk 116 / Android 9 / tv"},
	{"Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.5615.136 Safari/537.36", "Chrome 112 / Android 12 / tv"},
	{"Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15", "Safari 13 / PlayStation - / other"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/58.0.3029.110 Safari/537.36 Edge/16.16299", "Edge 16 / Xbox - / other"},
	{"Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/606.4 (KHTML, like Gecko) NF/6.0.1.15.4 NintendoBrowser/5.1.0.20393", "- - / Nintendo - / other"},

	// Web views
	{"Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A.230805.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0.6045.163 Mobile Safari/537.36", "Android WebView 119 / Android 13 / mobile"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "WebKit WebView - / iOS 17 / mobile"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/440.0.0.30.108;FBBV/542234567;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/16.6;FBSS/3]", "Facebook 440 / iOS 16 / mobile"},
	{"Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/118.0.5993.111 Mobile Safari/537.36 Instagram 307.0.0.34.111 Android", "Instagram 307 / Android 13 / mobile"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.42(0x18002a2a) NetType/WIFI Language/en", "WeChat 8 / iOS 17 / mobile"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/278.0.557 Mobile/15E148 Safari/604.1", "Google App 278 / iOS 16 / mobile"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.35.126 Chrome/118.0.5993.89 Electron/27.0.2 Safari/537.36", "Slack 4 / macOS 10 / desktop"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) acme-desk/1.2.0 Chrome/114.0.5735.289 Electron/25.8.1 Safari/537.36", "Electron 25 / Windows 10 / desktop"},

	// Crawlers and probes
	{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot 2 / - - / bot"},
	{"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.6045.123 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot 2 / Android 6 / bot"},
	{"AdsBot-Google (+http://www.google.com/adsbot.html)", "Googlebot - / - - / bot"},
	{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/103.0.5060.134 Safari/537.36", "Bingbot 2 / - - / bot"},
	{"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", "YandexBot 3 / - - / bot"},
	{"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", "Baiduspider 2 / - - / bot"},
	{"DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)", "DuckDuckBot 1 / - - / bot"},
	{"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "Facebook Bot 1 / - - / bot"},
	{"Twitterbot/1.0", "Twitterbot 1 / - - / bot"},
	{"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Slackbot 1 / - - / bot"},
	{"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "AhrefsBot 7 / - - / bot"},
	{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)", "GPTBot 1 / - - / bot"},
	{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/119.0.0.0 Safari/537.36", "Headless Chrome 119 / Linux - / bot"},
	{"Mozilla/5.0 (compatible; ExampleCrawlerbot/1.0; +https://example.com/about)", "- - / - - / bot"},
	{"Mozilla/5.0 (Windows NT 10.0) Chrome/99.0 Safari/537.36 (compatible; examplespider)", "- - / Windows 10 / bot"},
	{"kube-probe/1.27", "kube-probe 1 / - - / bot"},
	{"ELB-HealthChecker/2.0", "ELB-HealthChecker 2 / - - / bot"},
	{"Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "UptimeRobot 2 / - - / bot"},
	{"Mozilla/5.0 (Linux; Android 7.0; CUBOT NOTE Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/106.0.5249.126 Mobile Safari/537.36", "Chrome 106 / Android 7 / mobile"},

	// Libraries, command lines, log shippers
	{"curl/8.4.0", "curl 8 / - - / other"},
	{"Wget/1.21.3", "Wget 1 / - - / other"},
	{"python-requests/2.31.0", "python-requests 2 / - - / other"},
	{"Python/3.11 aiohttp/3.8.5", "Python aiohttp 3 / - - / other"},
	{"Python-urllib/3.10", "Python urllib 3 / - - / other"},
	{"Go-http-client/1.1", "Go-http-client 1 / - - / other"},
	{"okhttp/4.12.0", "okhttp 4 / - - / other"},
	{"axios/1.6.2", "axios 1 / - - / other"},
	{"node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "node-fetch 1 / - - / other"},
	{"Java/17.0.9", "Java 17 / - - / other"},
	{"Apache-HttpClient/4.5.13 (Java/11.0.20)", "Apache-HttpClient 4 / - - / other"},
	{"PostmanRuntime/7.35.0", "PostmanRuntime 7 / - - / other"},
	{"Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621.2506", "PowerShell 5 / Windows 10 / other"},
	{"Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A.230805.001)", "Dalvik 2 / Android 13 / other"},
	{"Fluent-Bit", "Fluent Bit - / - - / other"},
	{"Vector/0.34.1 (x86_64-unknown-linux-gnu 86f1c22 2023-11-16)", "Vector 0 / - - / other"},
	{"promtail/2.9.2", "Promtail 2 / - - / other"},
	{"Alloy/v1.0.0 (linux; docker)", "Grafana Alloy 1 / Linux - / other"},
	{"GrafanaAgent/v0.37.4 (static; linux; binary)", "Grafana Agent 0 / Linux - / other"},
	{"Elastic-filebeat/8.11.1 (linux; amd64; abc; 2023-11-07 00:00:00 +0000 UTC)", "Filebeat 8 / Linux - / other"},
	{"Logstash/8.11.1 (OS=Linux-5.15; JVM=Eclipse-17.0.9) logstash-output-elasticsearch/11.20.1", "Logstash 8 / - - / other"},
	{"OTel OTLP Exporter Go/1.47.0", "OpenTelemetry - / - - / other"},
	{"OTel-OTLP-Exporter-Python/1.21.0", "OpenTelemetry 1 / - - / other"},
	{"OpenTelemetry Collector Contrib/0.90.0 (linux/amd64)", "OpenTelemetry - / Linux - / other"},
	{"syslog-ng 3.38.1/libcurl/7.88.1", "syslog-ng 3 / - - / other"},

	// Hostile, made up and empty
	{"john.smith@example.com/1.0", "- - / - - / other"},
	{"JohnSmith-iPhone/7 CFNetwork/1408.0.4 Darwin/22.5.0", "CFNetwork 1408 / - - / other"},
	{"Mozilla/5.0 (Linux; Android 13; Alice's Phone +1 555 0100) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Mobile Safari/537.36", "Chrome 119 / Android 13 / mobile"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 5550100 like Mac OS X) Version/5550100 Safari/604.1", "Safari - / iOS - / mobile"},
	{"Chrome/4111111111111111", "Chrome - / - - / other"},
	{"Firefox/192.0.2.7", "Firefox 192 / - - / other"},
	{"\x00\x1b[31m chrome/1\r\nSet-Cookie: a=b", "Chrome 1 / - - / other"},
	{"Chr\u00f6me/1 \u202echrome", "- - / - - / other"},
	{strings.Repeat("a", 2000) + " Firefox/120.0", "- - / - - / other"},
	{strings.Repeat("Mozilla/5.0 (", 80000), "- - / - - / other"},
}

func TestUserAgent(t *testing.T) {
	e := compile(t, nil)
	for _, tt := range agents {
		if got := agentLine(take(t, e, "User-Agent", tt.ua)); got != tt.want {
			t.Errorf("%.160q\n got %s\nwant %s", tt.ua, got, tt.want)
		}
	}
}

func TestClientHints(t *testing.T) {
	const (
		chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
		phone  = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
	)
	tests := []struct {
		why     string
		headers []string
		want    string
	}{
		{"Brave shows itself in the brands only", []string{"User-Agent", chrome, "Sec-CH-UA", `"Not A;Brand";v="99", "Chromium";v="120", "Brave";v="120"`}, "Brave 120 / Windows 10 / desktop"},
		{"the made-up brand is passed over, wherever it stands", []string{"User-Agent", chrome, "Sec-CH-UA", `"Google Chrome";v="121", "Not=A?Brand\";v=\"8";v="24", "Chromium";v="121"`}, "Chrome 121 / Windows 10 / desktop"},
		{"Windows 11 says so", []string{"User-Agent", chrome, "Sec-CH-UA-Platform", `"Windows"`, "Sec-CH-UA-Platform-Version", `"15.0.0"`}, "Chrome 120 / Windows 11 / desktop"},
		{"Windows 10 says so", []string{"User-Agent", chrome, "Sec-CH-UA-Platform", `"Windows"`, "Sec-CH-UA-Platform-Version", `"10.0.0"`}, "Chrome 120 / Windows 10 / desktop"},
		{"macOS is frozen in the User-Agent", []string{"User-Agent", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", "Sec-CH-UA-Platform", `"macOS"`, "Sec-CH-UA-Platform-Version", `"14.1.1"`}, "Chrome 120 / macOS 14 / desktop"},
		{"Android is frozen at 10", []string{"User-Agent", phone, "Sec-CH-UA-Platform", `"Android"`, "Sec-CH-UA-Platform-Version", `"14.0.0"`, "Sec-CH-UA-Mobile", "?1"}, "Chrome 120 / Android 14 / mobile"},
		{"an Android that is not mobile is a tablet", []string{"User-Agent", phone, "Sec-CH-UA-Platform", `"Android"`, "Sec-CH-UA-Mobile", "?0"}, "Chrome 120 / Android 10 / tablet"},
		{"hints without a User-Agent", []string{"Sec-CH-UA", `"Microsoft Edge";v="119"`, "Sec-CH-UA-Platform", `"Linux"`, "Sec-CH-UA-Mobile", "?0"}, "Edge 119 / Linux - / desktop"},
		{"an app tells more than its engine's hints", []string{"User-Agent", "Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/118.0.5993.111 Mobile Safari/537.36 Instagram 307.0.0.34.111", "Sec-CH-UA", `"Android WebView";v="118"`}, "Instagram 307 / Android 13 / mobile"},
		{"a crawler stays one", []string{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Sec-CH-UA", `"Google Chrome";v="120"`}, "Googlebot 2 / - - / bot"},
		{"broken brands tell nothing", []string{"User-Agent", chrome, "Sec-CH-UA", `"Brave";v="120`}, "Chrome 120 / Windows 10 / desktop"},
		{"brands without quotes tell nothing", []string{"User-Agent", chrome, "Sec-CH-UA", `Brave;v=120`}, "Chrome 120 / Windows 10 / desktop"},
		{"brands without end tell nothing", []string{"User-Agent", chrome, "Sec-CH-UA", strings.Repeat(`"x";v="1",`, 200) + `"Brave";v="1"`}, "Chrome 120 / Windows 10 / desktop"},
		{"unknown names never leave", []string{"User-Agent", chrome, "Sec-CH-UA", `"alice@example.com";v="120"`, "Sec-CH-UA-Platform", `"Alice's PC"`}, "Chrome 120 / Windows 10 / desktop"},
		{"a version is at most four digits", []string{"Sec-CH-UA", `"Brave";v="5550100"`}, "Brave - / - - / other"},
	}
	e := compile(t, nil)
	for _, tt := range tests {
		if got := agentLine(take(t, e, tt.headers...)); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.why, got, tt.want)
		}
	}
}

// agentLine writes what is known of the program as the tables do.
func agentLine(got map[string]string) string {
	word := func(name string) string {
		if v, ok := got[name]; ok {
			return v
		}
		return "-"
	}
	return word("user_agent.name") + " " + word("user_agent.version") + " / " + word("user_agent.os.name") + " " +
		word("user_agent.os.version") + " / " + word("device.class")
}

func compile(t testing.TB, m config.Metadata, trusted ...string) *meta.Extractor {
	t.Helper()
	var prefixes []netip.Prefix
	for _, p := range trusted {
		prefixes = append(prefixes, netip.MustParsePrefix(p))
	}
	e, err := meta.Compile(m, prefixes)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// take returns the fields of a request with these headers, name and value in turn.
func take(t testing.TB, e *meta.Extractor, headers ...string) map[string]string {
	t.Helper()
	return fields(t, e, request(headers...), nil)
}

func request(headers ...string) *meta.Request {
	r := new(meta.Request)
	for i := 0; i < len(headers); i += 2 {
		r.Add([]byte(headers[i]), []byte(headers[i+1]))
	}
	return r
}

func fields(t testing.TB, e *meta.Extractor, r *meta.Request, geo meta.Geo) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, f := range e.Append(nil, r, geo) {
		if _, twice := got[f.Name]; twice {
			t.Errorf("field %s twice", f.Name)
		}
		if bytes.ContainsFunc(f.Value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("field %s: control character in %q", f.Name, f.Value)
		}
		got[f.Name] = string(f.Value)
	}
	return got
}
