package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
)

// helpers are what the test binary is when a test runs it with one of these words.
var helpers = map[string]func() int{
	"keeper": func() int {
		k := &keeper{out: os.Stderr, limit: 300 * time.Millisecond, room: roomOf(host.Process())}
		return k.run([]string{os.Args[0], "kept"}, os.Environ())
	},
	"kept": kept,
}

// kept isolates the workspace, leaves a process of the user that waits for the token, and
// ends as it is told to.
func kept() int {
	if _, keeps := Keep(host.Process()); keeps {
		return 90
	}
	s, err := Isolate(host.Process(), "")
	if err != nil {
		fmt.Println(err)
		return 91
	}
	config := s.world.Getenv("GITHUB_WORKSPACE") + "/.git/config"
	thief := exec.Command("setsid", "--fork", "sh", "-c", "until grep -q SECRET "+config+"; do :; done; cat "+config+" >"+s.world.Getenv("GITHUB_WORKSPACE")+"/stolen")
	s.command(bench.Head, thief)
	if err := thief.Run(); err != nil {
		fmt.Println(err)
		return 92
	}
	ctx, stop := host.Interruptible() // before anybody knows that we are ready to be asked
	defer stop()
	score, _ := os.ReadFile("/proc/self/oom_score_adj")
	fmt.Println("isolated", os.Getpid(), strings.TrimSpace(string(score)))
	switch os.Getenv("END") {
	case "early":
		return 7
	case "well":
		if err := s.Close(); err != nil {
			fmt.Println(err)
			return 93
		}
		return 4
	}
	if <-ctx.Done(); os.Getenv("END") == "asked" {
		_ = s.Close()
		return 130
	}
	select {} // deaf
}

// TestKeeper: however our process ends, the runner's files are as they were, and nobody
// has read the token.
func TestKeeper(t *testing.T) {
	for name, c := range map[string]struct {
		end    string
		signal func(keeper, kept int) error
		code   int
		says   string
	}{
		"is killed":              {"", func(_, kept int) error { return unix.Kill(kept, unix.SIGKILL) }, 3, "was killed (killed) before it was done"},
		"crashes":                {"", func(_, kept int) error { return unix.Kill(kept, unix.SIGABRT) }, 2, "ended early"},
		"ends early":             {"early", nil, 7, "ended early"},
		"ends well":              {"well", nil, 4, ""},
		"is asked to end":        {"asked", func(keeper, _ int) error { return unix.Kill(keeper, unix.SIGTERM) }, 130, ""},
		"is asked, and does not": {"deaf", func(keeper, _ int) error { return unix.Kill(keeper, unix.SIGINT) }, 130, "was killed"},
	} {
		t.Run(name, func(t *testing.T) {
			root, w := runnerFiles(t, 1001)
			before := state(t, root)
			keeper := exec.Command(os.Args[0], "keeper")
			keeper.Env = append(w.Environ, "TMPDIR="+root, groupVariable+"="+strconv.Itoa(benchGID), "END="+c.end)
			var said bytes.Buffer
			keeper.Stderr = &said
			out, err := keeper.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := keeper.Start(); err != nil {
				t.Fatal(err)
			}
			// What is printed is read to its end: the keeper holds the other end, too.
			lines := bufio.NewScanner(out)
			lines.Scan()
			pid, score := 0, 0
			if _, err := fmt.Sscanf(lines.Text(), "isolated %d %d", &pid, &score); err != nil {
				t.Fatalf("it says %q\n%s", lines.Text(), said.String())
			}
			if own := scoreOf(t); score <= own {
				t.Errorf("when memory is short it is killed at %d, and its keeper at %d", score, own)
			}
			if thieves, err := processesOf(benchGID); c.end != "well" && c.end != "early" && (err != nil || len(thieves) == 0) {
				t.Errorf("no thief waits, so this test shows nothing: %v", err)
			}
			if c.signal != nil {
				if err := c.signal(keeper.Process.Pid, pid); err != nil {
					t.Fatal(err)
				}
			}
			for lines.Scan() {
			}
			_ = keeper.Wait()
			if code := keeper.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			// With -cover the runtime says that the environment, which is cut, names no directory.
			text := strings.ReplaceAll(said.String(), "warning: GOCOVERDIR not set, no coverage data emitted\n", "")
			if !strings.Contains(text, c.says) || c.says == "" && text != "" {
				t.Errorf("it says %q, want %q", text, c.says)
			}
			if after := state(t, root); !slices.Equal(after, before) {
				t.Errorf("afterwards\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

func scoreOf(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/oom_score_adj")
	score, notNumber := strconv.Atoi(strings.TrimSpace(string(text)))
	if err := errors.Join(err, notNumber); err != nil {
		t.Fatal(err)
	}
	return score
}

// TestNoKeeper: outside a container there is none, whatever the environment says.
func TestNoKeeper(t *testing.T) {
	for _, environ := range [][]string{nil, {journalVariable + "=3"}, {journalVariable + "=x"}} {
		w := host.World{Environ: environ}
		if code, kept := Keep(w); kept || code != 0 || journalOf(w) != nil {
			t.Errorf("%v: kept %v, code %d", environ, kept, code)
		}
	}
}
