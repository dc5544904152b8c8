package gallery

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Repository is a git repository with what installs a gateway. Its commits are
// configurations.
type Repository struct{ Dir string }

// NewRepository makes one in a new directory, with the configuration of a gateway as its
// first commit; root is that of this repository.
func NewRepository(root, dir string, g Gateway) (Repository, error) {
	r := Repository{dir}
	config, err := os.ReadFile(filepath.Join(root, g.ConfigPath()))
	if err := errors.Join(err, os.MkdirAll(dir, 0o755), r.git("init", "--quiet")); err != nil {
		return r, err
	}
	for _, pattern := range []string{"testdata/gateways/*", filepath.Dir(g.ConfigPath()) + "/*"} {
		if err := r.take(root, pattern); err != nil {
			return r, err
		}
	}
	return r, errors.Join(r.Commit(string(config), g.Name), r.git("tag", first))
}

const first = "first"

// Commit commits a configuration.
func (r Repository) Commit(config, message string) error {
	if err := os.WriteFile(filepath.Join(r.Dir, ".proxy-bench.yml"), []byte(config), 0o644); err != nil {
		return err
	}
	if err := r.git("add", "--all"); err != nil {
		return err
	}
	return r.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", message)
}

// Back makes the first commit the last one again.
func (r Repository) Back() error { return r.git("reset", "--quiet", "--hard", first) }

// take copies the files of the root that a pattern matches.
func (r Repository) take(root, pattern string) error {
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	for _, path := range paths {
		info, failed := os.Lstat(path)
		if failed != nil || !info.Mode().IsRegular() {
			err = errors.Join(err, failed)
			continue
		}
		name, failed := filepath.Rel(root, path)
		data, unread := os.ReadFile(path)
		to := filepath.Join(r.Dir, name)
		err = errors.Join(err, failed, unread, os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, info.Mode()))
	}
	return err
}

func (r Repository) git(args ...string) error {
	c := exec.Command("git", args...)
	c.Dir = r.Dir
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, out)
	}
	return nil
}
