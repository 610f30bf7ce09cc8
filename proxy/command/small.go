package command

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/proxy/admin"
)

func newKey(con *console) *cobra.Command {
	return &cobra.Command{
		Use:   "key",
		Short: "Make an ingest key, or an administrator's token, and its hash",
		Long: `key makes a key for an application, 256 random bits, and prints it with its hash. The hash belongs below tenants in the config file; the
key goes to the application, which sends it as Authorization: Bearer KEY, as a password, or in X-Winnow-Key. Or it is the token of an
administrator, whose hash belongs below admin.tokens. Nobody can get the key back from the hash.` + exitCodes,
		Example: `  winnow key`,
		Args:    atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			key := admin.NewSecret()
			fmt.Fprintf(con.out, "key:  %s\nhash: sha256:%x\n", key, sha256.Sum256([]byte(key)))
			return nil
		},
	}
}

func newVersion(con *console) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and that of the embedded policy",
		Long:    `version prints winnow's version, the Go it was built with, and the digest of the embedded default policy.` + exitCodes,
		Example: `  winnow version`,
		Args:    atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(con.out, "winnow %s\n%s %s/%s\ndefault policy %s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
				config.Default().Digest())
			return nil
		},
	}
}

// version is what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	if info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changed"
		}
	}
	if revision == "" {
		return "devel"
	}
	return "devel-" + revision[:min(len(revision), 12)] + changed
}
