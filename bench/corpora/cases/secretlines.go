package cases

// Lines in which secrets stand in ways of their own.

var passwordLines = []string{
	"mysql -u root --password=«v» orders", "mysqldump --user=app --password «v» orders", "psql postgresql://db/orders?user=app&password=«v»",
	"jdbc:mysql://db:3306/orders?user=app&password=«v»&useSSL=false", "Server=db;Database=orders;User Id=app;Password=«v»;Encrypt=yes",
	"host=db port=5432 user=app password=«v» dbname=orders", "DSN app:«v»@tcp(127.0.0.1:3306)/orders?parseTime=true",
	"curl -u app:«v» https://api.example.com/v1", "curl --user app:«v» https://api.example.com/v1", "redis-cli -a «v» ping",
	"sshpass -p «v» ssh deploy@cache-1",
	`{"event":"login","data":{"user":"u-17","password":"«v»"}}`, `<Password>«v»</Password>`, `<wsse:Password Type="PasswordText">«v»</wsse:Password>`,
	`<add key="DbPassword" value="«v»"/>`, "PGPASSWORD=«v» psql -h db", "docker run -e DB_PASSWORD=«v» -d shop", "ENV SECRET_KEY=«v»",
	"login failed, password: «v»", "user u-17 changed password to password=«v», ok", "ALTER USER app WITH PASSWORD '«v»'",
	"IDENTIFIED BY PASSWORD = '«v»'",
	"mysql -uapp -p'«v»' orders", "curl -uapp:«v» https://api.example.com/v1", "curl --user=app:«v» https://api.example.com/v1", "htpasswd -b .htpasswd app «v»",
	"machine db.example.com login app password «v»", `client.setPassword("«v»");`, `props.put("db.password", "«v»")`, "define('DB_PASSWORD', '«v»');",
	"[('user', 'app'), ('password', '«v»')]", "requests.get(url, auth=('app', '«v»'))", `password: str = "«v»"`, `var password string = "«v»"`,
	`  + password               = "«v»"`, `Config { password: String("«v»"), port: 8080 }`, "SET PASSWORD FOR 'app'@'%' = PASSWORD('«v»')", "CREATE LOGIN app WITH PASSWORD = N'«v»'",
	"the password for user app has been set to «v»", "requirepass «v»", "Step 5/9 : ENV DB_PASSWORD «v»", "<name>password</name><value>«v»</value>",
	`{"Args":["--host","db","--password","«v»"]}`, `{"db_password":{"value":"«v»"}}`, "password   | «v»",
	"-Djavax.net.ssl.keyStorePassword=«v» -jar app.jar", "Configuration: {password=«v», user=app}", "config.password := \"«v»\"",
	"ldapsearch -x -D cn=admin,dc=example -w «v» -b dc=example", "mosquitto_pub -h queue -u app -P «v» -t x", "7z x -p'«v»' a.7z", "podman login -u app -p «v» registry",
	`{"passwords":["«v»"]}`, `{"password":["x1y2z3w4","«v»"]}`, "**Password:** `«v»`", `  ~ password = "x1y2z3w4" -> "«v»"`, "<key>password</key><string>«v»</string>",
	"{&quot;password&quot;:&quot;«v»&quot;}", `password: |-\n  «v»\nport: 80`, "echo '«v»' | sudo -S id", `Map(user -> app, password -> "«v»")`,
	"jdbc:oracle:thin:app/«v»@db:1521:orders",
}

var tokenLines = []string{
	"GET /v1/«noun»s?api_key=«v» HTTP/1.1", "GET /v1/«noun»s?page=«i»&access_token=«v»&sort=asc HTTP/1.1", "X-Api-Key: «v»", "x-auth-token: «v»",
	"X-Amz-Security-Token=«v»&X-Amz-Date=20260314T092653Z",
	"DefaultEndpointsProtocol=https;AccountName=app;AccountKey=«v»;EndpointSuffix=example.net",
	"Endpoint=sb://app.example.net/;SharedAccessKeyName=root;SharedAccessKey=«v»", `headers: {"x-api-key": "«v»"}`, `-H "X-Api-Key: «v»"`,
	"//registry.example.com/:_authToken=«v»", "aws_secret_access_key = «v»", "export GITHUB_TOKEN=«v»", `token: "«v»"`, "using token «k»=«v».",
	"https://hooks.example.com/in?token=«v»", `{"grant_type":"refresh_token","refresh_token":"«v»"}`, "grant_type=refresh_token&refresh_token=«v»",
	"'api_key' => '«v»',", `"apiKey"="«v»"`, "--token «v» apply", "--api-key=«v»", "api_key: '«v»'", "<apiKey>«v»</apiKey>",
	"API key: «v»", "the secret key is «v»", `headers.add("X-Api-Key", "«v»")`, `{"rawHeaders":["Accept","*/*","X-Api-Key","«v»"]}`,
	`Client { api_key: Secret("«v»") }`, `{"api_keys":["«v»"]}`, `tokens=['«v»']`, "**API key:** `«v»`", `{"kind":"Secret","data":{"app":"«v»"}}`,
}

