package detect

// maxUserBytes bounds the length of a user's name in a path.
const maxUserBytes = 64

// matchUserPath finds the user's name in the path whose home folder is at at: "/home/", "/Users/", "\Users\", "\Documents and Settings\", "\home$\", backslashes doubled by
// escaping and slashes in percent-encoding included. The match is the name alone.
//
// Not found: names that are shared by many machines (runner, ubuntu, Public, …); routes of web sites, which have a method, a host or a route's
// key before them.
func matchUserPath(_ *Options, t []byte, at, lo int, ctx Context) (start, end int, ok bool) {
	start = homeEnd(t, at)
	if start == 0 || start < lo || route(t, at, ctx) {
		return 0, 0, false
	}
	end = userEnd(t, start, t[at] == '\\')
	name := t[start:end]
	if len(name) == 0 || sharedUsers.has(name) || standsIn(name) || name[0] == '$' || name[0] == '%' {
		return 0, 0, false
	}
	if c := byteAt(t, end); c == '?' || c == '=' || c == '&' || c == '[' && placeholderAt(t[end:]) {
		return 0, 0, false
	}
	return start, end, true
}

// homeEnd returns where the name begins behind the home folder at i, or 0.
func homeEnd(t []byte, i int) int {
	if byteAt(t, i) == '/' {
		if string(slice(t, i, 6)) == "/home/" {
			return i + 6
		}
		if string(slice(t, i, 7)) == "/Users/" {
			return i + 7
		}
		return 0
	}
	for _, folder := range [...]string{"%2fhome%2f", "%2fusers%2f"} {
		if hasFold(t, i, folder) {
			return i + len(folder)
		}
	}
	n := slashes(t, i)
	if n == 0 || n > maxBackslashes || i > 0 && t[i-1] == '\\' {
		return 0
	}
	for _, folder := range windowsHomes {
		if !hasFold(t, i+n, folder) {
			continue
		}
		end := i + n + len(folder)
		if byteAt(t, end) == '$' {
			end++
		} else if folder == "home" {
			continue // of a web site on Azure
		}
		if slashes(t, end) == n {
			return end + n
		}
	}
	return 0
}

// windowsHomes are folders of homes on Windows; shares that are hidden have a dollar sign behind their name.
var windowsHomes = [...]string{"users", "home", "documents and settings"}

// slice is t[i:i+n], cut at the end of t.
func slice(t []byte, i, n int) []byte { return t[i:min(len(t), i+n)] }

// userEnd returns the end of the name at i. A name on Windows may hold a space when a backslash follows.
func userEnd(t []byte, i int, windows bool) int {
	j := i
	space := -1
	for j < len(t) && j-i < maxUserBytes {
		c := t[j]
		if c == '%' && (hasFold(t, j, "%20") || hasFold(t, j, "%2f") || encodedSeparator(t, j)) {
			break
		}
		if isAlnum(c) || c == '.' || c == '_' || c == '-' || c >= 0x80 || c == '@' || c == '+' || c == '$' || c == '%' {
			j++
			continue
		}
		if c == ' ' && windows && space < 0 && isAlnum(byteAt(t, j+1)) {
			space = j
			j++
			continue
		}
		break
	}
	if space >= 0 && byteAt(t, j) != '\\' {
		j = space
	}
	for j > i && (t[j-1] == '.' || t[j-1] == '-') {
		j--
	}
	return j
}

// route reports whether the folder at i is the path of a web page: behind a host's name, an HTTP method, or called a URL or route.
func route(t []byte, i int, ctx Context) bool {
	if i > 0 && (isAlnum(t[i-1]) || t[i-1] == ']') && t[i] == '/' && escapeBefore(t, i) == 0 {
		return !mounted(t, i)
	}
	if i > 1 && t[i-1] == ' ' && isUpper(t[i-2]) {
		j := i - 1
		for j > 0 && isUpper(t[j-1]) {
			j--
		}
		return methods.has(t[j : i-1])
	}
	return routeWords.direct(t, i, ctx)
}

// mounted reports whether the folder at i is below one that home folders are mounted in, or behind a drive letter.
func mounted(t []byte, i int) bool {
	if i == 2 && t[1] == ':' {
		return true
	}
	for _, m := range [...]string{"/export", "/var", "/mnt", "/data", "/usr", "/host", "/rootfs", "/nfs", "/system/volumes/data", "/private"} {
		if hasFold(t, i-len(m), m) && !isAlnum(byteAt(t, i-len(m)-1)) {
			return true
		}
	}
	// -I/home/alice: a flag of one letter; /mnt/c/Users, /c/Users: a drive.
	if i < 2 || !isLetter(t[i-1]) {
		return false
	}
	return (t[i-2] == '-' || t[i-2] == '/' && t[i] == '/' && byteAt(t, i+1) == 'U') && !wordBefore(t, i-2) || hasFold(t, i-len("/mnt/c"), "/mnt/") || hasFold(t, i-len("/cygdrive/c"), "/cygdrive/")
}

// methods are what stands before the path of a request.
var methods = keyWords{"get", "head", "post", "put", "delete", "patch", "options", "connect", "trace"}

// routeWords are keys of a request's path.
var routeWords = newWordSet("url", "uri", "route", "endpoint", "request", "referer", "referrer", "href", "location")

// sharedUsers are names that stand for a machine or a role.
var sharedUsers = newWordSet(
	"all", "all users", "admin", "administrator", "app", "azureuser", "build", "builder", "centos", "circleci", "cloud-user", "container", "debian",
	"default", "default user", "deploy", "developer", "docker", "ec2-user", "elasticsearch", "fedora", "ftp", "git", "gitlab-runner", "gradle",
	"guest", "hadoop", "hdfs", "jenkins", "jovyan", "kafka", "lib", "linuxbrew", "localservice", "mysql", "networkservice", "nginx", "node", "nobody", "nonroot", "opc", "oracle", "postgres",
	"public", "rails", "root", "runner", "runneradmin", "service", "shared", "spark", "sshd", "student", "system", "test", "ubuntu", "user",
	"username", "vagrant", "vscode", "web", "www", "www-data", "yarn", "zookeeper",
)
