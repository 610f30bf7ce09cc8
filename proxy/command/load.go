package command

import (
	"errors"
	"io/fs"
	"os"

	"winnow/config"
	"winnow/scrub"
)

// load reads a config file, the embedded default without one. The error is config.Mistakes, or about the file itself.
func load(file string) (*config.Config, error) {
	if file == "" {
		return config.Default(), nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("%s: no such file; `winnow init %s` writes one", file, file)
	}
	if err != nil {
		return nil, err
	}
	return config.Parse(file, data, config.Env{Lookup: os.LookupEnv, ReadFile: os.ReadFile})
}

// compile loads a file and makes a policy of it, whether its tests pass or not: it is for finding out what the policy does.
func compile(file string) (*config.Config, *scrub.Policy, error) {
	c, err := load(file)
	if err != nil {
		return nil, nil, err
	}
	p, err := scrub.Compile(c)
	return c, p, err
}
