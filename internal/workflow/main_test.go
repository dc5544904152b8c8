package workflow

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/org/proxy-bench-action/internal/session"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(500) // steps write and read much that is soon forgotten
	os.Exit(m.Run())
}

// checkout is a workspace as every job begins with it: two commits, of which the first is
// main's. It is made once, since git takes longer than a copy.
var checkout = sync.OnceValues(func() (files fstest.MapFS, err error) {
	dir, err := os.MkdirTemp("", "proxy-bench-workspace-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	made := exec.Command("sh", "-ec", `
		printf 'version: 1\ngateway: {start: ./gateway}\n' >`+session.DefaultConfig+`
		printf '#!/bin/sh\n' >gateway
		git init --quiet --template= --initial-branch=main
		git add .
		git commit --quiet --message=one
		git commit --quiet --allow-empty --message=two`)
	made.Dir = dir
	made.Env = append(os.Environ(), "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com")
	made.Stderr = os.Stderr
	if err := made.Run(); err != nil {
		return nil, err
	}
	files = fstest.MapFS{}
	return files, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if entry.IsDir() {
			files[name] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			return err
		}
		data, err := os.ReadFile(path)
		files[name] = &fstest.MapFile{Data: data, Mode: 0o644}
		return err
	})
})
