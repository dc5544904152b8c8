package workflow

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/testdata/attacks"
)

const secretText = "SECRET: [of the runner"

// trap is what lies in the way of a step.
type trap struct {
	set  func(j *job, secret string) error
	code int
	says string
}

func (j *job) replace(path string, by func(path string) error) error {
	path = filepath.Join(j.env["GITHUB_WORKSPACE"], path)
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.RemoveAll(path), by(path))
}

func linkTo(target string) func(string) error {
	return func(path string) error { return os.Symlink(target, path) }
}

func pipe(path string) error { return syscall.Mkfifo(path, 0o666) }

func directory(path string) error { return os.Mkdir(path, 0o755) }

// endless is a file of a terabyte, without a block of the disk.
func endless(path string) error {
	return errors.Join(os.WriteFile(path, nil, 0o644), os.Truncate(path, 1<<40))
}

// traps are what lies where the step reads and writes.
var traps = map[string]trap{
	"configuration that is a link":      {func(j *job, secret string) error { return j.replace(session.DefaultConfig, linkTo(secret)) }, host.ExitUsage, "escapes"},
	"configuration that is a pipe":      {func(j *job, _ string) error { return j.replace(session.DefaultConfig, pipe) }, host.ExitUsage, "is not a regular file"},
	"configuration that is a directory": {func(j *job, _ string) error { return j.replace(session.DefaultConfig, directory) }, host.ExitUsage, "is not a regular file"},
	"configuration without an end":      {func(j *job, _ string) error { return j.replace(session.DefaultConfig, endless) }, host.ExitUsage, "short enough"},
	"working directory that is a link": {func(j *job, secret string) error {
		j.env["INPUT_WORKING-DIRECTORY"] = "cmd"
		return j.replace("cmd", linkTo(filepath.Dir(secret)))
	}, host.ExitUsage, "escapes"},
	"result directory that is a link": {func(j *job, secret string) error {
		return j.replace(filepath.Dir(resultDirectory), linkTo(filepath.Dir(secret)))
	}, host.ExitOK, "the result is not kept in the workspace"},
	"result directory that is a file": {func(j *job, _ string) error { return j.replace(resultDirectory, endless) }, host.ExitOK, ""},
	"result that is a link": {func(j *job, secret string) error {
		return j.replace(resultDirectory+"/"+record.RunFile, linkTo(secret))
	}, host.ExitOK, ""},
	"result that is a pipe": {func(j *job, _ string) error { return j.replace(resultDirectory+"/"+record.RunFile, pipe) }, host.ExitOK, ""},
}

// TestFilesInTheWay: whatever a pull request has put where the step reads or writes, it
// ends, quotes no file of the runner's, and changes none.
func TestFilesInTheWay(t *testing.T) {
	attacks.Each(t, attacks.Files, traps, func(t *testing.T, _ string, trap trap) {
		secret := filepath.Join(t.TempDir(), "runner", record.RunFile)
		j := newJob(t)
		j.write(secret, secretText)
		j.pulled(j.hub.ID)
		if err := trap.set(j, secret); err != nil {
			t.Fatal(err)
		}
		ended := make(chan ended, 1)
		go func() { ended <- j.run(t.Context()) }()
		select {
		case e := <-ended:
			if e.code != trap.code || !strings.Contains(e.log, trap.says) {
				t.Errorf("exit status %d, want %d with %q\n%s", e.code, trap.code, trap.says, e.log)
			}
			if strings.Contains(e.log+e.summary+j.comment(), "SECRET") {
				t.Errorf("a file of the runner's is quoted:\n%s", e.log)
			}
		case <-time.After(time.Minute):
			t.Fatal("the step does not end")
		}
		entries, err := os.ReadDir(filepath.Dir(secret))
		if err != nil || len(entries) != 1 {
			t.Errorf("the runner's directory has %v, %v", entries, err)
		}
		if text, err := os.ReadFile(secret); err != nil || string(text) != secretText {
			t.Errorf("the runner's file has %q, %v", text, err)
		}
	})
}

// waits says whether something does not end by itself: then it is let go.
func waits(do func(), letGo func() error) bool {
	ended := make(chan struct{})
	go func() { defer close(ended); do() }()
	select {
	case <-ended:
		return false
	case <-time.After(100 * time.Millisecond):
	}
	// The other end may not have been opened yet.
	for letGo() != nil {
		time.Sleep(time.Millisecond)
	}
	<-ended
	return true
}

// openedBy opens a pipe's other end for a moment.
func openedBy(path string, flags int) func() error {
	return func() error {
		f, err := os.OpenFile(path, flags|syscall.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		return f.Close()
	}
}

// careless are steps that read and write files by their names alone. They report whether
// the attack has got what it wants.
var careless = map[string]func(j *job, secret string) bool{
	"configuration that is a link": func(*job, string) bool {
		text, err := os.ReadFile(session.DefaultConfig)
		return err == nil && strings.Contains(string(text), "SECRET")
	},
	"configuration that is a pipe": func(*job, string) bool {
		return waits(func() { _, _ = os.ReadFile(session.DefaultConfig) }, openedBy(session.DefaultConfig, os.O_WRONLY))
	},
	"configuration that is a directory": func(*job, string) bool {
		text, err := os.ReadFile(session.DefaultConfig)
		return len(text) == 0 && !errors.Is(err, os.ErrNotExist) // whoever does not look at the error takes it for empty
	},
	"configuration without an end": func(*job, string) bool {
		f, err := os.Open(session.DefaultConfig)
		if err != nil {
			return false
		}
		defer f.Close()
		n, err := io.CopyN(io.Discard, f, 64<<20)
		return n == 64<<20 && err == nil // and there is more
	},
	"working directory that is a link": func(j *job, secret string) bool {
		j.t.Chdir("cmd")
		here, err := os.Getwd()
		resolved, failed := filepath.EvalSymlinks(here)
		return err == nil && failed == nil && resolved == filepath.Dir(secret)
	},
	"result directory that is a link": func(_ *job, secret string) bool {
		return os.MkdirAll(resultDirectory, 0o755) == nil && os.WriteFile(resultDirectory+"/x", nil, 0o644) == nil && isIn(filepath.Dir(secret), "report")
	},
	"result directory that is a file": func(*job, string) bool { return os.MkdirAll(resultDirectory, 0o755) != nil },
	"result that is a link": func(_ *job, secret string) bool {
		_ = os.WriteFile(resultDirectory+"/"+record.RunFile, nil, 0o644)
		text, err := os.ReadFile(secret)
		return err == nil && len(text) == 0
	},
	"result that is a pipe": func(*job, string) bool {
		path := resultDirectory + "/" + record.RunFile
		return waits(func() { _ = os.WriteFile(path, nil, 0o644) }, openedBy(path, os.O_RDONLY))
	},
}

func isIn(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// TestFilesInTheWayAreReal: a step that knows files by their names alone falls for each.
func TestFilesInTheWayAreReal(t *testing.T) {
	attacks.Each(t, attacks.Files, careless, func(t *testing.T, name string, falls func(j *job, secret string) bool) {
		secret := filepath.Join(t.TempDir(), "runner", record.RunFile)
		j := newJob(t)
		j.write(secret, secretText)
		if err := traps[name].set(j, secret); err != nil {
			t.Fatal(err)
		}
		if !falls(j, secret) {
			t.Error("it does not succeed, so that TestFilesInTheWay shows nothing")
		}
	})
}
