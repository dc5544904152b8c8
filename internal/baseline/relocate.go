package baseline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
	"strings"
)

// maxText bounds a text that names its directory: the scripts and settings of a virtual
// environment have a few hundred bytes, generated sources some megabytes.
const maxText = 8 << 20

// relocate has texts that name the directory in which they were built name another one:
// the first lines of scripts, the settings of a virtual environment, the paths of
// packages that were installed in place. Programs keep the names that they have in them,
// such as those of their sources.
func (m Manifest) relocate(root *os.Root, to string) error {
	for _, f := range m.Files {
		moved, err := f.moved(root, m.Origin, to)
		if err == nil && moved != nil {
			err = root.WriteFile(f.Path, moved, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moved is the text of a file with another directory in it; nil when it stays as it is.
func (f File) moved(root *os.Root, from, to string) ([]byte, error) {
	if f.Dir || f.Link != "" || from == "" || from == to || f.Size < int64(len(from)) || f.Size > maxText {
		return nil, nil
	}
	text, err := root.ReadFile(f.Path)
	if err != nil || bytes.IndexByte(text, 0) >= 0 {
		return nil, err
	}
	moved := moved(text, from, to)
	if bytes.Equal(moved, text) {
		return nil, nil
	}
	return moved, nil
}

// moved replaces a directory by another one wherever a text names it or a path below it:
// not /a in /ab, nor in /x/a.
func moved(text []byte, from, to string) []byte {
	var out []byte
	for {
		at := bytes.Index(text, []byte(from))
		if at < 0 {
			return append(out, text...)
		}
		end := at + len(from)
		before, after := text[:at], text[end:]
		out = append(out, before...)
		if begins(out) && (len(after) == 0 || !inName(after[0], "")) {
			out = append(out, to...)
		} else {
			out = append(out, from...)
		}
		text = after
	}
}

// attached ends with what a path may stand right behind though it is a letter: an option
// of a compiler or linker (-I/a, -isystem/a), or a line end or tab that is written as \n
// or \t. -I in x-I/a is the end of a name.
var attached = regexp.MustCompile(`(?:^|[^\w.~+@%/\x{80}-\x{10FFFF}-])-(?:[A-Za-z]|i[a-z]+)$|(?:^|[^\\])(?:\\\\)*\\[nrt]$`)

// attachedBytes is more than the longest such end, which is of -iwithprefixbefore.
const attachedBytes = 32

// begins says whether a path that follows this text begins there. With a name before it,
// it would be the end of a longer one.
func begins(before []byte) bool {
	n := len(before)
	return n == 0 || !inName(before[n-1], "/") || bytes.HasSuffix(before, []byte("://")) || attached.Match(before[max(0, n-attachedBytes):])
}

// inName is true of a byte that can go on a name, or is one of the others.
func inName(c byte, others string) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 || strings.IndexByte("._-~+@%"+others, c) >= 0
}

// inspectAs notes size and digest of a file as they would be if it had been built in
// another directory.
func (f *File) inspectAs(root *os.Root, from, as string) error {
	text, err := f.moved(root, from, as)
	if err != nil || text == nil {
		return err
	}
	sum := sha256.Sum256(text)
	f.Size, f.SHA256 = int64(len(text)), hex.EncodeToString(sum[:])
	return nil
}
