package sandbox

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
)

// Base's builds and gateways are a user of their own, which the image has. Head's code may
// be hostile and runs beside base: as the same user it could stop base's processes, change
// its program, its settings, caches and compilers, and look fast beside it. Tests have
// another group, as of head's user.
var baseUID, baseGID = 64322, 64322

// User is who an arm's lines run as; nil is who we are. What is no arm's, such as git, runs
// as head's user.
func (s *Sandbox) User(arm bench.Arm) *gateway.User {
	if arm == bench.Base {
		return s.base
	}
	return s.user
}

// Give makes a directory with all that is in it an arm's. It is for directories that no
// user could change before.
func (s *Sandbox) Give(arm bench.Arm, dir string) error {
	user := s.User(arm)
	if user == nil {
		return nil
	}
	return chownAll(dir, user.UID, user.GID)
}

// homeOf is the home of an arm, in a directory that only we can change.
func (s *Sandbox) homeOf(arm bench.Arm) string {
	return filepath.Join(s.scratch, "home-"+string(arm))
}

// makeHomes makes the homes of the arms, and one for git.
func (s *Sandbox) makeHomes() error {
	failed := []error{os.Mkdir(s.homeOf(bench.Base), 0o700), s.makeRustup(imageRustup)}
	for _, arm := range []bench.Arm{"", bench.Base, bench.Head} {
		failed = append(failed, os.MkdirAll(s.homeOf(arm), 0o700), s.Give(arm, s.homeOf(arm)))
	}
	return errors.Join(failed...)
}
