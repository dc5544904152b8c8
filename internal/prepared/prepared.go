package prepared

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
)

// Schema is the version of prepared.json.
const Schema = "proxy-bench/prepared/v1"

// The files: what is prepared, and the two gateways, each as [baseline.Write] writes it.
const (
	ManifestFile = "prepared.json"
	HeadFile     = "head.zip"
	BaseFile     = "base.zip"
)

// Prepared is the content of prepared.json.
type Prepared struct {
	Schema string `json:"schema"`
	Tool   string `json:"tool"` // the program's version, which the shards must have, too
	Commit string `json:"commit"`
	// Base is nil where none was found; there is no [BaseFile] then. Its source is where
	// the job had it from: shards run what it has handed over.
	Base   *bench.BaseInfo   `json:"base,omitempty"`
	Notes  []string          `json:"notes,omitempty"` // why there is no base, or none of a better source
	SHA256 map[string]string `json:"sha256"`          // hex, by file
}

// ErrNotCarried says that a gateway cannot be handed over as files.
var ErrNotCarried = errors.New("it cannot be handed over")

// Hand writes a gateway that was built in dir as the file of a baseline; run describes
// it, and has no rounds.
func Hand(to string, run bench.Run, gateway bench.Recipe, dir string) error {
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	left, _, err := baseline.Leave(f, baseline.Baseline{Run: run, Gateway: gateway}, dir)
	if err = errors.Join(err, f.Close()); err == nil && left.Bundle == nil {
		err = fmt.Errorf("%w: %s", ErrNotCarried, left.NoBundle)
	}
	return err
}

// Write makes the zip of an artifact. The gateways are files in dir.
func Write(p Prepared, dir string) ([]byte, error) {
	p.Schema, p.SHA256 = Schema, map[string]string{}
	var files []record.File
	for _, name := range p.names() {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		p.SHA256[name] = hex.EncodeToString(sum[:])
		files = append(files, record.File{Name: name, Content: content})
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, err
	}
	return record.Zip(append(files, record.File{Name: ManifestFile, Content: append(text, '\n')})...)
}

// names are the files that there have to be.
func (p Prepared) names() []string {
	if p.Base == nil {
		return []string{HeadFile}
	}
	return []string{HeadFile, BaseFile}
}

// Limits of what is read, in bytes: two gateways with their baselines.
const (
	maxManifest  = 1 << 20
	maxDirectory = 1 << 20
)

// MaxBytes is the most that an artifact has.
func MaxBytes() int64 { return 2*baseline.DefaultLimits().Archive() + maxManifest + maxDirectory }

// Read reads an artifact of size bytes, and puts the gateways into dir, after their
// digests were compared. A file that is missing, or not what prepared.json says, is an
// error, and no gateway is left in dir.
func Read(r io.ReaderAt, size int64, dir string) (p Prepared, err error) {
	entries, err := record.OpenZip(r, size, maxDirectory, func(name string) int64 {
		switch name {
		case ManifestFile:
			return maxManifest
		case HeadFile, BaseFile:
			return baseline.DefaultLimits().Archive()
		}
		return record.Ignored
	})
	if err != nil {
		return p, err
	}
	if entries[ManifestFile] == nil {
		return p, fmt.Errorf("it holds no %s", ManifestFile)
	}
	err = record.ReadEntry(entries[ManifestFile], func(r io.Reader) (err error) {
		p, err = record.Readers[Prepared]{Schema: record.DecodeKnown[Prepared]}.Read(r, maxManifest)
		return err
	})
	if err == nil {
		err = p.check()
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", ManifestFile, err)
	}
	for _, name := range p.names() {
		if entries[name] == nil {
			return p, fmt.Errorf("it holds no %s", name)
		}
		path := filepath.Join(dir, name)
		err := record.ReadEntry(entries[name], func(r io.Reader) error { return verified(path, r, p.SHA256[name]) })
		if err != nil {
			return p, errors.Join(fmt.Errorf("%s: %w", name, err), remove(dir))
		}
	}
	return p, nil
}

// verified writes a file and compares its digest.
func verified(path string, content io.Reader, want string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, hash), content)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		return fmt.Errorf("its sha256 is %s, %s says %s", got, ManifestFile, want)
	}
	return nil
}

func remove(dir string) (err error) {
	for _, name := range []string{HeadFile, BaseFile} {
		if failed := os.Remove(filepath.Join(dir, name)); failed != nil && !errors.Is(failed, os.ErrNotExist) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

var (
	digest = regexp.MustCompile(`^[0-9a-f]{64}$`)
	commit = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
)

// maxNotes is more than choosing a base can make.
const maxNotes = 100

func (p Prepared) check() error {
	switch {
	case !commit.MatchString(p.Commit):
		return fmt.Errorf("commit: %.80q is not the full name of a commit", p.Commit)
	case p.Base != nil && !commit.MatchString(p.Base.SHA):
		return fmt.Errorf("base: %.80q is not the full name of a commit", p.Base.SHA)
	case p.Base != nil && !slices.Contains([]bench.BaseSource{bench.SourceBundle, bench.SourceRebuild, bench.SourceStored}, p.Base.Source):
		return fmt.Errorf("base: %.80q is not where a base can be from", p.Base.Source)
	case len(p.Notes) > maxNotes:
		return fmt.Errorf("notes: there are %d, the limit is %d", len(p.Notes), maxNotes)
	}
	for _, name := range p.names() {
		if !digest.MatchString(p.SHA256[name]) {
			return fmt.Errorf("sha256: that of %s is %.80q", name, p.SHA256[name])
		}
	}
	return nil
}
