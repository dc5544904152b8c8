package actions

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// step is a Runner with command files in a directory of its own.
func step(t *testing.T, env map[string]string) (r *Runner, log *strings.Builder, files func(name string) string) {
	dir := t.TempDir()
	if env == nil {
		env = map[string]string{}
	}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"} {
		if _, ok := env[name]; !ok {
			env[name] = filepath.Join(dir, name)
			if err := os.WriteFile(env[name], nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	log = &strings.Builder{}
	return NewRunner(func(name string) string { return env[name] }, log), log, func(name string) string {
		data, err := os.ReadFile(env[name])
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

func TestInput(t *testing.T) {
	r, _, _ := step(t, map[string]string{"INPUT_FAIL-ON": " never\n", "INPUT_WORKING_DIR": "x"})
	for name, want := range map[string]string{"fail-on": "never", "working dir": "x", "fail_on": "", "missing": ""} {
		if got := r.Input(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestCommands(t *testing.T) {
	r, log, _ := step(t, nil)
	r.Group("a\nb")
	r.EndGroup()
	r.Mask("s%cret")
	r.Mask(" ")
	r.Notice("100%\r\n::error::x")
	r.Warning("w", "a,b:c.go")
	r.Error("e", "x.go")
	r.Error("no file", "")
	want := "::group::a%0Ab\n::endgroup::\n::add-mask::s%25cret\n::notice::100%25%0D%0A::error::x\n" +
		"::warning file=a%2Cb%3Ac.go,line=1::w\n::error file=x.go,line=1::e\n::error::no file\n"
	if log.String() != want {
		t.Errorf("got\n%s\nwant\n%s", log, want)
	}
}

// broken is a log that nobody reads any more.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestBrokenLog(t *testing.T) {
	r := NewRunner(func(string) string { return "" }, broken{})
	r.Error("e", "") // the library would panic
	if _, err := r.Untrusted().Write([]byte("x")); err == nil {
		t.Error("the writer of the gateway's output hides that it is lost")
	}
	r.Resume()
}

func TestOutput(t *testing.T) {
	r, _, files := step(t, nil)
	hostile := "line\n_GitHubActionsFileCommandDelimeter_\nverdict=pass\n\xff"
	for _, value := range []string{hostile, ""} {
		if err := r.Output("summary", value); err != nil {
			t.Fatal(err)
		}
	}
	// One output after the other, each between lines that it cannot know.
	blocks := regexp.MustCompile(`(?s)\Asummary<<([A-Z2-7]{26})\n(.*)\n([A-Z2-7]{26})\nsummary<<([A-Z2-7]{26})\n\n([A-Z2-7]{26})\n\z`).FindStringSubmatch(files("GITHUB_OUTPUT"))
	if blocks == nil || blocks[1] != blocks[3] || blocks[4] != blocks[5] || blocks[1] == blocks[4] {
		t.Fatalf("the file is\n%s", files("GITHUB_OUTPUT"))
	}
	if want := strings.Replace(hostile, "\xff", "\uFFFD", 1); blocks[2] != want {
		t.Errorf("the value is %q, want %q", blocks[2], want)
	}
	for _, name := range []string{"", "a=b", "a<<b", "a\nb"} {
		wantError(t, r.Output(name, "x"), "its name has to be")
	}
	wantError(t, r.Output("big", strings.Repeat("x", maxOutput+1)), "1048577 bytes, GitHub takes 1048576")
}

func TestMissingCommandFiles(t *testing.T) {
	r, _, _ := step(t, map[string]string{"GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": "/nowhere/at/all"})
	wantError(t, r.Output("verdict", "pass"), `setting the output "verdict": GITHUB_OUTPUT is not set`)
	wantError(t, r.Summary("x"), "writing the job summary: GITHUB_STEP_SUMMARY: open /nowhere/at/all: no such file")
}

func TestSummary(t *testing.T) {
	r, _, files := step(t, nil)
	for _, part := range []string{"# One", "two\n"} {
		if err := r.Summary(part); err != nil {
			t.Fatal(err)
		}
	}
	if got := files("GITHUB_STEP_SUMMARY"); got != "# One\ntwo\n\n" {
		t.Errorf("%q", got)
	}
}

func TestSummaryIsCut(t *testing.T) {
	for name, c := range map[string]struct{ text, ends string }{
		"fits":      {strings.Repeat("x", maxSummary-1), "x\n"},
		"at a line": {strings.Repeat("é, a line of it\n", maxSummary/16), "of it\n" + summaryCut},
		"one line":  {strings.Repeat("é", maxSummary), "é" + summaryCut},
		"odd":       {"x" + strings.Repeat("é", maxSummary), "é" + summaryCut},
	} {
		t.Run(name, func(t *testing.T) {
			r, _, files := step(t, nil)
			if err := r.Summary(c.text); err != nil {
				t.Fatal(err)
			}
			got := files("GITHUB_STEP_SUMMARY")
			if len(got) > maxSummary || len(got) < maxSummary-100 || !strings.HasSuffix(got, c.ends) {
				t.Errorf("%d bytes that end in %q", len(got), got[len(got)-100:])
			}
			wantError(t, r.Summary(c.text), "it is full")
		})
	}
}
