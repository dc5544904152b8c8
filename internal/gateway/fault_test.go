package gateway

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStartFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line   string
		change func(*Spec)
		step   Step
		reason string // and these are parts of what the user reads
		output string
		hint   string
	}{
		"dies at start": {
			line: "echo one; echo 'bad flag --x' >&2; exit 3",
			step: StepDied, reason: "exited with status 3 before it was ready", output: "bad flag --x", hint: "by hand",
		},
		"ends well at start": {
			line: "true",
			step: StepDied, reason: "exited with status 0 before it was ready", hint: "must run until",
		},
		"binary missing": {
			line: "exec target/release/none",
			step: StepDied, reason: "exited with status 127", output: "target/release/none", hint: "not found",
		},
		"not executable": {
			line: "echo x >file; ./file",
			step: StepDied, reason: "exited with status 126", hint: "executable",
		},
		"killed": {
			line: "kill -9 $$",
			step: StepDied, reason: "killed by SIGKILL", hint: "memory",
		},
		"child killed": {
			line: "sh -c 'kill -11 $$'; exit $?",
			step: StepDied, reason: "exited with status 139 (SIGSEGV)",
		},
		"dies and leaves processes": {
			line: "sleep 1000 & setsid sleep 1000 & exit 1",
			step: StepDied, reason: "exited with status 1",
		},
		"fixed port": {
			line: "echo 'Error: listen EADDRINUSE :::8080'; exit 1",
			step: StepDied, hint: "$PORT",
		},
		"never listens": {
			line: "echo waiting; sleep 1000", change: func(s *Spec) { s.Ready.Timeout = 200 * time.Millisecond },
			step: StepReady, reason: "not ready within 200ms: GET http://127.0.0.1:", output: "waiting", hint: "127.0.0.1:$PORT",
		},
		"never listens, open port": {
			line: "sleep 1000", change: func(s *Spec) { s.Ready = Ready{Timeout: 200 * time.Millisecond} },
			step: StepReady, reason: "connection refused",
		},
		"answers 500": {
			line: "STATUS=500 " + serveLine, change: func(s *Spec) { s.Ready.Timeout = 3 * time.Second },
			step: StepReady, reason: "500 Internal Server Error", hint: "ready path",
		},
		"redirects": {
			line: "STATUS=302 " + serveLine, change: func(s *Spec) { s.Ready.Timeout = 3 * time.Second },
			step: StepReady, reason: "302 Found",
		},
		"no directory": {
			line: "true", change: func(s *Spec) { s.Dir = "/none" },
			step: StepStart, reason: `working directory "/none" does not exist`,
		},
		"no scratch directory": {
			line: "true", change: func(s *Spec) { s.ScratchDir = "" },
			step: StepStart, reason: "scratch directory",
		},
		"upstream without port": {
			line: "true", change: func(s *Spec) { s.Upstream = "http://localhost" },
			step: StepStart, reason: "no port",
		},
		"log cannot be written": {
			line: "true", change: func(s *Spec) { s.LogPath = "/none/log" },
			step: StepStart, reason: "/none/log",
		},
		"no supervisor": {
			line: "true", change: func(s *Spec) { s.Supervisor = []string{"/bin/false"} },
			step: StepStart, reason: `supervisor ["/bin/false"] said nothing`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := newSpec(t, c.line)
			if c.change != nil {
				c.change(&spec)
			}
			e := startFails(t, spec, mark)
			if e.Step != c.step || !strings.Contains(e.Reason, c.reason) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("step %s\nreason %s\nhint %s", e.Step, e.Reason, e.Hint)
			}
			if !strings.Contains(strings.Join(e.Output, "\n"), c.output) {
				t.Errorf("output %q", e.Output)
			}
			for _, part := range append([]string{c.line, spec.LogPath, e.Hint}, e.Output...) {
				if !strings.Contains(e.Error(), part) {
					t.Errorf("%q is missing in the message:\n%v", part, e)
				}
			}
		})
	}
}

func TestDiesLater(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ line, code, reason string }{
		"exec": {serveLine, "7", "exited with status 7"},
		"fork": {`ROLE=serve "$SELF"; exit $?`, "7", "exited with status 7"},
		"well": {serveLine, "0", "exited with status 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := newSpec(t, c.line)
			p := start(t, spec, mark)
			cpu := p.CPU()
			if resp, err := http.Get("http://" + p.Addr + "/exit?code=" + c.code); err == nil {
				resp.Body.Close()
			}
			select {
			case <-p.Done():
			case <-time.After(15 * time.Second):
				t.Fatal("its death goes unnoticed")
			}
			e, ok := p.Err().(*Error)
			if !ok || e.Step != StepDied || e.Reason != c.reason || !strings.Contains(e.Error(), "| asked to exit with "+c.code) {
				t.Errorf("got %v", p.Err())
			}
			if after := p.CPU(); after < cpu {
				t.Errorf("CPU time fell from %v to %v", cpu, after)
			}
		})
	}
}

func TestPrintsForever(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `echo first; yes | head -c 20000000; yes & `+serveLine)
	p := start(t, spec, mark)
	get(t, "http://"+p.Addr+"/health")
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(spec.LogPath)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if len(raw) > headLimit+tailLimit+100 || !strings.HasPrefix(text, "first\ny\n") ||
		!strings.Contains(text, " bytes left out]\n") || !strings.HasSuffix(text, "y\n") {
		t.Errorf("%d bytes, beginning %q", len(raw), text[:20])
	}
}

func TestSupervisorKilled(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `sleep 1000 & ROLE=serve "$SELF"; true`)
	p := start(t, spec, mark)
	if err := p.child.supervisor.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if e, ok := p.Err().(*Error); !ok || !strings.Contains(e.Reason, "supervisor ended unexpectedly") {
		t.Errorf("got %v", p.Err())
	}
	eventually(t, "all gone", func() bool { return len(marked(mark)) == 0 })
}

func TestBuild(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ line, want string }{
		"succeeds":         {"echo out; echo err >&2; sleep 1000 & setsid sleep 1000 & touch built", ""},
		"fails":            {"echo out; echo err >&2; echo 'error[E0425]: no such value' >&2; exit 101", "error[E0425]"},
		"compiler missing": {"echo out; echo err >&2; nocargo build", "not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := newSpec(t, c.line)
			var out strings.Builder
			err := Build(t.Context(), spec.Command, &out)
			wantGone(t, mark)
			if c.want == "" {
				if _, statErr := os.Stat(filepath.Join(spec.Dir, "built")); err != nil || statErr != nil {
					t.Errorf("%v, %v", err, statErr)
				}
			} else if e, ok := err.(*Error); !ok || e.Step != StepBuild || !strings.Contains(e.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			log, _ := os.ReadFile(spec.LogPath)
			if !strings.HasPrefix(string(log), "out\nerr\n") || out.String() != string(log) {
				t.Errorf("log %q, streamed %q", log, out.String())
			}
		})
	}
}
