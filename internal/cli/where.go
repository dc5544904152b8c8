package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/session"
)

// enter goes to the directory whose configuration counts: this one, or the nearest above
// with one, up to the root of the repository, since the lines of a gateway are relative to
// it. The paths are those of flags, and stay relative to where the command was called. A
// configuration under a name that is not read is a mistake, or is said.
func (f gatewayFlags) enter(w host.World, paths ...*string) error {
	if f.Config != "" {
		return nil
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	dir, found := configured(here)
	if !found {
		if other := misnamed(here); other != "" {
			return host.Usagef("configuration: %s is not read: rename it (mv %s %s), or name it (--config %s)", other, other, session.DefaultConfig, other)
		}
		return nil
	}
	if other := misnamed(dir); other != "" {
		fmt.Fprintf(w.Stderr, "%s is ignored: %s counts; remove one of them\n", other, session.DefaultConfig)
	}
	if dir == here {
		return nil
	}
	for _, path := range paths {
		if *path != "" {
			if *path, err = filepath.Abs(*path); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(w.Stderr, "in %s, which has %s\n", dir, session.DefaultConfig)
	return os.Chdir(dir)
}

// configured is the nearest directory with a configuration, from here to the root of the
// repository.
func configured(here string) (dir string, found bool) {
	for dir = here; ; dir = filepath.Dir(dir) {
		if isThere(filepath.Join(dir, session.DefaultConfig)) {
			return dir, true
		}
		if isThere(filepath.Join(dir, ".git")) || dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// misnamed is a configuration of a directory that nobody reads, or empty.
func misnamed(dir string) string {
	for _, name := range config.Misnamed {
		if isThere(filepath.Join(dir, name)) {
			return name
		}
	}
	return ""
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
