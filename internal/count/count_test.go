package count

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
)

func TestGateways(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	work, counting := b.count(t)
	if len(work) != 2 || work[0].Scenario != "json/c1/1000B" || work[1].Scenario != "json/c1/2000B" {
		t.Fatalf("%+v", work)
	}
	for _, w := range work {
		if w.Uncounted != "" || w.Arm != bench.Head || w.Process != 1 || w.Idle != 0 {
			t.Errorf("%+v", w)
		}
		if want := []float64{1000, 1000, 1000}; !slices.Equal(w.Instructions, want) {
			t.Errorf("instructions %v, want %v: what a profile costs itself is none of a request's", w.Instructions, want)
		}
		if want := map[string]float64{"malloc": 3}; !maps.Equal(w.Allocations, want) {
			t.Errorf("allocations %v, want %v", w.Allocations, want)
		}
		if want := map[string]float64{"read": 1, "write": 2, "futex": 1}; !maps.Equal(w.SystemCalls, want) {
			t.Errorf("system calls %v, want %v", w.SystemCalls, want)
		}
		if want := []bench.Function{
			{Name: "malloc", Module: "libc.so.6", Instructions: 600, Calls: 3},
			{Name: "serve", File: "toy.c", Line: 7, Module: "toy", Instructions: 400},
		}; !slices.Equal(w.Functions, want) {
			t.Errorf("functions %+v, want %+v", w.Functions, want)
		}
	}
	if counting.Valgrind != "valgrind-3.19.0" || counting.Tracer != "strace 6.1" || counting.Settings["GOMAXPROCS"] != "1" || counting.Uncounted != "" {
		t.Errorf("%+v", counting)
	}
}

// TestUncounted: whatever goes wrong is one line, and what can be counted is counted all
// the same.
func TestUncounted(t *testing.T) {
	t.Parallel()
	replaced := func(script, old, with string) string {
		if !strings.Contains(script, old) {
			t.Fatalf("%q is not in the script", old)
		}
		return strings.Replace(script, old, with, 1)
	}
	tests := map[string]struct {
		change       func(t *testing.T, b *bed)
		want         string // of both cells
		instructions bool
		calls        bool
	}{
		"no valgrind":    {func(_ *testing.T, b *bed) { b.tools.NoInstructions = "valgrind is not installed" }, "instructions: valgrind is not installed", false, true},
		"no strace":      {func(_ *testing.T, b *bed) { b.tools.NoCalls = "strace is not installed" }, "system calls: strace is not installed", true, false},
		"valgrind fails": {func(t *testing.T, b *bed) { b.script(t, "valgrind", "#!/bin/sh\necho oh dear >&2; exit 1\n") }, "instructions: gateway died: exited with status 1 before it was ready: oh dear", false, true},
		"an instruction": {func(t *testing.T, b *bed) {
			b.script(t, "valgrind", "#!/bin/sh\necho 'vex amd64->IR: unhandled instruction bytes: 0x62' >&2; exit 132\n")
		}, "instructions: this Valgrind does not know an instruction", false, true},
		"not ready": {func(t *testing.T, b *bed) {
			b.script(t, "valgrind", "#!/bin/sh\nsleep 60\n")
			b.plan.Start = time.Second
		}, "instructions: gateway ready: not ready within 1s", false, true},
		"not under it": {func(t *testing.T, b *bed) { b.script(t, "valgrind", replaced(valgrindScript, ": >", ": #")) }, "instructions: no process of the gateway runs under Valgrind", false, true},
		"ptrace refused to vgdb": {func(t *testing.T, b *bed) {
			b.script(t, "vgdb", "#!/bin/sh\necho 'syscall failed: Operation not permitted' >&2; exec sleep 60\n") // it goes on trying
		}, "instructions: ptrace is not allowed here", false, true},
		"ptrace refused to strace": {func(t *testing.T, b *bed) {
			b.script(t, "strace", "#!/bin/sh\necho '/usr/bin/strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted' >&2; exit 1\n")
		}, "system calls: ptrace is not allowed here", true, false},
		"Valgrind aborts": {func(t *testing.T, b *bed) {
			b.script(t, "valgrind", "#!/bin/sh\necho \"If that doesn't help, please report this bug to: www.valgrind.org\" >&2; echo Thanks >&2; exit 1\n")
		}, "instructions: Valgrind itself failed", false, true},
		"maps a terabyte": {func(t *testing.T, b *bed) {
			b.script(t, "valgrind", "#!/bin/sh\necho 'mmap: Invalid argument' >&2; exit 9\n")
		}, "instructions: gateway died: exited with status 9 before it was ready: mmap: Invalid argument", false, true},
		"vgdb fails":   {func(t *testing.T, b *bed) { b.script(t, "vgdb", "#!/bin/sh\necho no >&2; exit 9\n") }, "instructions: vgdb: exit status 9: no", false, true},
		"no profile":   {func(t *testing.T, b *bed) { b.script(t, "vgdb", "#!/bin/sh\nexit 0\n") }, "instructions: the profile was not written", false, true},
		"two profiles": {func(t *testing.T, b *bed) { b.script(t, "vgdb", vgdbScript+`cp "$out" "$out.2"`+"\n") }, "instructions: there are 2 profiles of process", false, true},
		"a link": {func(t *testing.T, b *bed) {
			b.script(t, "vgdb", vgdbScript+`mv "$out" SERVED.p; ln -s SERVED.p "$out"`+"\n")
		}, "too many levels of symbolic links", false, true},
		"a pipe":               {func(t *testing.T, b *bed) { b.script(t, "vgdb", vgdbScript+`rm "$out"; mkfifo "$out"`+"\n") }, "is a p", false, true},
		"somebody's":           {func(t *testing.T, b *bed) { b.script(t, "vgdb", replaced(vgdbScript, "pid: $pid", "pid: 1")) }, "says that it is of process 1", false, true},
		"a profile of its own": {func(t *testing.T, b *bed) { b.script(t, "vgdb", replaced(vgdbScript, "+ 500))", "))")) }, "and its total is", false, true},
		"zero": {func(t *testing.T, b *bed) {
			b.script(t, "vgdb", replaced(vgdbScript, "now=$(wc -c < SERVED)", "now=0"))
		}, "instructions: none were counted in a batch of 4 requests", false, true},
		// After a warm-up come four profiles in a row and, after a pause, that of idle work.
		"works all the time": {func(t *testing.T, b *bed) {
			b.script(t, "vgdb", replaced(strings.ReplaceAll(vgdbScript, "500", "$((idle))"), "cat > ", `profiles=$(($(cat SERVED.profiles 2>/dev/null || echo 0) + 1))
echo $profiles > SERVED.profiles
idle=500
[ $profiles != 5 ] || idle=1000000000
cat > `))
		}, "instructions: a batch of 4 requests has no more than when nothing is asked", false, true},
		"prints into it": {func(t *testing.T, b *bed) {
			b.script(t, "strace", replaced(straceScript, "exec 7>&2\n", "exec 7>&2\nhead -c 100000 /dev/zero >&2\n"))
		}, "system calls: what strace printed: ", true, false},
		"no calls": {func(t *testing.T, b *bed) { b.script(t, "strace", replaced(straceScript, "exec 7>&2\n", "")) }, "system calls: none were counted in a batch of 4 requests", true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			tt.change(t, b)
			work, _ := b.count(t)
			for _, w := range work {
				if !strings.Contains(w.Uncounted, tt.want) || strings.Contains(w.Uncounted, "\n") {
					t.Errorf("%q, want %q in one line", w.Uncounted, tt.want)
				}
				if len(w.Instructions) > 0 != tt.instructions || len(w.SystemCalls) > 0 != tt.calls {
					t.Errorf("instructions %v, system calls %v", w.Instructions, w.SystemCalls)
				}
			}
		})
	}
}

