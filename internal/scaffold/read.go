package scaffold

import (
	"fmt"
	"io"
	"io/fs"
)

// maxManifest bounds what is read of one file of the repository, in bytes. Files that
// people write are much smaller.
const maxManifest = 4 << 20

// readFile is fs.ReadFile for regular files of at most maxManifest: a pipe or a device
// in a repository would be read for ever.
func readFile(repo fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(repo, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	file, err := repo.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxManifest+1))
	if err == nil && len(text) > maxManifest {
		err = fmt.Errorf("%s has more than %d bytes", name, maxManifest)
	}
	return text, err
}
