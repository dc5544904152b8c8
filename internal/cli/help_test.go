package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/shell"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
)

func said(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := command(t.Context(), host.World{Args: args, Stdout: &out, Stderr: io.Discard}); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return out.String()
}

// TestHelp: the help of each command has its exit statuses and two examples that are right,
// by whichever way it is asked for.
func TestHelp(t *testing.T) {
	parser, err := newParser(host.World{Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range parser.Model.Children {
		text := said(t, "help", c.Name)
		if other := said(t, c.Name, "--help"); other != text {
			t.Errorf("%s: --help says otherwise than help", c.Name)
		}
		if !strings.Contains(text, "Exit status:") {
			t.Errorf("%s: no exit statuses", c.Name)
		}
		_, examples, _ := strings.Cut(text, "\nExamples")
		examples, _, _ = strings.Cut(examples, "\nFlags:")
		n := 0
		for line := range strings.Lines(examples) {
			if strings.TrimSpace(line) != "" {
				n++
			}
			line, _, _ = strings.Cut(strings.TrimSpace(line), " >") // where a shell sends the output
			example, ok := strings.CutPrefix(line, "proxy-bench ")
			if !ok || strings.HasPrefix(example, "completion ") || example == "--version" {
				continue
			}
			words, err := shell.Fields(example, func(name string) string { return "$" + name })
			if err != nil {
				t.Error(err)
			}
			again, _ := newParser(host.World{Stdout: io.Discard, Stderr: io.Discard})
			if _, err := again.Parse(words); err != nil {
				t.Errorf("%s: the example %q: %v", c.Name, line, err)
			}
		}
		if n < 2 {
			t.Errorf("%s: %d examples", c.Name, n)
		}
	}
}

// TestHelpHasTheDefaults: a flag in place of a setting says the setting's default, and says
// that it is one.
func TestHelpHasTheDefaults(t *testing.T) {
	text := strings.Join(strings.Fields(said(t, "gate", "--help")), " ")
	for flag, path := range map[string]string{"--time-budget": "measure.time_budget", "--fail-on": "gate.fail_on", "--body": "suite.body", "--api": "request.api", "--threshold": "gate.threshold"} {
		_, after, _ := strings.Cut(text, flag+"=")
		after, _, _ = strings.Cut(after, " --")
		if want := "(default: " + config.Default(path) + ")"; !strings.Contains(after, want) {
			t.Errorf("%s: %q, want %q in it", flag, after, want)
		}
	}
	if text := said(t, "calibrate", "--help"); !strings.Contains(text, "(default: 400)") {
		t.Error("the default of calibrate --trials is not said")
	}
}

func TestVersionCommand(t *testing.T) {
	if got := said(t, "version"); got != host.Version()+"\n" || got != said(t, "--version") {
		t.Errorf("version says %q", got)
	}
}

// TestMistakenWords: a command or flag that is nearly right gets the right one.
func TestMistakenWords(t *testing.T) {
	for args, want := range map[string]string{
		"gat":                   `did you mean "gate"`,
		"help chek":             `did you mean "check"`,
		"run --qick":            `did you mean "--quick"`,
		"gate --treshold 5%":    `did you mean "--threshold"`,
		"--verison":             `did you mean "--version"`,
		"report x --format htm": "did you mean html?",
		"run --rounds":          "--rounds needs a value: --rounds=…; see proxy-bench run --help",
		"completion tcsh":       "bash",
		"run extra":             "there is no command or argument extra; see proxy-bench run --help",
		"compare a b c":         "one result or two",
		"count --rounds 3":      "unknown flag --rounds", // which would have no effect
		"check --quick":         "unknown flag --quick",
	} {
		err := command(t.Context(), host.World{Args: strings.Fields(args), Stdout: io.Discard, Stderr: io.Discard})
		if err == nil || !host.IsUsage(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", args, err, want)
		}
	}
}

// TestCompletion: each script has every command and flag, the shell that is here takes it,
// and bash completes by it.
func TestCompletion(t *testing.T) {
	for _, name := range []string{"bash", "zsh", "fish"} {
		script := said(t, "completion", name)
		for _, want := range []string{"gate", "calibrate", "save-baseline", "knee-p99"} {
			if !strings.Contains(script, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if path, err := exec.LookPath(name); err == nil {
			if out, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
		if name != "bash" {
			continue
		}
		for line, want := range map[string]string{
			"proxy-bench ga":          "gate",
			"proxy-bench gate --base": "--base --baseline",
			"proxy-bench help cal":    "calibrate",
			"proxy-bench completion ": "bash zsh fish",
			"proxy-bench report resu": "",
		} {
			words := strings.Split(line, " ")
			ask := `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _proxy_bench; echo "${COMPREPLY[*]}"`
			out, err := exec.Command("bash", append([]string{"-c", ask, file}, words...)...).CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != want {
				t.Errorf("%q is completed with %q, want %q (%v)", line, got, want, err)
			}
		}
	}
}
