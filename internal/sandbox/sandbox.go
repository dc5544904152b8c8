package sandbox

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
)

// Sandbox is where the code of a gateway, its build and git run.
type Sandbox struct {
	world   host.World
	scratch string
	user    *gateway.User // head's and git's; nil: our own
	base    *gateway.User // base's
	began   time.Time     // before any code of theirs has run
	cache   string        // what head downloads and compiles; by default at home
	from    Remote        // what was fetched last
	journal journal       // of what Close gives back
}

// The user that the image has for a workspace that is root's. The group is also
// that of the workspace's owner: on the hosted runners the owner's own group is
// the one that the Docker socket opens for. Tests have another one: all its processes
// are ended, also where several tests run on one machine.
var benchUID, benchGID = 64321, 64321

const dockerSocket = "/var/run/docker.sock"

// Open makes a sandbox that runs everything as who we are: the code is that of
// whoever runs us. Close it.
func Open(w host.World) (*Sandbox, error) {
	scratch, err := os.MkdirTemp("", "proxy-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a directory in $TMPDIR, which must exist and have room: %w", err)
	}
	s := &Sandbox{world: w, scratch: scratch}
	if to := journalOf(w); to != nil {
		s.journal.keeper = gob.NewEncoder(to)
	}
	return s, s.journal.note(taken{Kind: madeDirectory, Dir: scratch})
}

// Isolate makes a sandbox for code that is not trusted, in a step of the action.
// What it downloads and compiles is kept in the directory cache, relative to the
// workspace; empty means that it is not kept. Close the sandbox.
func Isolate(w host.World, cache string) (*Sandbox, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("the action does not run as root here, so it cannot run the gateway as somebody else, and would show it this run's tokens")
	}
	s, err := Open(w)
	if err != nil {
		return nil, err
	}
	if err := s.separate(w.Getenv("GITHUB_WORKSPACE"), cache); err != nil {
		return nil, fmt.Errorf("keep the gateway from this run's tokens: %w", errors.Join(err, s.Close()))
	}
	return s, nil
}

// Scratch is a directory of ours that goes with the sandbox. What is made in it
// is given to the user one by one, with [Sandbox.Give].
func (s *Sandbox) Scratch() string { return s.scratch }

// separate chooses the users and closes off what it must not reach.
func (s *Sandbox) separate(workspace, cache string) error {
	owner, err := ownerOf(workspace)
	if err != nil {
		return fmt.Errorf("the workspace (GITHUB_WORKSPACE): %w", err)
	}
	s.user = &gateway.User{UID: int(owner.Uid), GID: benchGID}
	if s.user.UID == 0 {
		s.user.UID = benchUID
	}
	// Below the first process of a container we see no processes of others.
	s.user.Alone = s.journal.keeper != nil && os.Getppid() == 1
	s.began = time.Now()
	s.base = &gateway.User{UID: baseUID, GID: baseGID, Alone: s.user.Alone}
	for _, user := range []*gateway.User{s.user, s.base} {
		if err := s.journal.note(taken{Kind: startedUser, User: *user}); err != nil {
			return err
		}
	}
	switch {
	case cache == "":
		s.cache = filepath.Join(s.homeOf(bench.Head), ".cache")
	case filepath.IsAbs(cache):
		s.cache = cache
	default:
		s.cache = filepath.Join(workspace, cache)
	}
	if err := s.socketIsClosed(dockerSocket); err != nil {
		return err
	}
	// Another user cannot read our memory and environment in /proc anyway. This
	// also covers core files.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	if err := os.Chmod(s.scratch, 0o711); err != nil { // to pass through
		return err
	}
	closed := runnerDirs(s.world, workspace, s.scratch)
	s.journal.room = keepRoom(append([]string{workspace, s.scratch}, closed...)...)
	for _, dir := range closed {
		if err := s.closeOff(dir); err != nil {
			return err
		}
	}
	if err := s.withholdCredentials(workspace, closed); err != nil {
		return err
	}
	if err := s.lend(workspace); err != nil {
		return err
	}
	return s.makeHomes()
}

// socketIsClosed makes sure that the user cannot talk to a Docker daemon: who
// can is root on its machine. The socket is the host's, so it is not for us to
// change its mode.
func (s *Sandbox) socketIsClosed(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	stat := statOf(info)
	opens := func(u *gateway.User) bool { return u != nil && (int(stat.Gid) == u.GID || int(stat.Uid) == u.UID) }
	if info.Mode()&0o002 != 0 || opens(s.user) || opens(s.base) {
		return fmt.Errorf("%s (mode %o, owner %d, group %d) is open for the gateway's user %d, group %d, which makes it root on the runner's machine; close it there: chmod 660",
			path, info.Mode().Perm(), stat.Uid, stat.Gid, s.user.UID, s.user.GID)
	}
	return nil
}

// runnerDirs are the directories that the runner mounts beside the workspace:
// with its command files, the event, a home and files that steps share.
func runnerDirs(w host.World, workspace, scratch string) []string {
	var dirs []string
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"} {
		if file := w.Getenv(name); file != "" {
			dirs = append(dirs, filepath.Dir(file))
		}
	}
	dirs = append(dirs, w.Getenv("HOME"), w.Getenv("RUNNER_TEMP"))
	var found []string
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		shared := err == nil && info.Mode()&fs.ModeSticky != 0 // /tmp
		known := slices.Contains(found, dir)
		if err == nil && info.IsDir() && !known && !shared && !contains(dir, workspace) && !contains(dir, scratch) {
			found = append(found, dir)
		}
	}
	return found
}

func contains(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// closeOff lets nobody but us into a directory until the end. On the hosted
// runners it belongs to the very user that owns the workspace.
func (s *Sandbox) closeOff(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if err := s.journal.note(closedDirectory.of(info, dir, "", info)); err != nil {
		return err
	}
	return errors.Join(os.Chmod(dir, 0o700), os.Lchown(dir, 0, 0))
}

// lend lets the user write in the workspace until the end. One that is root's becomes the
// user's, with all that is in it.
func (s *Sandbox) lend(workspace string) error {
	info, err := os.Stat(workspace)
	if err != nil {
		return err
	}
	owner := statOf(info)
	if owner.Uid == 0 {
		if err := s.noteOthers(workspace, info); err != nil {
			return err
		}
	}
	t := usedTree.of(info, workspace, "", info)
	t.User = *s.user
	if err := s.journal.note(t); err != nil || owner.Uid != 0 {
		return err
	}
	return s.Give(bench.Head, workspace)
}

// noteOthers records the files in the workspace that are not its owner's.
func (s *Sandbox) noteOthers(workspace string, dir fs.FileInfo) error {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return err
	}
	defer root.Close()
	owner := statOf(dir)
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if stat := statOf(info); stat.Uid == owner.Uid && stat.Gid == owner.Gid {
			return nil
		}
		return s.journal.note(keptOwner.of(dir, workspace, name, info))
	})
}

// chownAll follows no link and, since it stays below a root, is led out of it
// by none.
func chownAll(dir string, uid, gid int) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return root.Lchown(path, uid, gid)
	})
}

func ownerOf(path string) (*syscall.Stat_t, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return statOf(info), nil
}

// Close ends every process of the user, then gives back what was taken, the last first,
// and removes the scratch directory. Where a process is left, nothing is given back.
func (s *Sandbox) Close() error { return s.journal.giveBack() }
