package session

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/startline"
)

// build builds a gateway, if it says how.
func (s *Session) build(ctx context.Context, arm bench.Arm, g side) error {
	if g.Build == "" {
		if program := startline.Program(g.Start, os.DirFS(cmp.Or(g.dir, "."))); program != "" {
			if at, err := os.Stat(filepath.Join(g.dir, program)); err == nil {
				s.Log.Say("%s: no build line, so %s is taken as it is, of %s", arm, program, at.ModTime().Format(time.DateTime))
			}
		}
		return nil
	}
	if arm == bench.Base {
		if err := s.Sandbox.LinkToolchains(); err != nil {
			return err
		}
	}
	s.Log.Group("build " + string(arm))
	defer s.Log.EndGroup()
	s.Log.Say("building %s: %s", arm, strings.TrimSpace(g.Build))
	return gateway.Build(ctx, s.shell(arm, g, g.Build, "build"), s.BuildOutput)
}

// start starts a gateway in front of a mock, with a scratch directory of its own. It
// calls begun, if not nil, once the gateway runs.
func (s *Session) start(ctx context.Context, arm bench.Arm, g side, mock *mockllm.Process, begun func()) (*gateway.Process, error) {
	spec, err := s.spec(arm, g, mock, "gateway")
	if err != nil {
		return nil, err
	}
	spec.Begun = begun
	return gateway.Start(ctx, spec)
}

// spec says how a gateway is started in front of a mock, with a new scratch directory; log
// begins the name of the file of its output.
func (s *Session) spec(arm bench.Arm, g side, mock *mockllm.Process, log string) (gateway.Spec, error) {
	scratch, err := os.MkdirTemp(s.Sandbox.Scratch(), string(arm)+"-")
	ca := filepath.Join(scratch, "upstream-ca.pem")
	if err == nil {
		err = os.WriteFile(ca, mock.CA, 0o644)
	}
	if err == nil {
		err = s.Sandbox.Give(arm, scratch)
	}
	if err != nil {
		return gateway.Spec{}, err
	}
	ready := gateway.Ready{Path: g.Ready.Path, Timeout: time.Duration(g.Ready.Timeout * float64(time.Second))}
	if mock == s.mock { // the one that answers the suite's requests
		ready.Answers = s.rightAnswer(arm)
	}
	line := s.shell(arm, g, g.Start, log)
	line.Secrets = s.endpoint(arm, mock).Secrets
	return gateway.Spec{
		Command:     line,
		Own:         g.Env,
		Arm:         string(arm),
		Ready:       ready,
		Upstream:    "http://" + mock.Addr,
		UpstreamTLS: "https://" + mock.TLSAddr,
		UpstreamCA:  ca,
		ScratchDir:  scratch,
	}, nil
}

// shell is a shell line of an arm's gateway; log begins the name of the file of its output.
func (s *Session) shell(arm bench.Arm, g side, line, log string) gateway.Command {
	return gateway.Command{
		Supervisor: []string{s.self, gateway.SuperviseCommand},
		Line:       line,
		Dir:        g.dir,
		Env:        s.Sandbox.Environment(string(arm), g.Env),
		LogPath:    filepath.Join(cmp.Or(s.LogDir, s.Sandbox.Scratch()), log+"-"+string(arm)+".log"),
		LogPasses:  s.LogDir == "",
		User:       s.Sandbox.User(arm),
	}
}
