package cases

// shape is one way in which a value stands in a line.
type shape struct {
	// name in reports. Several rows may share one.
	name string
	// text is the template; «k» in it asks for a key, and only kinds with keys stand there.
	text string
	// encode gives the value its form; nil leaves it as it is.
	encode   encoder
	encoding Encoding
	// depth is how many times text is put into the message of a JSON object.
	depth int
	// json says that text itself is a JSON object.
	json bool
	// bare says that nothing marks the value's end but what follows: passwords with blanks or separators do not stand here.
	bare bool
	// number says that the value is a JSON number: only kinds that are typed so stand here.
	number bool
	// renames says that the value stands in a member's name.
	renames bool
	// free says that no key tells a secret: only kinds that are known by themselves stand here, though «k» may be there.
	free bool
}

const (
	httpHead = `127.0.0.1 - - [«clf»] "GET /v1/«noun»s`
	httpTail = ` HTTP/1.1" «status» «bytes» "-" "curl/8.5.0"`
)

// shapes are the ways, those without a key first.
var shapes = append(append(freeShapes, keyedShapes...), encodedShapes...)

var freeShapes = []shape{
	// At the ends and within a sentence.
	{name: "alone", text: "«v»", free: true, bare: true},
	{name: "start of line", text: "«v» refused by «svc»", free: true, bare: true},
	{name: "end of line", text: "«rfc3339» «level» «svc»: request refused for «v»", free: true, bare: true},
	{name: "sentence", text: "The request of «v» was «word» by «host».", free: true, bare: true},
	{name: "sentence", text: "[«svc»] «level» - customer says «v» is wrong", free: true, bare: true},
	{name: "end of sentence", text: "The «noun» was sent to «v».", free: true, bare: true},
	{name: "end of sentence", text: "The «noun» was sent to «v». Retrying.", free: true, bare: true},
	{name: "message in JSON", text: "The «noun» of «v» was «word»", free: true, bare: true, depth: 1},
	{name: "message in JSON", text: "first line\n«v»\nlast line", free: true, bare: true, depth: 1},
	{name: "message in JSON", text: "at:\t«v»\tfrom «host»", free: true, bare: true, depth: 1},

	// Followed by.
	{name: "followed by ,", text: "lookup of «v», then «word»", free: true, bare: true},
	{name: "followed by ,", text: "lookup of «v», then «word»", free: true, bare: true, depth: 1},
	{name: "followed by , glued", text: "list=a,«v»,b", free: true, bare: true},
	{name: "followed by )", text: "lookup(«v») took «ms» ms", free: true, bare: true},
	{name: "followed by )", text: "«noun» «word» (for «v») twice", free: true, bare: true},
	{name: "followed by <", text: "value «v»<br/>next", free: true, bare: true},
	{name: "followed by <", text: "value «v»<br/>next", free: true, bare: true, depth: 1},
	{name: "followed by &", text: "see «v»&page=«n»", free: true, bare: true},
	{name: "followed by .", text: "refused «v».", free: true, bare: true, depth: 1},
	{name: "followed by ...", text: "waiting for «v»...", free: true, bare: true},
	{name: "followed by ;", text: "refused «v»; «word»", free: true, bare: true},
	{name: "followed by ; glued", text: "a;«v»;b", free: true, bare: true},
	{name: "followed by :", text: "«v»: refused", free: true, bare: true},
	{name: "followed by !", text: "unknown «v»!", free: true, bare: true},
	{name: "followed by ?", text: "do you mean «v»?", free: true, bare: true},
	{name: "followed by \"", text: `cannot parse "«v»" here`, free: true, encode: backslashed(`"`)},
	{name: "followed by \"", text: `cannot parse "«v»" here`, free: true, depth: 1, encode: backslashed(`"`)},
	{name: "followed by '", text: "cannot parse '«v»' here", free: true, encode: backslashed("'")},
	{name: "followed by '", text: "cannot parse '«v»' here", free: true, depth: 1, encode: backslashed("'")},
	{name: "followed by `", text: "cannot parse `«v»` here", free: true},
	{name: "followed by ]", text: "«level» [«v»] «word»", free: true, bare: true},
	{name: "followed by ]", text: "«level» [«svc»,«v»] «word»", free: true, bare: true},
	{name: "followed by }", text: "«noun»{«v»} «word»", free: true, bare: true},
	{name: "followed by >", text: "from <«v»> to <«host»>", free: true, bare: true},
	{name: "followed by |", text: "«date»|«v»|«svc»", free: true, bare: true},
	{name: "followed by tab", text: "«date»\t«v»\t«svc»", free: true, bare: true},
	{name: "behind :", text: "failed:«v»", free: true, bare: true},
	{name: "behind =", text: "ref=«v»", free: true, bare: true},
	{name: "behind -", text: "«level» - «v» - «word»", free: true, bare: true},

	{name: "behind >", text: "<b>«v»</b> <i>«word»</i>", free: true, encode: entities},
	{name: "between multi-byte signs", text: "„«v»“ → «word»", free: true, bare: true},
	{name: "between multi-byte signs", text: "用户「«v»」«word»", free: true, bare: true, depth: 1},
	{name: "ANSI colours", text: "\x1b[32m«v»\x1b[0m «word»", free: true, bare: true},
	{name: "ANSI colours", text: "\x1b[32m«v»\x1b[0m «word»", free: true, bare: true, depth: 1},

	// Lists and columns.
	{name: "CSV bare", text: "«word»,«v»,«date»", free: true, bare: true},
	{name: "CSV bare", text: "«v»,«word»,«money»", free: true, bare: true},
	{name: "CSV bare", text: "«word»;«svc»;«v»", free: true, bare: true},
	{name: "CSV quoted", text: `"«n»","«v»","«word»"`, free: true, encode: doubled(`"`)},
	{name: "XML element", text: "<entry id=\"«n»\"><field>«v»</field></entry>", free: true, encode: entities},
	{name: "XML element", text: "<entry id=\"«n»\"><field>«v»</field></entry>", free: true, encode: entities, depth: 1},
	{name: "JSON array", text: `{"list":["«word»","«v»","«word»"]}`, free: true, json: true, encode: quotedJSON},
	{name: "JSON key", text: `{"seen":{"«v»":«n»},"n":1}`, free: true, json: true, encode: quotedJSON, renames: true},
	{name: "Go slice", text: "items=[«word» «v» «word»]", free: true, bare: true},
	{name: "Python list", text: "items: ['«word»', '«v»']", free: true, encode: backslashed("'")},
	{name: "stack trace", text: `java.lang.IllegalStateException: unknown «v»\n\tat com.example.«camel».run(Main.java:«nn»)`, free: true, bare: true},

	// Whole records.
	{name: "syslog 3164", text: "<34>«bsd» «host» «svc»[«pid»]: refused «v»", free: true, bare: true},
	{name: "syslog 5424", text: `<165>1 «rfc3339m» «host» «svc» «pid» ID47 [ref@32473 a="«v»"] refused`, free: true, encode: backslashed(`"`)},
	{name: "klog", text: "E0314 «clock».123456 «pid» «file»:«nn»] refused «v»", free: true, bare: true},
}

