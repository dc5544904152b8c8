package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"syscall"
)

// gitConfigLimit is more than any configuration of a repository has.
const gitConfigLimit = 1 << 20

// credential is a line of git's configuration that lets its reader in somewhere:
// the header or the include that actions/checkout leaves unless it is told
// persist-credentials: false, and an address with a password.
var credential = regexp.MustCompile(`(?i)^\s*extraheader\s*=|^\s*path\s*=.*git-credentials|://[^/\s]*@`)

// withholdCredentials takes the run's token out of the repository's
// configuration, and of its submodules', until the end. Git itself goes on
// working: it does not fetch here.
func (s *Sandbox) withholdCredentials(workspace string) error {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return err
	}
	s.undo = append(s.undo, root.Close)
	return fs.WalkDir(root.FS(), ".git", func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // no repository, or not at its root
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "objects" || d.Name() == "refs"):
			return fs.SkipDir
		case d.Type().IsRegular() && (d.Name() == "config" || d.Name() == "config.worktree"):
			return s.withhold(root, path)
		}
		return nil
	})
}

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
	if len(rest) == len(whole) {
		return nil
	}
	s.undo = append(s.undo, func() error { return replace(root, path, whole, info) })
	return replace(root, path, rest, info)
}

// replace writes a file anew, as before's owner's. In the meantime its place was
// the user's, who may have put anything there: a link, a pipe, a directory.
func replace(root *os.Root, path string, data []byte, before fs.FileInfo) error {
	if err := root.RemoveAll(path); err != nil {
		return err
	}
	f, err := root.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, before.Mode().Perm())
	if err != nil {
		return err
	}
	owner := before.Sys().(*syscall.Stat_t)
	_, err = f.Write(data)
	return errors.Join(err, f.Chown(int(owner.Uid), int(owner.Gid)), f.Close())
}
