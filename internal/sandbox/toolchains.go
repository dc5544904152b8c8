package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// imageRustup is where the image has rustup's toolchains. It is anyone's to write, so that
// rust-toolchain.toml can bring another toolchain or more of one.
const imageRustup = "/usr/local/rustup"

// rustupOf is an arm's directory of toolchains. Base's is its own, where head's build
// cannot put a compiler for it.
func (s *Sandbox) rustupOf(arm bench.Arm) string {
	if arm == bench.Base {
		return filepath.Join(s.homeOf(arm), "rustup")
	}
	return imageRustup
}

// makeRustup makes base's directory of toolchains, with the settings of the image.
func (s *Sandbox) makeRustup(image string) error {
	dir := s.rustupOf(bench.Base)
	settings, err := os.ReadFile(filepath.Join(image, "settings.toml"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.Join(
		os.MkdirAll(filepath.Join(dir, "toolchains"), 0o755),
		os.WriteFile(filepath.Join(dir, "settings.toml"), settings, 0o644),
	)
}

// LinkToolchains gives base those toolchains of the image that nobody has changed since
// the sandbox was made; others it has to bring itself. Call it before base is built.
func (s *Sandbox) LinkToolchains() error {
	if s.user == nil {
		return nil
	}
	return s.linkToolchains(imageRustup)
}

func (s *Sandbox) linkToolchains(image string) error {
	toolchains := filepath.Join(s.rustupOf(bench.Base), "toolchains")
	entries, err := os.ReadDir(filepath.Join(image, "toolchains"))
	if err != nil {
		return nil // there are none
	}
	for _, e := range entries {
		from, link := filepath.Join(image, "toolchains", e.Name()), filepath.Join(toolchains, e.Name())
		if info, err := os.Lstat(link); err == nil && info.Mode().Type() != fs.ModeSymlink {
			continue // base's own
		}
		err := os.Remove(link)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err == nil && !changedSince(from, s.began) {
			err = os.Symlink(from, link)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// changedSince reports whether anything below a directory was written since then. Who
// writes can set the time of that, and not the time of the last change (inode(7)).
func changedSince(dir string, then time.Time) bool {
	errChanged := errors.New("changed")
	return filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		changed := statOf(info).Ctim
		if !time.Unix(changed.Unix()).Before(then) {
			return errChanged
		}
		return nil
	}) != nil
}
