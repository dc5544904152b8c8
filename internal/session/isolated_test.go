package session

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestBundleInTheAction: where the workspace can be closed, even what a bundle reads and
// closes again is missed. As the first process of a container, so that the sandbox ends
// no processes but ours.
func TestBundleInTheAction(t *testing.T) {
	testenv.NeedsRoot(t)
	testenv.NeedsProgram(t, "unshare", "util-linux")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getpid() != 1 {
		out, err := exec.Command("unshare", "--pid", "--fork", "--mount-proc", self, "-test.run", "^"+t.Name()+"$").CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	root, err := os.MkdirTemp("/tmp", "proxy-bench-test-") // a test's own directory lets nobody else in
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	work, program := filepath.Join(root, "work"), filepath.Join(root, "program")
	if err := errors.Join(os.Chmod(root, 0o755), os.Mkdir(work, 0o755), os.Chown(work, 1001, 1001), copied(self, program)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", root)
	t.Chdir(work)
	for name, c := range map[string]struct{ gateway, why string }{
		"its own": {"exec " + program + " gateway good 0", ""},
		"a file that it reads": {
			". $(dirname " + work + "x)/wo*/settings; exec " + program + " gateway good 0",
			"tried where it cannot reach the workspace: gateway died",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for file, text := range map[string]string{"gateway": "#!/bin/sh\n" + c.gateway + "\n", "settings": ":\n"} {
				if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			var log strings.Builder
			file, err := os.Create(filepath.Join(root, "base.zip"))
			if err != nil {
				t.Fatal(err)
			}
			recipe := bench.Recipe{Start: "exec ./gateway", Bundle: []string{"gateway"}, Ready: bench.Ready{Path: "/health", Timeout: 20}}
			if err := WriteBaseline(file, Result{Run: recordtest.Run(1, recordtest.SSE10)}, recipe, &Lines{W: &log}); err != nil {
				t.Fatal(err)
			}
			box, err := sandbox.Isolate(host.World{Environ: []string{"GITHUB_WORKSPACE=" + work, "PATH=" + os.Getenv("PATH")}}, "")
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := LoadConfig(config.ForMeasuring, "", []config.Override{
				{Path: "gateway.start", Value: "exec ./gateway"},
				{Path: "suite.modes", Value: "json"},
				{Path: "suite.concurrency", Value: "1"},
				{Path: "suite.body", Value: "1KB"},
			})
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), Options{Config: cfg, Sandbox: box, Log: &Lines{W: &log}, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			choice := choice{Session: s, BaseSources: BaseSources{File: file.Name(), BundleOnly: true}, began: s.Now()}
			base, err := choice.choose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if used := base.Info.Source == bench.SourceBundle; used != (c.why == "") || !strings.Contains(base.Notes, c.why) {
				t.Errorf("used %v: %s\n%s", used, base.Notes, &log)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if info, err := os.Stat(work); err != nil || info.Mode().Perm() != 0o755 {
				t.Errorf("the workspace is %v, %v", info.Mode(), err)
			}
		})
	}
}

// copied copies a program to where everybody may run it.
func copied(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
