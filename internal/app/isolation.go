package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
)

// isolation keeps a pull request's code from what a workflow run entrusts to us:
// tokens in our environment, the runner's command files, the Docker socket that
// is mounted beside them. Its gateway, its build, and git, which runs what a
// repository configures, are another user with an environment of its own.
//
// Outside the action all are who we are: the code is that of whoever runs us.
type isolation struct {
	world host.World
	user  *gateway.User // nil: outside the action
	home  string        // the user's
	cache string        // what the user downloads and compiles; by default at home
	undo  []func() error
}

// The user that the image has for a workspace that is root's. The group is also
// that of the workspace's owner: on the hosted runners the owner's own group is
// the one that the Docker socket opens for.
const benchUID, benchGID = 64321, 64321

const dockerSocket = "/var/run/docker.sock"

// isolate makes ready for code that is not trusted. Scratch is a directory of
// ours; what is in it has to be given to the user one by one. Close it.
func isolate(w host.World, scratch string) (*isolation, error) {
	i := &isolation{world: w}
	if !onRunner(w) {
		return i, nil
	}
	if os.Geteuid() != 0 {
		return i, errors.New("the action does not run as root here, so it cannot run the gateway as somebody else, and would show it this run's tokens")
	}
	if err := i.separate(w.Getenv("GITHUB_WORKSPACE"), scratch); err != nil {
		return i, fmt.Errorf("keep the gateway from this run's tokens: %w", errors.Join(err, i.close()))
	}
	return i, nil
}

// separate finds the user and takes from it what is not its own.
func (i *isolation) separate(workspace, scratch string) error {
	owner, err := ownerOf(workspace)
	if err != nil {
		return fmt.Errorf("the workspace (GITHUB_WORKSPACE): %w", err)
	}
	// In a container we are the first process, and there is nobody else's.
	i.user = &gateway.User{UID: int(owner.Uid), GID: benchGID, Alone: os.Getpid() == 1}
	if i.user.UID == 0 {
		i.user.UID = benchUID
	}
	i.home = filepath.Join(scratch, "home")
	i.cache = filepath.Join(i.home, ".cache")
	if dir := i.world.Getenv("INPUT_CACHE-DIR"); filepath.IsAbs(dir) {
		i.cache = dir
	} else if dir != "" {
		i.cache = filepath.Join(workspace, dir)
	}
	if err := i.socketIsClosed(dockerSocket); err != nil {
		return err
	}
	// Another user cannot read our memory and environment in /proc anyway. This
	// also covers core files.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	if err := os.Chmod(scratch, 0o711); err != nil { // to pass through
		return err
	}
	for _, dir := range runnerDirs(i.world, workspace, scratch) {
		if err := i.closeOff(dir); err != nil {
			return err
		}
	}
	if err := i.withholdCredentials(workspace); err != nil {
		return err
	}
	if owner.Uid == 0 {
		if err := i.lend(workspace, owner); err != nil {
			return err
		}
	}
	return errors.Join(os.Mkdir(i.home, 0o700), i.give(i.home))
}

// socketIsClosed makes sure that the user cannot talk to a Docker daemon: who
// can is root on its machine. The socket is the host's, so it is not for us to
// change its mode.
func (i *isolation) socketIsClosed(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s := info.Sys().(*syscall.Stat_t)
	if info.Mode()&0o002 != 0 || int(s.Gid) == i.user.GID || int(s.Uid) == i.user.UID {
		return fmt.Errorf("%s (mode %o, owner %d, group %d) is open for the gateway's user %d, group %d, which makes it root on the runner's machine; close it there: chmod 660",
			path, info.Mode().Perm(), s.Uid, s.Gid, i.user.UID, i.user.GID)
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
func (i *isolation) closeOff(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	before := info.Sys().(*syscall.Stat_t)
	i.undo = append(i.undo, func() error {
		return errors.Join(os.Lchown(dir, int(before.Uid), int(before.Gid)), os.Chmod(dir, info.Mode().Perm()))
	})
	return errors.Join(os.Chmod(dir, 0o700), os.Lchown(dir, 0, 0))
}

// lend makes a workspace that is root's the user's until the end.
func (i *isolation) lend(workspace string, owner *syscall.Stat_t) error {
	i.undo = append(i.undo, func() error { return chownAll(workspace, int(owner.Uid), int(owner.Gid)) })
	return i.give(workspace)
}

// give makes a directory with all that is in it the user's. It is for
// directories that the user could not change before.
func (i *isolation) give(dir string) error {
	if i.user == nil {
		return nil
	}
	return chownAll(dir, i.user.UID, i.user.GID)
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
	return info.Sys().(*syscall.Stat_t), nil
}

// command prepares a program that is not a gateway to run as the user.
func (i *isolation) command(cmd *exec.Cmd) {
	cmd.Env = i.environment(nil)
	if i.user != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(i.user.UID), Gid: uint32(i.user.GID)}}
	}
}

// close gives back what was taken, the last first. No process of the user must
// be left.
func (i *isolation) close() error {
	var failed []error
	for k := len(i.undo) - 1; k >= 0; k-- {
		failed = append(failed, i.undo[k]())
	}
	i.undo = nil
	return errors.Join(failed...)
}

// environment is that of a build or gateway, with what is its own.
func (i *isolation) environment(own map[string]string) []string {
	var env []string
	add := func(name, value string) {
		if _, replaced := own[name]; !replaced {
			env = append(env, name+"="+value)
		}
	}
	for _, pair := range i.world.Environ {
		if name, value, _ := strings.Cut(pair, "="); i.passes(name, value) {
			add(name, value)
		}
	}
	if i.user != nil {
		for name, value := range i.places() {
			add(name, value)
		}
	}
	for name, value := range own {
		env = append(env, name+"="+value)
	}
	return env
}
