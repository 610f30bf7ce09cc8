// Command winnow is a log ingestion proxy that takes personal data out.
package main

import (
	"os"

	"winnow/proxy/command"
)

func main() { os.Exit(command.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