var keyedShapes = []shape{
	// JSON.
	{name: "JSON string", text: `{"ts":"«rfc3339m»","«k»":"«v»","n":«n»}`, json: true, encode: quotedJSON},
	{name: "JSON string", text: `{"level": "«level»", "«k»": "«v»"}`, json: true, encode: quotedJSON},
	{name: "JSON string", text: `{"msg":"«word»","ctx":{"id":«n»,"«k»":"«v»"}}`, json: true, encode: quotedJSON},
	{name: "JSON array under key", text: `{"«k»":["«v»"],"n":«n»}`, json: true, encode: quotedJSON},
	{name: "JSON number", text: `{"n":«n»,"«k»":«v»,"ok":true}`, json: true, number: true},
	{name: "JSON number", text: `{"«k»": «v»}`, json: true, number: true},
	{name: "JSON in text", text: `payload {"«k»":"«v»","n":«n»} accepted`, encode: quotedJSON},
	{name: "JSON in text", text: `«rfc3339» «svc» body={"a":{"«k»": "«v»"}}`, encode: quotedJSON},
	{name: "JSON in JSON", text: `{"«k»":"«v»","n":«n»}`, encode: quotedJSON, depth: 1},
	{name: "JSON in JSON", text: `answer: {"n":«n»,"«k»":"«v»"}`, encode: quotedJSON, depth: 1},
	{name: "JSON in JSON in JSON", text: `{"n":«n»,"«k»":"«v»"}`, encode: quotedJSON, depth: 2},
	{name: "JSON in JSON in JSON", text: `sent {"«k»": "«v»"} twice`, encode: quotedJSON, depth: 2},
	{name: "JSON escaped in text", text: `«level» body="{\"«k»\":\"«v»\",\"n\":«n»}" «word»`, encode: func(s string) string { return quotedJSON(quotedJSON(s)) }},
	{name: "JSON escaped in text", text: `body={\\\"«k»\\\":\\\"«v»\\\"}`, encode: func(s string) string { return quotedJSON(quotedJSON(quotedJSON(s))) }},

	{name: "JSON cut off", text: `{"ts":"«rfc3339m»","«k»":"«v»","items":[{"id":`, encode: quotedJSON},

	// Key=value.
	{name: "logfmt bare", text: "time=«rfc3339» level=«level» «k»=«v» n=«n»", bare: true},
	{name: "logfmt bare", text: "level=«level» «k»=«v»", bare: true},
	{name: "logfmt bare", text: "level=«level» «k»=«v» n=«n»", bare: true, depth: 1},
	{name: "logfmt quoted", text: `level=«level» «k»="«v»" n=«n»`, encode: backslashed(`"`)},
	{name: "logfmt quoted", text: `level=«level» «k»="«v»" n=«n»`, encode: backslashed(`"`), depth: 1},
	{name: "key: value", text: "«word» with «k»: «v»", bare: true},
	{name: "key: value", text: "«word» with «k»: «v», «noun» «n»", bare: true},
	{name: "key = value", text: "«k» = «v»", bare: true},
	{name: "key:value", text: "«word» («k»:«v»)", bare: true},
	{name: "single quotes", text: "«k»='«v»' level='«level»'", encode: backslashed("'")},
	{name: "single quotes", text: "update «noun»s set «k» = '«v»' where id = «n»", encode: doubled("'")},
	{name: "brackets", text: "«level» [«k»=«v»] «word»", bare: true},
	{name: "brackets", text: "«level» («k»=«v») «word»", bare: true},
	{name: "brackets", text: "«camel»{id=«n», «k»=«v»}", bare: true},
	{name: "environment", text: `export «k»="«v»"`, encode: backslashed(`"`)},
	{name: "environment", text: "«k»=«v» ./«svc» --verbose", bare: true},

	{name: "ANSI colours", text: "\x1b[36m«k»=\x1b[0m«v» \x1b[36mn=\x1b[0m«n»", bare: true},

	// Dumps.
	{name: "Go map", text: "map[id:«n» «k»:«v» zone:eu]", bare: true},
	{name: "Go map", text: `map[string]string{"id":"«n»", "«k»":"«v»"}`, encode: backslashed(`"`)},
	{name: "Go map", text: "headers: map[«k»:[«v»]]", bare: true},
	{name: "Go struct", text: "&{ID:«n» «k»:«v» Zone:eu}", bare: true},
	{name: "Python dict", text: "{'id': «n», '«k»': '«v»', 'zone': None}", encode: backslashed("'")},
	{name: "Python dict", text: "kwargs={u'«k»': u'«v»'}", encode: backslashed("'")},
	{name: "Python dict", text: "{'id': «n», '«k»': '«v»'}", encode: backslashed("'"), depth: 1},
	{name: "Ruby hash", text: `{:id=>«n», :«k»=>"«v»", :zone=>nil}`, encode: backslashed(`"`)},
	{name: "Ruby hash", text: `Parameters: {"id"=>"«n»", "«k»"=>"«v»"}`, encode: backslashed(`"`)},
	{name: "Ruby hash", text: `{id: «n», «k»: "«v»"}`, encode: backslashed(`"`)},
	{name: "Java toString", text: "«camel»(id=«n», «k»=«v», zone=eu)", bare: true},
	{name: "Java toString", text: "«camel»{id=«n», «k»='«v»', zone='eu'}", encode: backslashed("'")},
	{name: "PHP array", text: `Array ( [id] => «n» [«k»] => «v» )`, bare: true},
	{name: "PHP array", text: `array ('id' => «n», '«k»' => '«v»')`, encode: backslashed("'")},
	{name: "YAML", text: "«k»: «v»", bare: true},
	{name: "YAML", text: `  «k»: "«v»"`, encode: backslashed(`"`)},
	{name: "YAML", text: "- «k»: '«v»'", encode: doubled("'")},
	{name: "YAML", text: "id: «n»\n«k»: «v»\nzone: eu", bare: true, depth: 1},
	{name: "TOML", text: `«k» = "«v»"`, encode: backslashed(`"`)},

	// Markup.
	{name: "XML attribute", text: `<user id="«n»" «k»="«v»" zone="eu"/>`, encode: entities},
	{name: "XML attribute", text: `<user id='«n»' «k»='«v»'/>`, encode: func(s string) string { return doubled("'")(entities(s)) }},
	{name: "XML attribute", text: `<user id="«n»" «k»="«v»" zone="eu"/>`, encode: entities, depth: 1},
	{name: "XML element under key", text: "<user><id>«n»</id><«k»>«v»</«k»></user>", encode: entities},

	// Query strings and access logs.
	{name: "query string", text: "GET /v1/«noun»s?page=«i»&«k»=«v»&sort=asc", encode: query20, encoding: Percent},
	{name: "query string", text: "https://shop.example.com/s?«k»=«v»", encode: queryPlus, encoding: Percent},
	{name: "query string", text: "next=/v1/«noun»s?«k»=«v»#top", encode: queryLower, encoding: Percent},
	{name: "query string twice encoded", text: "GET /login?next=%2Fv1%3F«k»%3D«v»%26page%3D2", encode: queryTwice, encoding: Twice},
	{name: "form body", text: "body: page=«i»&«k»=«v»&submit=yes", encode: queryPlus, encoding: Percent},
	{name: "access log", text: httpHead + "?page=«i»&«k»=«v»" + httpTail, encode: query20, encoding: Percent},
	{name: "access log", text: httpHead + "?«k»=«v»&page=«i»" + httpTail, encode: queryPlus, encoding: Percent},
	{name: "access log", text: httpHead + "/«i»?«k»=«v»" + httpTail, encode: query20, encoding: Percent, depth: 1},
	{name: "access log", text: `127.0.0.1 - - [«clf»] "GET / HTTP/1.1" 200 «bytes» "https://shop.example.com/s?«k»=«v»" "curl/8.5.0"`, encode: query20, encoding: Percent},

	// Commands and headers.
	{name: "flag", text: "run: /usr/bin/«svc» --«k»=«v» --verbose", bare: true},
	{name: "flag", text: "run: /usr/bin/«svc» --verbose --«k» «v»", bare: true},
	{name: "flag", text: `run: «svc» --«k» "«v»" --verbose`, encode: backslashed(`"`)},
	{name: "header", text: "> X-«k»: «v»", bare: true},
	{name: "header", text: `headers={"X-«k»":["«v»"]}`, encode: quotedJSON},
	{name: "header", text: `curl -H "X-«k»: «v»" https://api.example.com/`, bare: true},
}

