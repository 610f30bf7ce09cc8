package command

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"winnow/proxy/geo"
)

func newGeo(con *console) *cobra.Command {
	parent := group("geo", "Make databases for country and network", "")
	var from, out string
	cmd := &cobra.Command{
		Use:   "import --from FORMAT --out FILE LIST...",
		Short: "Make a MaxMind-format file from freely licensed lists",
		Long: `import reads lists of address ranges and writes one MaxMind-format file, which then belongs under geo in the config. Several lists of one
format, such as IPv4 and IPv6, become one file. It takes some 500 MB of memory for 600,000 ranges.

Formats: ` + string(geo.FormatTorGeoIP) + `, country, as the Debian package tor-geoipdb has it (CC BY-SA 4.0); ` + string(geo.FormatIPLocationASN) + `,
network and provider, as ip-location-db publishes it in CSV (CC BY 4.0). The licence asks for the attribution that is printed.` + exitCodes,
		Example: `  winnow geo import --from tor-geoip --out country.mmdb /usr/share/tor/geoip /usr/share/tor/geoip6
  winnow geo import --from ip-location-db-asn --out asn.mmdb asn-ipv4.csv asn-ipv6.csv`,
		RunE: func(_ *cobra.Command, lists []string) error {
			if err := oneOf("from", from, string(geo.FormatTorGeoIP), string(geo.FormatIPLocationASN)); err != nil {
				return err
			}
			if out == "" || len(lists) == 0 {
				return usagef("import: name the lists, and the file to write with --out")
			}
			return con.importGeo(geo.Format(from), out, lists)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "format of the lists")
	cmd.Flags().StringVar(&out, "out", "", "file to write")
	parent.AddCommand(cmd)
	return parent
}

func (c *console) importGeo(from geo.Format, out string, lists []string) error {
	var inputs []geo.Input
	for _, name := range lists {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		inputs = append(inputs, geo.Input{Name: name, Reader: file})
	}
	var show func(geo.Progress)
	if c.errTerminal {
		show = func(p geo.Progress) { fmt.Fprintf(c.stderr, "\r\x1b[K%s: %d ranges", p.Input, p.Lines) }
		defer fmt.Fprint(c.stderr, "\r\x1b[K")
	}
	done, err := geo.Import(inputs, from, out, time.Now(), show)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "wrote %s: %d ranges, %s; %d ranges without a place passed over\n%s\n", out, done.Ranges, bytesText(done.Bytes),
		done.Passed, done.Attribution)
	return nil
}
