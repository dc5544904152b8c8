package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
)

// gitConfigLimit is more than any configuration of a repository has.
const gitConfigLimit = 1 << 20

// credential is a line of git's configuration that lets its reader in somewhere:
// the header or the include that actions/checkout leaves unless it is told
// persist-credentials: false, and an address with a password.
var credential = regexp.MustCompile(`(?i)^\s*extraheader\s*=|^\s*path\s*=.*git-credentials|://[^/\s]*@`)

// withholdCredentials takes the run's token out of the configurations of all
// repositories in the workspace (a checkout can have a path of its own), and of their
// submodules, until the end. Git itself goes on working: it does not fetch here. At the
// end they are as they were, whatever was written into them.
func (s *Sandbox) withholdCredentials(workspace string) error {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return err
	}
	s.undo = append(s.undo, root.Close)
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // a build of an earlier step may still run
		case err != nil:
			return err
		// A submodule can have any name, also objects and refs: no directory is skipped.
		case d.Type().IsRegular() && (d.Name() == "config" || d.Name() == "config.worktree") && inGit(path):
			return s.withhold(root, path)
		}
		return nil
	})
}

// inGit reports whether a file belongs to git.
func inGit(path string) bool { return strings.Contains("/"+path, "/.git/") }

// withhold takes the credentials out of one file.
func (s *Sandbox) withhold(root *os.Root, path string) error {
	info, err := root.Lstat(path)
	if err != nil {
		return err
	}
	if info.Size() > gitConfigLimit {
		return fmt.Errorf("%s has more than %d bytes", path, gitConfigLimit)
	}
	whole, err := root.ReadFile(path)
	if err != nil {
		return err
	}
	var rest []byte
	for line := range bytes.Lines(whole) {
		if !credential.Match(line) {
			rest = append(rest, line...)
		}
	}
	s.undo = append(s.undo, func() error { return restore(root, path, whole, info) })
	if len(rest) == len(whole) {
		return nil
	}
	return replace(root, path, rest, info)
}

// restore writes a file anew if it is not as it was.
func restore(root *os.Root, path string, data []byte, before fs.FileInfo) error {
	now, err := root.Lstat(path)
	if err == nil && now.Mode() == before.Mode() && sameOwner(now, before) && now.Size() == before.Size() {
		if is, err := root.ReadFile(path); err == nil && bytes.Equal(is, data) {
			return nil
		}
	}
	return replace(root, path, data, before)
}

func sameOwner(a, b fs.FileInfo) bool {
	x, y := a.Sys().(*syscall.Stat_t), b.Sys().(*syscall.Stat_t)
	return x.Uid == y.Uid && x.Gid == y.Gid
}

// replace writes a file anew, as before's owner's. In the meantime its place was
// the user's, who may have put anything there: a link, a pipe, a directory, or have
// removed what it lies in.
func replace(root *os.Root, path string, data []byte, before fs.FileInfo) error {
	if err := root.RemoveAll(path); err != nil {
		return err
	}
	f, err := root.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, before.Mode().Perm())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the repository is gone, and nobody needs its token
	}
	if err != nil {
		return err
	}
	owner := before.Sys().(*syscall.Stat_t)
	_, err = f.Write(data)
	return errors.Join(err, f.Chown(int(owner.Uid), int(owner.Gid)), f.Chmod(before.Mode().Perm()), f.Close())
}
