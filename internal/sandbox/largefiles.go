package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"
)

// pointer is what git has of a file of Git LFS: the hash and size of the true one.
var pointer = regexp.MustCompile(`\Aversion https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize ([0-9]+)\n\z`)

// mostPointer is more than any pointer has, in bytes.
const mostPointer = 1024

// fillPointers puts files of Git LFS in place of their pointers where the workspace has
// them: those that head has, too. What comes from there is what its hash says. It returns
// what is missing.
func (s *Sandbox) fillPointers(ctx context.Context, repository, commit, tree string) (lacks []string) {
	const attributes = "filter=lfs"
	// Exit status 1 is that of nothing found.
	if _, err := s.ownGit(ctx, nil, "--git-dir="+repository, "grep", "--quiet", "-e", attributes, commit, "--", ":(glob)**/.gitattributes"); err != nil {
		return nil
	}
	listed, err := s.ownGit(ctx, nil, "--git-dir="+repository, "grep", "-l", "-z", "-e", "^oid sha256:[0-9a-f]*$", commit)
	if err != nil {
		return nil
	}
	to, err := os.OpenRoot(tree)
	if err != nil {
		return []string{err.Error()}
	}
	defer to.Close()
	var store *os.Root
	if top, err := s.Git(ctx, "rev-parse", "--show-toplevel"); err == nil {
		if store, err = os.OpenRoot(filepath.Join(top, ".git", "lfs", "objects")); err == nil {
			defer store.Close()
		}
	}
	var missing []string
	for entry := range strings.SplitSeq(strings.Trim(listed, "\x00"), "\x00") {
		path := strings.TrimPrefix(entry, commit+":")
		if is, err := fill(to, path, store); is && err != nil {
			missing = append(missing, path)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d files of Git LFS, such as %s, which are pointers there: none is fetched but what head has, too", len(missing), missing[0])}
}

// fill puts a file in place of its pointer; is says whether there was one.
func fill(tree *os.Root, path string, store *os.Root) (is bool, err error) {
	info, err := tree.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > mostPointer {
		return false, err
	}
	text, err := tree.ReadFile(path)
	if err != nil {
		return false, err
	}
	m := pointer.FindSubmatch(text)
	if m == nil {
		return false, nil
	}
	if store == nil {
		return true, errors.New("nothing is stored")
	}
	oid := string(m[1])
	from, err := store.OpenFile(filepath.Join(oid[:2], oid[2:4], oid), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return true, err
	}
	defer from.Close()
	if stored, err := from.Stat(); err != nil || !stored.Mode().IsRegular() || fmt.Sprint(stored.Size()) != string(m[2]) {
		return true, errors.New("another file is stored")
	}
	const beside = ".proxy-bench-lfs"
	into, err := tree.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return true, err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(into, hash), from)
	if err = errors.Join(err, into.Close()); err == nil && hex.EncodeToString(hash.Sum(nil)) != oid {
		err = errors.New("another file is stored")
	}
	if err != nil {
		return true, errors.Join(err, tree.Remove(beside))
	}
	return true, tree.Rename(beside, path)
}
