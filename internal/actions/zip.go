package actions

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
)

// File is one file of an artifact.
type File struct {
	Name    string // with slashes, inside the artifact
	Content []byte
}

// Zip makes the zip file of an artifact. Its bytes depend on the files and their
// order alone: it says nothing of when or by whom.
func Zip(files ...File) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	seen := map[string]bool{}
	for _, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." || seen[f.Name] {
			return nil, fmt.Errorf("a zip file with %q: not a path inside it, or there twice", f.Name)
		}
		seen[f.Name] = true
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(f.Content)
		}
		if err != nil {
			return nil, fmt.Errorf("a zip file with %q: %w", f.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("a zip file: %w", err)
	}
	return out.Bytes(), nil
}
