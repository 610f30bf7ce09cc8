package cases

// trap is one row of harmless things that fool a naive detector.
type trap struct {
	// name in reports.
	name string
	// fools is the kind of data that it is taken for.
	fools string
	// value is a template of what stands in every harmless shape under one of keys; empty: only lines.
	value string
	keys  []string
	// lines are templates of their own.
	lines []string
}

// templates lists all templates of the trap, those of harmlessShapes first.
func (t *trap) templates() []string {
	var list []string
	if t.value != "" {
		for i := range harmlessShapes {
			list = append(list, harmlessShapes[i].text)
		}
	}
	return append(list, t.lines...)
}

var (
	timeKeys = words("ts time timestamp at created_at expires start_time")
	idKeys   = words("id ref order_id request_id job parent_id cursor")
)

var traps = []trap{
	// Long numbers.
	{name: "epoch ms", fools: "card", value: "«epochms»", keys: timeKeys, lines: []string{`{"ts":«epochms»,"msg":"«word»"}`,
		"«epochms» «level» «svc»: «word»", "onExtend:«epochms» «i» 0 «i»"}},
	{name: "epoch µs", fools: "card", value: "«epochus»", keys: timeKeys, lines: []string{`{"ts":«epochus»,"msg":"«word»"}`}},
	{name: "epoch ns", fools: "card", value: "«epochns»", keys: timeKeys, lines: []string{`{"timeUnixNano":"«epochns»","n":«n»}`,
		`{"ts":«epochns»}`}},
	{name: "epoch s", fools: "phone", value: "«epoch»", keys: timeKeys, lines: []string{`{"ts":«epoch»,"exp":«epoch»}`, `{"ts":«epochf»}`,
		"«epochf» «svc» «word»"}},
	{name: "snowflake id", fools: "card", value: "«snowflake»", keys: idKeys, lines: []string{`{"id":«snowflake»}`,
		"guild «snowflake» channel «snowflake»", "/channels/«snowflake»/«snowflake»"}},
	{name: "block id", fools: "card", value: "«blk»", keys: words("block file piece"), lines: []string{
		"PacketResponder «i» for block «blk» terminating", "Deleting block «blk» file /mnt/hadoop/dfs/data/current/subdir«nn»/«blk»",
		"Verification succeeded for «blk»", "block «blk»_«n»: «word»", "ask 127.0.0.1:50010 to delete  «blk» «blk»"}},
	{name: "build id", fools: "phone", value: "«compact»", keys: words("build release snapshot tag"), lines: []string{"build «build» rolled out",
		"dump-«compact».sql.gz written", "release «ymd».«i»"}},
	{name: "ten digits", fools: "phone", value: "«ten»", keys: idKeys, lines: []string{"Session: «nine»_«ten» initialized by client",
		"took «ten» ns", `{"id":«ten»}`}},
	{name: "nine digits", fools: "us_ssn", value: "«nine»", keys: idKeys, lines: []string{`{"id":«nine»}`, "lock=«nine», flags=0x1",
		"seq «nine» of «nine»"}},
	{name: "date and time", fools: "phone", value: "«datetime»", keys: timeKeys, lines: []string{"«date» «nn»", "from «date» to «date»",
		"«euro» «word»", "«us» «word»", "«date»T«nn»"}},
	{name: "dates as numbers", fools: "us_ssn", value: "«date»", keys: timeKeys, lines: []string{"«nn»-«nn»-«n»", "range «nn»-«nn»",
		"ticket ABC-«nn»-«n»", "slot 12-34-5678"}},

	// Numbers in groups.
	{name: "uuid", fools: "card", value: "«uuid»", keys: idKeys, lines: []string{"/v1/«noun»s/«uuid»/items", "req-«uuid» - - -", "urn:uuid:«uuid»",
		"«uuid».json", "pvc-«uuid» bound"}},
	{name: "float", fools: "card", value: "«float»", keys: words("score ratio load p99 loss"), lines: []string{`{"score":«float»,"loss":«float»}`,
		"load «float» «float» «float»", "[«float», «float»]", "x = 0.4111111111111111", "n=4539578763621486.5"}},
	{name: "money", fools: "card", value: "«money»", keys: words("price total amount"), lines: []string{`{"price":«money»,"total":«money»}`,
		"«money» EUR", "paid $«money»", "4111.11 of 5105.10"}},
	{name: "ports and counters", fools: "card", value: "«port»", keys: words("port src_port count"), lines: []string{
		"ports 4000 5000 6000 7000 open", "counters 4111 1111 1111 1112 «n»", "«n» «n» «n» «n» «n»", "range 1000-2000-3000-4000",
		"4012-8888 8888-1881", "sizes 5105 1051 0510 5100 4111 1111",
		"bucket [«nn»,«nn») «n» «n» «n»"}},
	{name: "long hex of digits", fools: "card", lines: []string{
		"trace_id=4012888888881881 span_id=«span»", "id 4111111111111111a", "a4111111111111111", "4111111111111111_7", "4111111111111111.5",
		"v4111111111111111", "0x4111111111111111", "-4111111111111111"}},
	{name: "wrong check digit", fools: "card", lines: []string{"card 4111111111111112", "4111 1111 1111 1113", "5500 0000 0000 0005",
		"number=«ten»«ten»«ten»", "0000000000000000", "4444444444444444"}},
	{name: "wrong check digits", fools: "iban", lines: []string{
		"DE00370400440532013000", "DE89370400440532013001", "XX89370400440532013000", "AB12CDEF34567890", "GB82WEST1234569876543",
		"SE3550000000054910000003«n»", "commit ad12«sha1»",
		"NO93 8601 1117 948", "BE68 5390 0754 7035"}},
	{name: "not issued", fools: "us_ssn", lines: []string{"000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000",
		"123-45-67890", "1123-45-6789", "123-45-6789-01", "A123-45-6789", "12-345-6789"}},

	// Dotted numbers.
	{name: "browser version", fools: "ipv4", value: "Chrome/«chrome»", keys: words("ua user_agent agent browser"), lines: []string{
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/«chrome» Safari/537.36 Edg/«chrome»",
		`"Mozilla/5.0 (Windows NT 10.0) Chrome/«chrome» OPR/«v4»"`,
		"Sec-CH-UA-Full-Version: «v4»"}},
	{name: "version", fools: "ipv4", value: "v«v4»", keys: words("tag release image"), lines: []string{
		"version «v4»", "version=«v4»", `{"version":"«v4»"}`, "app version: «v4», ok", "upgraded from version «v4» to «v4»", "firmware: «v4»",
		"foo-«v4»-5.el9 installed", "libc6_«v4»+deb11", "bar~«v4»",
		"Loaded Servicing Stack v«v4» with Core", "build «v4» (release)", "Package_for_KB«n»~31bf3856ad364e35~amd64~~«v4», ApplicableState: 112",
		"driver version is «v4»", "kernel: Linux version 5.15.0.«nn»-generic"}},
	{name: "short version", fools: "ipv4", value: "«v3»", keys: words("version tag release"), lines: []string{"react@«v3»", "go«v3» linux/amd64",
		"«v3»-rc.1", "1.2.3", "OpenSSL/1.1.1.1"}},
	{name: "oid", fools: "ipv4", value: "«oid»", keys: words("oid type object"), lines: []string{"SNMPv2-MIB::sysObjectID.0 = OID: «oid»",
		"OID: 1.3.6.1", "OID 2.5.4.3", ".«oid»"}},
	{name: "dotted time", fools: "ipv4", value: "«bgl»", keys: timeKeys, lines: []string{"- «epoch» «dotdate» R02-M1-N0-C:J12-U11 «bgl» RAS KERNEL INFO ok", "«dotdate» «word»", "section 1.2.3.4.5", "1.2.3.256", "01.02.03.04", "1.2.3.4.5.6"}},
	{name: "loopback and masks", fools: "ipv4", lines: []string{"bound to 127.0.0.1:«port»", "0.0.0.0:«port»", "mask 255.255.255.0",
		"127.0.0.1 - - ok", "host 127.0.1.1", "inet 127.0.0.1/8"}},
	{name: "clock", fools: "ipv6", value: "«clock»", keys: timeKeys, lines: []string{"«clockm» «word»", "at 12:34:56:789", "«clock»:«nn»",
		"took 01:02:03", "1:2:3:4", "00:00:00.000000000", "[10.30 16:49:06]"}},
	{name: "C++ and Ruby names", fools: "ipv6", lines: []string{
		"a::b::c", "std::vector<int>::push_back", "Foo::Bar::baz", "dead::beef", "bad::cafe::face", "ActiveRecord::Base", "ns::a1::b2",
		"core::fmt::Display", "abc::def", "IOThunderboltSwitch<0>(0x0)::listenerCallback",
		"PASS::Fail", "A::B", "crate::a::b::c::d", "fe::Engine"}},
	{name: "unspecified and loopback", fools: "ipv6", lines: []string{"[::]:«port»", "[::1]:«port»", "listening on :::«port»", "::1", "::"}},
	{name: "PCI address", fools: "mac", value: "«pci»", keys: words("pci slot device"), lines: []string{"pci «pci»: BAR 5: assigned [mem «addr8»-«addr8»]", "ACPI: 0000:00:1f.2) @ «addr»"}},
	{name: "fingerprint", fools: "mac", value: "«octets16»", keys: words("fingerprint fp key_fp"), lines: []string{
		"RSA key fingerprint is MD5:«octets16»", "sha1 fingerprint «octets20»", "«octets20»", "SHA256:«b64sha»", "serial «octets12»", "wwn «octets8»",
		"Serial Number: «octets16»", "ssh2: RSA «octets16»"}},
	{name: "no device", fools: "mac", lines: []string{"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "brd FF:FF:FF:FF:FF:FF", "1111.2222.3333",
		"12:34:56", "01-02-03", "2026-03-14-09-26-53"}},

	// At signs.
	{name: "package", fools: "email", value: "«pkg»@«v3»", keys: words("package dep module"), lines: []string{
		"npm WARN deprecated «pkg»@«v3»: use «pkg»@«v3»-rc.1", "@types/node@«v3»", "«pkg»@^«v3»", "github.com/a/b@v«v3»", "actions/checkout@v4",
		"pkg:npm/%40scope/«pkg»@«v3»", "«pkg»@latest"}},
	{name: "image", fools: "email", value: "nginx@sha256:«sha256»", keys: words("image ref digest"), lines: []string{"pulled registry.example.com/shop/app@sha256:«sha256»", "logo@2x.png", `<img src="logo@2x.png" srcset="logo@3x.jpg 3x">`, "icon@1.5x.webp", "sprite@2x.min.css"}},
	{name: "object", fools: "email", value: "«camel»@«hex8»", keys: words("obj handler target"), lines: []string{
		"com.example.«camel»@«hex8»", "Lorg.example.Foo;@«hex8»", "[main:QuorumPeerConfig@101] - ok",
		"[NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@1001] - Closed", "android.os.BinderProxy@«hex7»"}},
	{name: "at signs", fools: "email", lines: []string{
		"@@ -12,7 +12,9 @@", "Started getty@tty1.service", "user@1000.service", "postgresql@16-main.service", "git@github.com:org/repo.git",
		"ssh://git@github.com/org/repo", "a @ b", "hello @team", "rabbit@rabbit-0.rabbit.default.svc.cluster.local",
		"x@y", "foo@bar", "@app.route('/x')", "@Override", "ref HEAD@{1}", "stack @«addr»", "00000001@2026/9/27:20:30:31.455 WcpInitialize",
		"user@localhost", "root@«host»:~#", "@media screen", "price@market"}},

	// Digests and identifiers.
	{name: "git sha", fools: "api key", value: "«sha1»", keys: words("commit sha revision head ref"), lines: []string{"commit «sha1»",
		"HEAD is now at «hex7» fix", "«sha1» refs/heads/main", "checkout «hex12»"}},
	{name: "digest", fools: "api key", value: "«sha256»", keys: words("digest checksum sha256 hash image_id"), lines: []string{"sha256:«sha256»",
		"integrity «sri»", "md5=«md5»", "«sha512»  app.tar.gz", "cache key: «md5»", `etag: "«md5»"`, `"ETag":"W/\"«hex8»-«hex12»\""`,
		"layer «hex12»: Pull complete"}},
	{name: "trace and span", fools: "api key", value: "«trace»", keys: words("trace_id traceId trace correlation_id request_id"), lines: []string{
		"traceparent: 00-«trace»-«span»-01", `{"trace_id":"«trace»","span_id":"«span»"}`, "X-B3-TraceId: «trace»", "X-Request-Id: «uuid»",
		"x-amz-request-id: «ulid»", "«ulid» «word»", "id=«nano»", "_id: ObjectId('«objectid»')"}},
	{name: "pod and container", fools: "api key", lines: []string{"pod «svc»-«hex8»-«part» ready", "container «sha256» died",
		"k8s_«svc»_«svc»-«hex8»-x2x7q_default_«uuid»_0", "docker-«sha256».scope", "arn:aws:lambda:eu-west-1:function:«svc»", "«svc».«hex8».js",
		"/static/app.«hex8».css", "boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"}},

	// Words that name secrets, and none there.
	{name: "token counters", fools: "api key", lines: []string{
		"max_tokens=4096 token_type=Bearer finish_reason=stop", `{"max_tokens":«n»,"prompt_tokens":«n»,"total_tokens":«n»}`, "token_count=«n»",
		"tokens: «n»", "used «n» tokens", "num_tokens=12345678", "expires_in=3600 token_type=bearer", `{"token_type":"Bearer","expires_in":3600}`,
		"Unexpected token: '}' at position «nn»", "syntax error near unexpected token `fi'", "Unexpected token < in JSON at position 0",
		"token expired", "invalid token", "Executing with tokens:", "Kind: YARN_AM_RM_TOKEN, Service: , Ident: (appAttemptId)",
		"tokenizer=cl100k_base", "token bucket refilled: 128 of 256", "next_token=null", "pad_token=<pad>", "token_ttl=86400s",
		"token validation took «ms»ms", "token_endpoint=https://id.example.com/token"}},
	{name: "keys of other kinds", fools: "api key", lines: []string{
		"primary_key=order_id", "foreign_key=customer_id", "key=«noun»:«n»", "cache key «noun»:«n»:eu", "partition_key=eu-west-1",
		"sort_key=created_at", "public_key=ssh-ed25519", "keyspace=main", "key_id=«hex8»", "idempotency_key=«uuid»", "keyboard=de", "monkey=1",
		"Duplicate entry '«n»' for key 'PRIMARY'", "duplicate key value violates unique constraint \"orders_pkey\"", "KeyError: '«noun»'",
		"key size 2048 bits", "keyId: -127633188", "GET /keys?key=«noun»", "hotkey=ctrl+c", "routing_key=«noun».created",
		"kms_key_alias=alias/logs"}},
	{name: "passwords talked about", fools: "password", lines: []string{
		"password reset requested", "password reset for user u-«n»", "check pass; user unknown",
		"Failed password for root from 127.0.0.1 port «port» ssh2", "Failed password for invalid user admin", "password_changed=true",
		"password_set=false requires_password=true", "password expires in 14 days", "Enter password:",
		"password: must be at least eight characters", "password length 12", "no password supplied", "wrong password", "passwords do not match",
		"pam_unix(sshd:auth): check pass; user unknown", "compass=north", "bypass=true", "passed=12 failed=0", "tests pass: «n»", "pass 2 of 3",
		"pass=1", "password_policy=strict",
		"passenger: started", "first pass: 1024 blocks", "secret_name=db-main", "secret \"db-main\" not found", "secretKeyRef: name: db",
		"MountVolume.SetUp succeeded for volume \"secret-«part»\"", "the secret of good logs", "auth=none", "auth method: publickey",
		"auth_type=oauth2", "authentication failure; logname= uid=0 euid=0",
		"credentials are valid", "no credentials provided", "session opened for user root by (uid=0)", "session closed", "session timeout=3600",
		"sessions=«n»", "cookie_domain=example.com", "cookies disabled"}},
	{name: "code where a secret would stand", fools: "password", lines: []string{
		`password = os.getenv("DB_PASSWORD")`, `password = os.environ["DB_PASSWORD"]`, "password = config.get('password')", "password: ENV['DB_PASSWORD']",
		"api_key = settings.API_KEY", "password: process.env.DB_PASSWORD", "password = var.db_password", `password = input("Enter password: ")`, "secret = args[0]",
		"SET password = :password", "UPDATE users SET token = @token", `getPassword("db-main")`, `["password", "token", "secret"]`, `("email", "password")`,
		`{"errors":{"password":["is too short"]}}`, `"password": ["The password field is required."]`, `expectToken("ident«i»")`, "password: !vault |",
		"pam_unix(passwd:chauthtok): password changed for root"}},
	{name: "passwords talked about abroad", fools: "password", lines: []string{
		"пароль сброшен", "пароль: неверный", "неверный пароль для пользователя «n»", "密码错误", "密码重置成功", "密码不正确，请重试", "パスワードが違います", "비밀번호가 틀렸습니다",
		"contraseña incorrecta", "mot de passe oublié", "Passwort falsch für Benutzer «n»", "hasło zostało zmienione", "şifre hatalı", "parola errata", "пароль: ********"}},
	{name: "stand-ins", fools: "password", lines: []string{
		"password=**** user=app", "password=******** user=app", "token=${API_TOKEN}", "secret=<redacted>", "api_key=[REDACTED]", "pwd=null",
		`passwd=""`, "password=", `{"password":null}`, `{"password":""}`, `{"password":"***"}`, `{"password":"[FILTERED]"}`, "password: xxxxxxxx",
		"token={{ .Values.token }}", "token=$TOKEN", "password=%s",
		"password=<hidden>", "secret: (none)", "api_key=undefined", "token: nil", "password => [FILTERED]", "Authorization: ***",
		"Authorization: Bearer ***", "Authorization: Bearer ${TOKEN}", "Authorization: Bearer <token>", "postgres://app:***@db/orders",
		"postgres://app:${DB_PASSWORD}@db/orders",
		"password=[secret]", "https://app:[secret]@db.example.invalid/", "token=true", "secret=false", "--password=$PW",
		"password_file=/run/secrets/db", "token_path=/var/run/secrets/token"}},
	{name: "authorization talked about", fools: "authorization", lines: []string{
		"using basic authentication for the upstream", "Bearer token is missing", `WWW-Authenticate: Bearer realm="api", error="invalid_token"`,
		"WWW-Authenticate: Basic realm=\"x\"", "authorization failed", "Authorization header missing", "basic auth disabled", "bearer of bad news",
		"Authorization: ", "authorization granted for «noun»",
		"basic checks passed", "Digest mismatch", "Negotiate not supported", "Authorization policy evaluated"}},
	{name: "digests and words like addresses", fools: "crypto address", value: "«sha1»", keys: words("sha1 digest etag commit checksum"), lines: []string{
		"commit «sha1»", "layer sha1:«sha1» pulled", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx", "digest 0x«sha1»",
		"block 0x«sha1»0a1b2c3d4e5f60718293a4b5", "thor1 and sei1 are up", "addr1=up addr2=down", "3rdPartyLibraryLoaderForWindowsHosts1"}},
	{name: "base64 of nothing secret", fools: "jwt", lines: []string{"eyJhIjoxfQ==", "cursor=eyJvZmZzZXQiOjEwMH0", "a.b.c", "com.example.app",
		"1.2.3-eyJ", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA", "www.example.com", "app.min.js", "x.y.z.tar.gz"}},
	{name: "public keys", fools: "private key", lines: []string{"-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
		"-----END CERTIFICATE-----", "BEGIN TRANSACTION", "-----BEGIN CERTIFICATE REQUEST-----", "private key loaded",
		"private key: /etc/tls/tls.key"}},
	{name: "urls without password", fools: "url password", lines: []string{
		"http://example.invalid/@scope/package", "https://shop.invalid/a:b@c", "postgres://db:5432/orders", "redis://cache:6379/0",
		"https://example.invalid:8443/x", "amqp://queue:5672/%2f", "http://127.0.0.1:8080/a@b", "file:///etc/hosts", "s3://bucket/a@b"}},
	{name: "shared paths", fools: "user path", lines: []string{
		"/home/runner/work", "/home/ubuntu/app", "/Users/Shared/x", `C:\Users\Public\y`, `C:\Users\Default\z`, "GET /home/dashboard HTTP/1.1",
		"GET https://example.invalid/home/index.html 200", "/usr/home", "home/page", "PWD=/srv/app"}},
	{name: "signed numbers", fools: "phone", lines: []string{
		"+0000 +01:00", "+12345", "1+1=2", "+100 -3", "offset +0200", "@@ -12,7 +12,9 @@", "212.555.01", "3.14159265358979", "+0.25%", "200-300-400",
		"x+1234567", "(123) 456", "ISBN 978-3-16-148410-0", "ISO 8601-2019-0004"}},
	{name: "phone words", fools: "phone", lines: []string{
		"phone home disabled, retry in «ms» ms", "mobile=true width=«n» height=«n»", "tel=unknown", "fax queue «n» of «n»", "tel aviv",
		"cell «i»,«i» updated at «epoch»", "mobile app started, build «compact»", `"GET /v1/users?mobile=true HTTP/1.1" 200 «bytes» "-" "curl/8.5.0"`,
		`"GET /m/mobile.css HTTP/1.1" 200 8«nine» "-" "Mozilla/5.0 (iPhone) Mobile/15E148"`, "handy helper took «nine» ns",
		"caller=«file»:«nn» id=«ten»", `{"caller":"«file»:«nn»","id":«ten»}`}},
	{name: "short key words", fools: "ca sin", value: "«nine»", keys: words("using since span_no bin min single"), lines: []string{
		"sin=0.5 cos=0.8660254", "pan=left zoom=2", "panic: index «nine»", "FIN_WAIT2 seq=«nine»", "fin ack «ten»", "tin=17", "cf=«n» nip=«i»",
		"dob missing", "cvv mismatch", "cvv check failed: code «status»", "abn exit «nine»",
		"tz=Europe/Berlin offset=7200", "passport.js initialized in «n» ms", "imei missing", "account=main id=«nine»",
		"account locked after «i» tries", "card=declined code=51", "visa=false", "card «i» of «n»",
		"ip=unknown", "ip forwarding off", "mac=unsupported", "macOS 14.«i».«i»", "iban invalid", "ssn missing", "ssn=***-**-«n»", "email=none",
		"mail queue: «n»", "user=root uid=0"}},
}