// TestWorkers: a gateway that forks is counted with all its processes, and none
// is left: here only the worker works.
func TestWorkers(t *testing.T) {
	b := newBed(t)
	b.script(t, "valgrind", strings.Replace(valgrindScript, "while [", `sleep 300 & echo $! > SERVED.worker
: > "$prefix-from-vgdb-to-$!-by-some one-on-???"
while [`, 1))
	const counts = "n=$((now - $(cat SERVED.seen)))\necho $now > SERVED.seen\n"
	if !strings.Contains(vgdbScript, counts) {
		t.Fatal("the script counts otherwise")
	}
	b.script(t, "vgdb", strings.Replace(vgdbScript, counts, "if [ $pid != $(cat SERVED.worker) ]; then n=0; else "+counts+"fi\n", 1))
	work, _ := b.count(t)
	for _, w := range work {
		if want := []float64{1000, 1000, 1000}; !slices.Equal(w.Instructions, want) {
			t.Errorf("instructions %v, want %v: two profiles are written each time; %s", w.Instructions, want, w.Uncounted)
		}
	}
	text, err := os.ReadFile(filepath.Join(b.dir, "served.worker"))
	if err != nil {
		t.Fatal(err)
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err != nil || lives(pid) {
		t.Errorf("worker %d lives on, %v", pid, err)
	}
}

// TestOddDirectory: the signs of a pattern in a name are the name's own.
func TestOddDirectory(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.spec.ScratchDir = filepath.Join(b.dir, "a [1]* 100%p", "scratch")
	if err := os.MkdirAll(b.spec.ScratchDir, 0o700); err != nil {
		t.Fatal(err)
	}
	work, _ := b.count(t)
	for _, w := range work {
		if w.Uncounted != "" {
			t.Error(w.Uncounted)
		}
	}
	if line := b.tools.underValgrind("gw", "/tmp/100%p"); !strings.Contains(line, "=/tmp/100%%p/profile.%p'") || !strings.Contains(line, "=/tmp/100%p/vgdb'") {
		t.Errorf("Valgrind would write elsewhere: %s", line)
	}
}

// TestDies: a gateway that dies half-way keeps what was counted until then.
func TestDies(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.plan.Most = 3
	// The first cell takes two warm-ups and three batches of requests.
	b.spec.Env = append(b.spec.Env, "DIES_AT=22")
	work, _ := b.count(t)
	if len(work[0].Instructions) != 3 || len(work[0].SystemCalls) == 0 || work[0].Uncounted != "" {
		t.Errorf("%+v", work[0])
	}
	if w := work[1]; len(w.Instructions)+len(w.SystemCalls) > 0 || strings.Count(w.Uncounted, "gateway died: exited with status 7") != 2 {
		t.Errorf("%+v", w)
	}
}

// TestTime: a gateway that takes longer than there is time for is left, with all that
// belongs to it.
func TestTime(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.script(t, "valgrind", "#!/bin/sh\nsleep 60\n")
	b.plan.Within = 4 * time.Second
	began := time.Now()
	work, _ := b.count(t)
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	if w := work[0]; !strings.Contains(w.Uncounted, "instructions: the time for counting was over") {
		t.Errorf("%+v", w)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.plan.Tools = b.tools
	_, _, err := Gateways(ctx, []Subject{{Arm: bench.Head, Spec: func() (gateway.Spec, error) { return b.spec, nil }}}, b.plan)
	if err == nil {
		t.Error("a cancelled count gave no error")
	}
}

// TestScratchMissing: that this machine fails is an error.
func TestScratchMissing(t *testing.T) {
	b := newBed(t)
	b.plan.Tools = b.tools
	_, _, err := Gateways(context.Background(), []Subject{{Arm: bench.Head, Spec: func() (gateway.Spec, error) { return gateway.Spec{}, os.ErrPermission }}}, b.plan)
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Error(err)
	}
}

// TestFind: tools that are missing, incomplete or old are named, with what to do.
func TestFind(t *testing.T) {
	const missing = "" // no such program
	good := map[string]string{"valgrind": "echo valgrind-3.24.0", "vgdb": "", "strace": "echo strace -- version 6.13", "getconf": "echo glibc 2.41"}
	for name, c := range map[string]struct {
		program, text       string
		instructions, calls string // why there are none
	}{
		"all there":    {"vgdb", "exit 0", "", ""},
		"no valgrind":  {"valgrind", missing, "valgrind is not installed: apt-get install valgrind", ""},
		"no callgrind": {"valgrind", "echo \"valgrind: failed to start tool 'callgrind'\" >&2; exit 1", "valgrind has no tool callgrind, or does not run here: apt-get install --reinstall valgrind", ""},
		"an old one":   {"valgrind", "echo valgrind-3.16.1", `valgrind is "valgrind-3.16.1": it has to be 3.18 or later`, ""},
		"no vgdb":      {"vgdb", missing, "vgdb is not installed", ""},
		"no strace":    {"strace", missing, "", "strace is not installed: apt-get install strace"},
		"a mute one":   {"strace", "exit 1", "", "strace does not tell its version"},
	} {
		dir := t.TempDir()
		tools := Find(t.Context(), func(program string) (string, error) {
			text := good[program]
			if program == c.program {
				if text = c.text; text == missing {
					return "", os.ErrNotExist
				}
			}
			path := filepath.Join(dir, program)
			return path, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700)
		})
		if !strings.Contains(tools.NoInstructions, c.instructions) || !strings.Contains(tools.NoCalls, c.calls) || (c.instructions == "") != (tools.NoInstructions == "") || (c.calls == "") != (tools.NoCalls == "") {
			t.Errorf("%s: %q, %q", name, tools.NoInstructions, tools.NoCalls)
		}
		counting := tools.conditions()
		if (counting.Valgrind == "") != (c.instructions != "") || (counting.Tracer == "") != (c.calls != "") || counting.Libc != "glibc 2.41" {
			t.Errorf("%s: %+v", name, counting)
		}
	}
}

