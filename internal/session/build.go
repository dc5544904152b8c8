package session

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// build builds a gateway, if it says how.
func (s *Session) build(ctx context.Context, arm bench.Arm, g side) error {
	if g.Build == "" {
		if program := programOf(g.Start); program != "" {
			if at, err := os.Stat(filepath.Join(g.dir, program)); err == nil {
				s.Log.Say("%s: no build line, so %s is taken as it is, of %s", arm, program, at.ModTime().Format(time.DateTime))
			}
		}
		return nil
	}
	s.Log.Group("build " + string(arm))
	defer s.Log.EndGroup()
	s.Log.Say("building %s: %s", arm, strings.TrimSpace(g.Build))
	return gateway.Build(ctx, s.shell(g, g.Build, "build-"+string(arm)), s.BuildOutput)
}

// start starts a gateway in front of a mock, with a scratch directory of its own.
func (s *Session) start(ctx context.Context, arm bench.Arm, g side, mock *mockllm.Process) (*gateway.Process, error) {
	scratch, err := os.MkdirTemp(s.Sandbox.Scratch(), string(arm)+"-")
	ca := filepath.Join(scratch, "upstream-ca.pem")
	if err == nil {
		err = os.WriteFile(ca, mock.CA, 0o644)
	}
	if err == nil {
		err = s.Sandbox.Give(scratch)
	}
	if err != nil {
		return nil, err
	}
	ready := gateway.Ready{Path: g.Ready.Path, Timeout: time.Duration(g.Ready.Timeout * float64(time.Second))}
	if mock == s.mock { // the one that answers the suite's requests
		ready.Answers = s.rightAnswer(arm)
	}
	line := s.shell(g, g.Start, "gateway-"+string(arm))
	line.Secrets = s.endpoint(arm, mock).Secrets
	return gateway.Start(ctx, gateway.Spec{
		Command:     line,
		Own:         g.Env,
		Arm:         string(arm),
		Ready:       ready,
		Upstream:    "http://" + mock.Addr,
		UpstreamTLS: "https://" + mock.TLSAddr,
		UpstreamCA:  ca,
		ScratchDir:  scratch,
	})
}

// shell is a shell line of a gateway; log names the file of its output.
func (s *Session) shell(g side, line, log string) gateway.Command {
	return gateway.Command{
		Supervisor: []string{s.self, superviseCommand},
		Line:       line,
		Dir:        g.dir,
		Env:        s.Sandbox.Environment(g.Env),
		LogPath:    filepath.Join(cmp.Or(s.LogDir, s.Sandbox.Scratch()), log+".log"),
		LogPasses:  s.LogDir == "",
		User:       s.Sandbox.User(),
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// programOf is the program that a start line runs, if it is named by a relative
// path, as what was built in a repository is; empty otherwise.
func programOf(start string) string {
	words := strings.Fields(start)
	if len(words) > 0 && words[0] == "exec" {
		words = words[1:]
	}
	if len(words) == 0 || filepath.IsAbs(words[0]) || !strings.Contains(words[0], "/") {
		return ""
	}
	return filepath.Clean(words[0])
}

// guessBuild is the build line of a gateway that says only how it starts: what
// usually makes the program that the start line names, when that is a file which
// cargo or go would bring up to date. Empty: nothing is to be built.
func guessBuild(start string, repository fs.FS) string {
	has := func(path string) bool {
		_, err := fs.Stat(repository, path)
		return err == nil
	}
	switch program := programOf(start); {
	case program == "" || !fs.ValidPath(program):
		return ""
	case strings.HasPrefix(program, "target/release/") && has("Cargo.toml"):
		return "cargo build --locked --release"
	case strings.HasPrefix(program, "target/debug/") && has("Cargo.toml"):
		return "cargo build --locked"
	case has("go.mod") && outdated(repository, program):
		return "go build -o " + filepath.Dir(program) + "/ ./..."
	}
	return ""
}

// outdated is true when a program is missing, or older than some Go source and so
// of another commit. A newer one was built by an earlier step, perhaps in another
// way, and is taken as it is.
func outdated(repository fs.FS, program string) bool {
	built, err := fs.Stat(repository, program)
	if err != nil {
		return true
	}
	var older bool
	_ = fs.WalkDir(repository, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir // what cannot be read is not built from, either
		}
		switch name := d.Name(); {
		case d.IsDir() && path != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "node_modules"):
			return fs.SkipDir
		case filepath.Ext(name) == ".go" || name == "go.mod" || name == "go.sum":
			info, err := d.Info()
			older = err == nil && info.ModTime().After(built.ModTime())
		}
		if older {
			return fs.SkipAll
		}
		return nil
	})
	return older
}
