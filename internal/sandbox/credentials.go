package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// gitConfigLimit is more than any configuration of a repository has.
const gitConfigLimit = 1 << 20

// credentials takes them out of a workspace.
type credentials struct {
	*journal
	workspace string
	root      *os.Root
	dir       fs.FileInfo // the workspace's
	closed    []string    // directories that the user may not read
	seen      []string
}

// withholdCredentials takes the run's token out of the configurations of all
// repositories in the workspace (a checkout can have a path of its own), and of their
// submodules, until the end. Git itself goes on working: it does not fetch here. At the
// end they are as they were, whatever was written into them. Files that hold nothing but
// credentials are emptied.
func (s *Sandbox) withholdCredentials(workspace string, closed []string) error {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return err
	}
	defer root.Close()
	dir, err := root.Stat(".")
	if err != nil {
		return err
	}
	c := &credentials{journal: &s.journal, workspace: workspace, root: root, dir: dir, closed: closed}
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // a build of an earlier step may still run
		case err != nil:
			return err
		case !d.Type().IsRegular():
			return nil
		case onlyCredentials(name):
			return c.withhold(name, func(string) string { return "" })
		// A submodule can have any name, also objects and refs: no directory is skipped.
		case c.isConfig(name):
			return c.withholdIn(name)
		}
		return nil
	})
}

// onlyCredentials reports whether a file is there for credentials alone: those of git's
// store, of curl, and of google-github-actions/auth.
func onlyCredentials(name string) bool {
	base := path.Base(name)
	switch {
	case inGit(name):
		return base == "credentials" || base == ".git-credentials"
	case path.Dir(name) != ".":
		return false
	}
	return base == ".git-credentials" || base == ".netrc" || strings.HasPrefix(base, "gha-creds-") && strings.HasSuffix(base, ".json")
}

// inGit reports whether a file belongs to git.
func inGit(name string) bool { return strings.Contains("/"+name, "/.git/") }

// isConfig reports whether a file is the configuration of a repository, which can be a
// bare one and then has any name.
func (c *credentials) isConfig(name string) bool {
	if base := path.Base(name); base != "config" && base != "config.worktree" {
		return false
	}
	if inGit(name) {
		return true
	}
	_, err := c.root.Lstat(path.Join(path.Dir(name), "HEAD"))
	return err == nil
}

// withholdIn takes the credentials out of a configuration and out of those that it
// includes.
func (c *credentials) withholdIn(name string) error {
	if slices.Contains(c.seen, name) {
		return nil
	}
	c.seen = append(c.seen, name)
	var includes []string
	err := c.withhold(name, func(config string) string {
		var rest string
		rest, includes = withoutCredentials(config, filepath.Join(c.workspace, path.Dir(name)), c.closed)
		return rest
	})
	for _, file := range includes {
		if rel, notBelow := filepath.Rel(c.workspace, file); notBelow == nil && filepath.IsLocal(rel) {
			if info, missing := c.root.Lstat(rel); missing == nil && info.Mode().IsRegular() {
				err = errors.Join(err, c.withholdIn(rel))
			}
		}
	}
	return err
}

// withhold takes the credentials out of one file.
func (c *credentials) withhold(name string, without func(string) string) error {
	info, err := c.root.Lstat(name)
	if err != nil {
		return err
	}
	if info.Size() > gitConfigLimit {
		return fmt.Errorf("%s has more than %d bytes", name, gitConfigLimit)
	}
	whole, err := c.root.ReadFile(name)
	if err != nil {
		return err
	}
	t := withheldFile.of(c.dir, c.workspace, name, info)
	t.Data = whole
	if err := c.note(t); err != nil {
		return err
	}
	rest := without(string(whole))
	if len(rest) == len(whole) {
		return nil
	}
	return t.write(c.root, []byte(rest))
}
