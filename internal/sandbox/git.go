package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
)

// quietly are settings of ours that come after those of a repository: they take away
// the usual ways in which reading one runs its programs. They are no wall, since there
// are others; the wall is that git runs as the user.
var quietly = []string{"core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.ext.allow=never", "safe.directory=*"}

// Git runs git in our working directory and returns what it prints. A repository
// names programs for git to run, so that in the action git is run as the gateway's user
// and under a supervisor, which leaves none of them behind.
func (s *Sandbox) Git(ctx context.Context, args ...string) (string, error) {
	if s.user == nil {
		return output(exec.CommandContext(ctx, "git", args...), verb(args))
	}
	own, line := map[string]string{}, "exec git"
	for i, arg := range args {
		name := fmt.Sprintf("GIT_ARG_%d", i)
		own[name] = arg
		line += ` "$` + name + `"`
	}
	var text []byte
	err := s.asUser(ctx, verb(args), line, own, func(said *os.File) (err error) {
		text, err = io.ReadAll(io.LimitReader(said, mostSaid))
		return err
	})
	return strings.TrimSpace(string(text)), err
}

// asUser runs a shell line that runs git as the gateway's user, and hands over the file
// that has what it printed. Doing is what git does there.
func (s *Sandbox) asUser(ctx context.Context, doing, line string, own map[string]string, use func(said *os.File) error) error {
	dir, err := os.MkdirTemp(s.scratch, "git-")
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o711), os.Mkdir(filepath.Join(dir, "said"), 0o700), s.Give(bench.Head, filepath.Join(dir, "said")))
	}
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	out, failed := filepath.Join(dir, "said", "out"), filepath.Join(dir, "said", "err")
	own = maps.Clone(own)
	maps.Copy(own, map[string]string{
		"GIT_OUT": out, "GIT_ERR": failed, "GIT_CONFIG_COUNT": fmt.Sprint(len(quietly)), "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1",
		"GIT_NO_REPLACE_OBJECTS": "1", // a commit is what its name stands for
	})
	for i, setting := range quietly {
		own[fmt.Sprintf("GIT_CONFIG_KEY_%d", i)], own[fmt.Sprintf("GIT_CONFIG_VALUE_%d", i)], _ = strings.Cut(setting, "=")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	err = gateway.Build(ctx, gateway.Command{
		Supervisor: []string{self, gateway.SuperviseCommand}, Line: line + ` >"$GIT_OUT" 2>"$GIT_ERR"`,
		Env: s.Environment("", own), LogPath: filepath.Join(dir, "log"), User: s.user,
	}, nil)
	switch {
	case err == nil:
		return s.said(out, use)
	case ctx.Err() != nil:
		return fmt.Errorf("git %s: %w", doing, ctx.Err())
	}
	var text []byte
	readErr := s.said(failed, func(said *os.File) (err error) {
		text, err = io.ReadAll(io.LimitReader(said, mostSaid))
		return err
	})
	if complaint := strings.TrimSpace(string(text)); readErr == nil && complaint != "" {
		return fmt.Errorf("git %s: %s", doing, complaint)
	}
	return fmt.Errorf("git %s: %w", doing, err)
}

// verb is what git is to do, behind the options of git itself.
func verb(args []string) string {
	return args[slices.IndexFunc(args, func(arg string) bool { return !strings.HasPrefix(arg, "-") })]
}

// mostSaid is more than git prints about any repository, in bytes.
const mostSaid = 64 << 20

// said opens a file that the user has written. It may be a link by now, or a pipe.
func (s *Sandbox) said(path string, use func(said *os.File) error) error {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if owner := statOf(info); !info.Mode().IsRegular() || int(owner.Uid) != s.user.UID {
		return fmt.Errorf("%s is not what git has written", path)
	}
	return use(f)
}

// output runs git and returns what it prints.
func output(cmd *exec.Cmd, doing string) (string, error) {
	out, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return "", fmt.Errorf("git %s: %s", doing, strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("git %s: %w", doing, err)
	}
	return strings.TrimSpace(string(out)), nil
}
