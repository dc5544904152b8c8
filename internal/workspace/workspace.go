// Package workspace reads and writes files of the current directory, which belongs to code
// that is not trusted: whatever that has put in the way does not lead out of it.
package workspace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/record"
)

// Open opens a path of the current directory for reading. A pull request could bring
// a link that leads out of it, where errors would quote a file of the runner's to anyone.
// It does not wait for the other end of a pipe.
func Open(path string, flag int) (*os.File, error) {
	root, err := os.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|flag, 0)
}

// Read reads a file below the current directory, and no more of it than a byte beyond the limit.
// Pipes and devices, which may have no end, are no files.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file (%v)", path, info.Mode())
	}
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// Write writes files into a new directory, in the place of what is there. The directory
// above it says that they are no changes of the repository.
func Write(name string, files []record.File) error {
	root, err := os.OpenRoot(".")
	if err != nil {
		return err
	}
	defer root.Close()
	if err := errors.Join(root.RemoveAll(name), root.MkdirAll(name, 0o755)); err != nil {
		return err
	}
	made := []string{filepath.Dir(name), name}
	// What is left is no change of the repository's, unless that says so itself.
	ignore := filepath.Join(filepath.Dir(name), ".gitignore")
	if _, err := root.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		made = append(made, ignore)
		if err := root.WriteFile(ignore, []byte("*\n"), 0o644); err != nil {
			return err
		}
	}
	for _, f := range files {
		path := filepath.Join(name, f.Name)
		made = append(made, path)
		if err := root.WriteFile(path, f.Content, 0o644); err != nil {
			return err
		}
	}
	return HandOver(root, made)
}

// HandOver gives files to the owner of the directory they are in, so that the
// steps after this one, which are not root, can remove them.
func HandOver(root *os.Root, names []string) error {
	info, err := root.Stat(".")
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	for _, name := range names {
		if err := root.Lchown(name, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	return nil
}
