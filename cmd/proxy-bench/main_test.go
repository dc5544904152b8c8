package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	ossignal "os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// TestMain makes the test binary be the program itself, so that the scripts run
// the real main, and a gateway that misbehaves on request.
func TestMain(m *testing.M) {
	// Most scripts wait for time budgets and time-outs: more of them run at a time
	// than there are processors, but for those that measure. An option on the command
	// line comes later, and wins.
	if err := flag.Set("test.parallel", scriptsAtOnce); err != nil {
		panic(err) // there is such a flag
	}
	testscript.Main(m, map[string]func(){
		"proxy-bench": main,
		"badgateway":  badGateway,
	})
}

// scriptsAtOnce is for scripts that wait. Those that measure would be in each other's way.
var scriptsAtOnce = "7"

// TestScripts runs testdata/script/*.txtar: the whole program, end to end, each in a
// directory of its own. These scripts judge no speed; their gateway is badgateway,
// which is this binary. Scripts that measure real gateways are in the directory
// measured (TestMeasuredScripts).
func TestScripts(t *testing.T) {
	runScripts(t, "", nil)
}

// runScripts runs the scripts of a directory below testdata/script, with these
// variables beside the usual ones.
func runScripts(t *testing.T, dir string, variables map[string]string) {
	t.Helper()
	p := scripts(variables)
	p.Dir = filepath.Join("..", "..", "testdata", "script", dir)
	testscript.Run(t, p)
}

// scripts are the commands of all scripts, and the variables that they see.
func scripts(variables map[string]string) testscript.Params {
	return testscript.Params{
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			for name, value := range variables {
				e.Setenv(name, value)
			}
			e.Setenv("TMPDIR", e.Getenv("WORK")+"/.tmp")
			return os.MkdirAll(e.Getenv("TMPDIR"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"tidy":   tidy,
			"status": status,
			"within": within,
			"gone":   gone,
			"signal": signal,
		},
	}
}

// status N COMMAND... runs a command that must exit with status N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

// within DURATION COMMAND... runs a command that must succeed, and in that time.
func within(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: within DURATION COMMAND...")
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	began := time.Now()
	ts.Check(ts.Exec(args[1], args[2:]...))
	took := time.Since(began).Round(100 * time.Millisecond)
	ts.Logf("took %v: %s", took, strings.Join(args[1:], " "))
	if took > limit {
		ts.Fatalf("it took %v, more than %v", took, limit)
	}
}

// tidy checks that nothing was left behind: no temporary file, and no process
// with the script's directory in its environment.
func tidy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: tidy")
	}
	left, err := os.ReadDir(ts.Getenv("TMPDIR"))
	ts.Check(err)
	for _, f := range left {
		ts.Fatalf("left behind: %s", f.Name())
	}
	for _, p := range processesOf(ts.Getenv("WORK")) {
		ts.Fatalf("still running: %s", p)
	}
}

// gone waits until no process of the script is left, as after a SIGKILL, when
// nobody could wait for them.
func gone(ts *testscript.TestScript, neg bool, args []string) {
	var left []string
	for range 500 {
		if left = processesOf(ts.Getenv("WORK")); len(left) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("still running: %v", left)
}

// signal NAMES PATTERN N COMMAND... runs a command, sends it signals once its
// standard error has PATTERN, and wants exit status N, -1 for a death by signal.
// NAMES are signals and pauses between them, such as TERM,5ms,TERM.
// Its output goes to the files stdout and stderr.
func signal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: signal NAMES PATTERN N COMMAND...")
	}
	out, err := os.Create(ts.MkAbs("stdout"))
	ts.Check(err)
	defer out.Close()
	errs, err := os.Create(ts.MkAbs("stderr"))
	ts.Check(err)
	defer errs.Close()
	cmd := exec.Command(args[3], args[4:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), out, errs
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "WORK", "REFERENCE"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	// Under nohup every child ignores SIGHUP, but for those of a process that handles it.
	handled := make(chan os.Signal, 1)
	ossignal.Notify(handled, unix.SIGHUP)
	defer ossignal.Stop(handled)
	ts.Check(cmd.Start())
	defer time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() }).Stop()
	awaitText(ts, ts.MkAbs("stderr"), args[1])
	for _, name := range strings.Split(args[0], ",") {
		if pause, err := time.ParseDuration(name); err == nil {
			time.Sleep(pause)
			continue
		}
		// It may have ended by the first.
		if err := cmd.Process.Signal(unix.SignalNum("SIG" + name)); !errors.Is(err, os.ErrProcessDone) {
			ts.Check(err)
		}
	}
	_ = cmd.Wait() // the status is looked at next
	if got := fmt.Sprint(cmd.ProcessState.ExitCode()); got != args[2] {
		text, _ := os.ReadFile(ts.MkAbs("stderr"))
		ts.Fatalf("exit status %s, want %s\n%s", got, args[2], text)
	}
}

func awaitText(ts *testscript.TestScript, path, want string) {
	for range 3000 {
		text, err := os.ReadFile(path)
		ts.Check(err)
		if strings.Contains(string(text), want) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s never had %q", path, want)
}

// processesOf lists the processes whose environment names the directory.
func processesOf(work string) []string {
	var found []string
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range paths {
		env, err := os.ReadFile(path)
		if err != nil || !strings.Contains("\x00"+string(env), "\x00WORK="+work+"\x00") {
			continue
		}
		cmdline, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		if len(cmdline) > 0 { // a process that has ended and waits to be reaped has none
			found = append(found, filepath.Base(filepath.Dir(path))+" "+strings.ReplaceAll(string(cmdline), "\x00", " "))
		}
	}
	return found
}
