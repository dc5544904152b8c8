package session

import (
	"errors"
	"io/fs"
	"os"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/startline"
)

// DefaultConfig is the configuration's usual name.
const DefaultConfig = ".proxy-bench.yml"

// LoadConfig reads the configuration, with overrides on top. A file that was
// named must exist; without a name it is [DefaultConfig], if there is one. The
// error is a mistake of the user's.
func LoadConfig(purpose config.Purpose, path string, overrides []config.Override) (config.Config, error) {
	name := path
	if name == "" {
		name = DefaultConfig
	}
	file, err := os.ReadFile(name)
	if err != nil && (path != "" || !errors.Is(err, fs.ErrNotExist)) {
		return config.Config{}, host.Usagef("configuration: %w; name a file that is there, or have proxy-bench init write %s", err, DefaultConfig)
	}
	return ParseConfig(purpose, name, file, overrides)
}

// ParseConfig is [LoadConfig] for a file that was read; nil is none.
func ParseConfig(purpose config.Purpose, name string, file []byte, overrides []config.Override) (config.Config, error) {
	c, err := config.Load(purpose, config.Sources{Name: name, File: file, Overrides: overrides, Env: os.LookupEnv})
	if err != nil {
		return config.Config{}, host.Usage(err)
	}
	if c.Gateway.Build == "" {
		c.Gateway.Build = startline.Build(c.Gateway.Start, os.DirFS("."))
	}
	return c, nil
}