func TestStartLines(t *testing.T) {
	tools := Tools{Valgrind: "/usr/bin/valgrind", Strace: "/usr/bin/strace"}
	const line = `exec gw --name 'a b' "$PORT"`
	for want, got := range map[string]string{
		`ulimit -n 4096 2>/dev/null; exec '/usr/bin/valgrind' '-q' '--command-line-only=yes' '--tool=callgrind' '--instr-atstart=no' '--trace-children=yes'`: tools.underValgrind(line, "/x/y"),
		`'--vgdb-prefix=/x/y/vgdb' '--callgrind-out-file=/x/y/profile.%p' '--fair-sched=yes' '/bin/sh' '-c' 'exec gw --name '\''a b'\'' "$PORT"'`:            tools.underValgrind(line, "/x/y"),
		`exec 9>&2 2>'/x/y/calls'; exec '/usr/bin/strace' '-f' '-qq' '-e' 'raw=all' '-e' 'signal=none' '/bin/sh' '-c' 'exec 2>&9 9>&-` + "\n" + `exec gw`:    tools.underStrace(line, filepath.Join("/x/y", "calls")),
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}

func TestFix(t *testing.T) {
	s := gateway.Spec{
		Command: gateway.Command{Env: []string{"GODEBUG=old=1", "GODEBUG=http2client=0", "GLIBC_TUNABLES=glibc.malloc.check=1"}},
		Own:     map[string]string{"GOMAXPROCS": "4", "GODEBUG": "madvdontneed=1", "OTHER": "x"},
	}
	before := maps.Clone(s.Own)
	own := s.Own
	fix(&s)
	for name, want := range map[string]string{
		"GODEBUG": "madvdontneed=1,asyncpreemptoff=1", "GOMAXPROCS": "1", "OTHER": "x",
		"GLIBC_TUNABLES": "glibc.malloc.check=1:glibc.malloc.arena_max=1", "TOKIO_WORKER_THREADS": "1",
	} {
		if s.Own[name] != want {
			t.Errorf("%s=%s, want %s", name, s.Own[name], want)
		}
	}
	if !maps.Equal(own, before) {
		t.Error("the configuration's own map was changed")
	}
}

// TestSettings: what the environment adds is a condition of the counts, what the gateway's
// configuration adds is not.
func TestSettings(t *testing.T) {
	spec := gateway.Spec{Command: gateway.Command{Env: []string{"GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2", "GODEBUG=http2client=0", "GOGC=50"}}, Own: map[string]string{"GODEBUG": "http2client=0"}}
	got := settings(spec)
	for name, want := range map[string]string{
		"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2:glibc.malloc.arena_max=1", "GODEBUG": "asyncpreemptoff=1", "GOGC": "off", "valgrind": "--fair-sched=yes",
	} {
		if got[name] != want {
			t.Errorf("%s=%s, want %s", name, got[name], want)
		}
	}
}

// TestHelpers: a program that becomes the gateway is followed.
func TestHelpers(t *testing.T) {
	for _, name := range []string{"env", "nice", "setsid", "timeout", "sh"} {
		if slices.Contains(helpers, "*/"+name) {
			t.Errorf("Valgrind does not follow %s, and so not the gateway that it becomes", name)
		}
	}
}

func TestAllocators(t *testing.T) {
	for function, want := range map[string]string{
		"malloc": "malloc", "malloc@@GLIBC_2.2.5": "malloc", "_rjem_malloc": "malloc", "_int_malloc": "", "realloc": "realloc",
		"runtime.mallocgc": "runtime.mallocgc", "runtime.mallocgcSmallNoscan": "runtime.mallocgc", "operator new(unsigned long)": "operator new",
		"__rustc::__rust_alloc": "__rust_alloc", "__rust_alloc_zeroed": "__rust_alloc", "__rustc::__rdl_alloc": "__rust_alloc", "posix_memalign": "posix_memalign",
		"swift_allocObject": "swift_allocObject", "my_malloc": "", "main.malloc": "", "0x00012": "",
	} {
		if got := allocator(function); got != want {
			t.Errorf("%s: %q, want %q", function, got, want)
		}
	}
}

func TestInterpreterOf(t *testing.T) {
	for programs, want := range map[string]string{
		"strace sh node": "node", "python3.11": "python3.11", "strace nginx": "", "sh agentic-server": "", "python3 gunicorn-helper": "", "": "", "strace sh": "",
	} {
		if got := interpreterOf(strings.Fields(programs)); got != want {
			t.Errorf("%s: %q, want %q", programs, got, want)
		}
	}
}

func TestRecent(t *testing.T) {
	for version, want := range map[string]bool{"valgrind-3.19.0": true, "valgrind-3.18.1": true, "valgrind-3.24.0.GIT": true, "valgrind-4.0": true, "valgrind-3.16.1": false, "valgrind-2.99": false, "": false, "3.19.0": false} {
		if recent(version) != want {
			t.Errorf("%q: %v", version, !want)
		}
	}
}

func TestFeatures(t *testing.T) {
	got := featuresOf("processor\t: 0\nflags\t\t: fpu avx2 avx512f sse4_2\n\nprocessor\t: 1\nflags\t\t: avx\n")
	if want := []string{"avx2", "sse4_2"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
