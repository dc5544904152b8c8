package workflow

import (
	"errors"
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

// TestFilesInTheWay: whatever a pull request has put where the step reads or writes, it
// ends, quotes no file of the runner's, and changes none.
func TestFilesInTheWay(t *testing.T) {
	config, report := session.DefaultConfig, resultDirectory
	attacks.Each(t, attacks.Files, map[string]trap{
		"configuration that is a link":      {func(j *job, secret string) error { return j.replace(config, linkTo(secret)) }, host.ExitUsage, "escapes"},
		"configuration that is a pipe":      {func(j *job, _ string) error { return j.replace(config, pipe) }, host.ExitUsage, "is not a regular file"},
		"configuration that is a directory": {func(j *job, _ string) error { return j.replace(config, directory) }, host.ExitUsage, "is not a regular file"},
		"configuration without an end":      {func(j *job, _ string) error { return j.replace(config, endless) }, host.ExitUsage, "short enough"},
		"working directory that is a link": {func(j *job, secret string) error {
			j.env["INPUT_WORKING-DIRECTORY"] = "cmd"
			return j.replace("cmd", linkTo(filepath.Dir(secret)))
		}, host.ExitUsage, "escapes"},
		"result directory that is a link": {func(j *job, secret string) error {
			return j.replace(filepath.Dir(report), linkTo(filepath.Dir(secret)))
		}, host.ExitOK, "the result is not kept in the workspace"},
		"result directory that is a file": {func(j *job, _ string) error { return j.replace(report, endless) }, host.ExitOK, ""},
		"result that is a link": {func(j *job, secret string) error {
			return j.replace(report+"/"+record.RunFile, linkTo(secret))
		}, host.ExitOK, ""},
		"result that is a pipe": {func(j *job, _ string) error { return j.replace(report+"/"+record.RunFile, pipe) }, host.ExitOK, ""},
	}, func(t *testing.T, _ string, trap trap) {
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

// TestFilesInTheWayAreReal: read and written by their names alone, files lead out of the
// workspace, and a pipe keeps who opens it.
func TestFilesInTheWayAreReal(t *testing.T) {
	j := newJob(t)
	secret := filepath.Join(t.TempDir(), "runner", record.RunFile)
	j.write(secret, secretText)
	if err := errors.Join(j.replace(session.DefaultConfig, linkTo(secret)), j.replace(".proxy-bench", linkTo(filepath.Dir(secret))), j.replace("pipe", pipe)); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(session.DefaultConfig); err != nil || string(text) != secretText {
		t.Errorf("%q, %v", text, err)
	}
	if err := os.WriteFile(".proxy-bench/"+record.RunFile, nil, 0o644); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(secret); err != nil || len(text) != 0 {
		t.Errorf("%q, %v", text, err)
	}
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		if f, err := os.Open("pipe"); err == nil {
			_ = f.Close()
		}
	}()
	select {
	case <-opened:
		t.Error("a pipe can be opened without a writer")
	case <-time.After(100 * time.Millisecond):
	}
	// Lets the reader go.
	if f, err := os.OpenFile("pipe", os.O_WRONLY|syscall.O_NONBLOCK, 0); err != nil {
		t.Error(err)
	} else {
		_ = f.Close()
	}
	<-opened
}
