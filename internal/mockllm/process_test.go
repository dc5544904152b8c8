package mockllm

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/pace"
)

func start(t testing.TB, s Settings) *Process {
	t.Helper()
	p, err := Start(t.Context(), []string{os.Args[0], asMock}, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestProcess(t *testing.T) {
	p := start(t, plain())
	get(t, "POST", p.Addr, "/x", bytes.NewReader(make([]byte, 5<<20)))
	s, err := p.Stats(t.Context())
	if err != nil || s.Requests != 1 || s.Connections != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	cpu := p.CPU()
	if cpu <= 0 || cpu > 10*time.Second {
		t.Errorf("CPU time %v", cpu)
	}
	pid := p.cmd.Process.Pid
	for range 2 {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}
	if err := unix.Kill(pid, 0); err != unix.ESRCH {
		t.Errorf("the process is still there: %v", err)
	}
	if last := p.CPU(); last < cpu {
		t.Errorf("CPU time fell from %v to %v at the end", cpu, last)
	}
	if _, err := p.Stats(t.Context()); err == nil {
		t.Error("a stopped mock told its counters")
	}
}

func TestProcessThatIsKilled(t *testing.T) {
	p, err := Start(t.Context(), []string{os.Args[0], asMock}, plain())
	if err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Process.Kill()
	if err := p.Stop(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("Stop: %v", err)
	}
}

func TestStartFails(t *testing.T) {
	bad := plain()
	bad.Shape.Chunks = 0
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tc := range map[string]struct {
		ctx      context.Context
		argv     []string
		settings Settings
		want     string
	}{
		"bad settings":  {t.Context(), []string{"/bin/true"}, bad, "0 chunks"},
		"no command":    {t.Context(), nil, plain(), "no command"},
		"no such file":  {t.Context(), []string{"/no/such/file"}, plain(), "start /no/such/file"},
		"ends at once":  {t.Context(), []string{"/bin/true"}, plain(), "ended before it listened"},
		"says nothing":  {cancelled, []string{"/bin/sh", "-c", "exec sleep 60"}, plain(), context.Canceled.Error()},
		"says nonsense": {t.Context(), []string{"/bin/echo"}, plain(), "instead of its address"},
	} {
		_, err := Start(tc.ctx, tc.argv, tc.settings)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

func TestMainReportsErrors(t *testing.T) {
	for _, input := range []string{"", "{", "{}", "a b"} {
		var out bytes.Buffer
		code := Main(strings.NewReader(input), &out)
		var h hello
		if err := json.Unmarshal(out.Bytes(), &h); err != nil || code != 3 || h.Error == "" {
			t.Errorf("%q: exit code %d, %s", input, code, out.Bytes())
		}
	}
}

// A mock whose standard input ends has lost its parent.
func TestMainEndsWithInput(t *testing.T) {
	settings, err := json.Marshal(plain())
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan int)
	go func() { ended <- Main(r, &bytes.Buffer{}) }()
	if _, err := w.Write(settings); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestSettingsRoundTrip(t *testing.T) {
	want := plain()
	want.Latency = pace.Lognormal(time.Millisecond, 0.5)
	want.FirstEvent = pace.Normal(time.Millisecond, time.Microsecond)
	want.ChunkInterval = pace.Quantiles([]time.Duration{1, 2, 3})
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Settings
	if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s reads as %+v, %v", b, got, err)
	}
}

func TestSettingsValidate(t *testing.T) {
	if err := plain().Validate(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*Settings){
		"API":            func(s *Settings) { s.API = "grpc" },
		"needs at least": func(s *Settings) { s.Shape.AnswerBytes = 3 },
		"latency":        func(s *Settings) { s.Latency = pace.Constant(-1) },
		"first event":    func(s *Settings) { s.FirstEvent = pace.Quantiles(nil) },
		"chunk interval": func(s *Settings) { s.ChunkInterval = pace.Constant(2 * pace.Limit) },
	} {
		s := plain()
		change(&s)
		err := s.Validate()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