// encodedShapes hide the value's own signs.
var encodedShapes = []shape{
	{name: `\u escapes`, text: `{"«k»":"«v»","n":«n»}`, json: true, encode: htmlJSON, encoding: Escaped},
	{name: `\u escapes`, text: `{"«k»":"«v»","n":«n»}`, json: true, encode: unicodeJSON, encoding: Escaped},
	{name: `\u escapes`, text: `{"n":«n»,"«k»":"«v»"}`, json: true, encode: asciiJSON, encoding: Escaped},
	{name: `\u escapes in text`, text: `body {"«k»":"«v»","n":«n»} seen`, encode: htmlJSON, encoding: Escaped},
	{name: `\u escapes in JSON`, text: `{"«k»":"«v»","n":«n»}`, encode: htmlJSON, encoding: Escaped, depth: 1},
	{name: "base64 of text", text: "payload=«v» size=«n»", encode: base64Text, encoding: Base64, free: true},
	{name: "base64 of text", text: `{"payload":"«v»","n":«n»}`, encode: base64Text, encoding: Base64, free: true, json: true},
	{name: "full-width", text: "The request of «v» was «word»", encode: wide, encoding: Wide, free: true, bare: true},
	{name: "full-width", text: `{"«k»":"«v»"}`, encode: wide, encoding: Wide, free: true, json: true},
	{name: "zero-width inside", text: "The request of «v» was «word»", encode: sprinkled, encoding: Sprinkled, free: true, bare: true},
	{name: "zero-width inside", text: `{"«k»":"«v»"}`, encode: sprinkled, encoding: Sprinkled, free: true, json: true},
}

// harmlessShapes are the ways in which look-alikes stand, under a key of their own.
var harmlessShapes = []shape{
	{name: "JSON string", text: `{"level":"«level»","«k»":"«v»","n":«n»}`},
	{name: "logfmt", text: "time=«rfc3339» level=«level» «k»=«v» n=«n»"},
	{name: "sentence", text: "«noun» «word» («k» «v») on «host»"},
	{name: "key: value", text: "«svc»: «k»: «v», «word»"},
	{name: "brackets", text: "[«v»] «noun» «word»"},
	{name: "CSV", text: "«date»,«v»,«word»,«n»"},
	{name: "JSON in JSON", text: `{"message":"{\"«k»\":\"«v»\",\"n\":«n»}"}`},
	{name: "query", text: `127.0.0.1 - - [«clf»] "GET /v1/«noun»s?«k»=«v»&page=«i» HTTP/1.1" 200 «bytes» "-" "curl/8.5.0"`},
	{name: "end of line", text: "«rfc3339» «level» «svc» «k» «v»"},
	{name: "XML", text: `<row «k»="«v»"/>`},
	{name: "Go map", text: "map[«k»:«v» zone:eu]"},
}