// foreignLines name passwords in other languages and scripts.
var foreignLines = []string{
	"contraseña: «v»", "Contraseña=«v»", `{"contraseña":"«v»"}`, "пароль: «v»", "ПАРОЛЬ=«v»", "{'пароль': '«v»'}", "логин: app, пароль: «v»", "密码：«v»", "用户名：app，密码：«v»",
	"密碼=«v»", `{"密码":"«v»"}`, "您的密码是«v»", "パスワード：«v»", `{"パスワード":"«v»"}`, "비밀번호: «v»", "סיסמה: «v»", "كلمة المرور: «v»", "κωδικός πρόσβασης: «v»",
	"รหัสผ่าน: «v»", "पासवर्ड=«v»", "mật khẩu: «v»", "hasło: «v»", "hasło=«v»", "şifre: «v»", "mot de passe : «v»", "mot_de_passe=«v»", "lösenord=«v»", "jelszó: «v»",
	"parola=«v»", "Ihr Passwort lautet: «v»", "password：«v»", "<пароль>«v»</пароль>",
}

var cookieLines = []string{
	"Cookie: sessionid=«v»; theme=dark", "Set-Cookie: JSESSIONID=«v»; Path=/; HttpOnly", "cookie=\"PHPSESSID=«v»\"",
	"Cookie: theme=dark; connect.sid=«v»",
	`{"headers":{"Cookie":"sid=«v»; theme=dark"}}`, "Set-Cookie: session=«v»; Secure", "GET /cart;jsessionid=«v» HTTP/1.1",
	`curl -H 'Cookie: sessionid=«v»' https://shop.example.com/`,
}

var authorizationLines = []string{
	"Authorization: Bearer «v»", "authorization: bearer «v»", "Authorization: Token «v»", "Authorization: ApiKey «v»",
	"Proxy-Authorization: Bearer «v»",
	`curl -H "Authorization: Bearer «v»" https://api.example.com/`, `curl -H 'Authorization: Bearer «v»'`,
	`{"headers":{"Authorization":"Bearer «v»"}}`,
	`{"headers":{"authorization":["Bearer «v»"],"accept":["*/*"]}}`, `{"message":"{\"Authorization\":\"Bearer «v»\"}"}`,
	"map[Authorization:[Bearer «v»] Accept:[*/*]]",
	"{'Authorization': 'Bearer «v»', 'Accept': '*/*'}", `"HTTP_AUTHORIZATION"=>"Token token=«v»"`, "authorization=Bearer «v» status=401",
	`authorization="Bearer «v»" status=401`,
	"refused Authorization: Bearer «v», status 401", "sent Bearer «v» to «host»", "Authorization=Bearer%20«v»&x=1",
	"<Authorization>Bearer «v»</Authorization>",
	"Authorization: Token token=\"«v»\"", "> Authorization: Bearer «v»", "auth header: Bearer «v»", `{"Authorization":"«v»"}`,
	"Authorization: «v»", `Headers { authorization: "Bearer «v»" }`,
}

var basicLines = []string{
	"Authorization: Basic «v»", "authorization: basic «v»", `curl -H "Authorization: Basic «v»" https://api.example.com/`,
	`{"headers":{"Authorization":"Basic «v»"}}`,
	"Proxy-Authorization: Basic «v»", "map[Authorization:[Basic «v»]]", "{'Authorization': 'Basic «v»'}", "authorization=\"Basic «v»\" status=401",
	"refused Basic «v»",
	`{"message":"{\"Authorization\":\"Basic «v»\"}"}`,
}

var urlLines = []string{
	"postgres://app:«v»@db:5432/orders", "cannot reach postgresql://app:«v»@db/orders?sslmode=disable, retrying", "redis://:«v»@cache:6379/0",
	"amqp://app:«v»@queue:5672/",
	"mongodb+srv://app:«v»@db.example.com/orders", "https://app:«v»@api.example.com/v1", "clone of https://app:«v»@git.example.com/a/b.git failed",
	"DATABASE_URL=mysql://app:«v»@db:3306/orders",
	`{"dsn":"postgres://app:«v»@db:5432/orders"}`, `{"message":"{\"dsn\":\"postgres://app:«v»@db/orders\"}"}`,
	"url='ftp://app:«v»@files.example.com/x'", "<url>smtp://app:«v»@mail.example.com:587</url>",
	"(amqps://app:«v»@queue.example.com/vhost)", "broker kafka://app:«v»@broker-1:9092,broker-2:9092",
	"proxy=http://app:«v»@127.0.0.1:3128 timeout=3s", "GET /fetch?url=https%3A%2F%2Fapp%3A«v»%40api.example.com%2F",
	"nats://app:«v»@nats:4222", "jdbc:postgresql://app:«v»@db/orders", "git+https://app:«v»@git.example.com/a.git#egg=a",
	"sqlalchemy.url = postgresql+psycopg2://app:«v»@db/orders",
}

var privateKeyLines = []string{
	"«v»", `key="«v»"`, `{"private_key":"«v»"}`, `{"message":"loaded «v»"}`, `{"message":"loaded «v»\n from disk","n":«n»}`, "cannot parse «v»",
	`key='«v»'`,
}
