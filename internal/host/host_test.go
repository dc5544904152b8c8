package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, ExitOK},
		{Exit(ExitOK), ExitOK},
		{errors.Join(Usagef("flag %s", "x")), ExitUsage},
		{Usage(errors.New("x")), ExitUsage},
		{fmt.Errorf("gate: %w", Exit(ExitRegression)), ExitRegression},
		{errors.Join(ErrInterrupted, errors.New("x")), ExitInterrupted},
		{errors.New("x"), ExitFailed},
	} {
		if got := Status(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestGetenv(t *testing.T) {
	w := World{Environ: []string{"AB=x", "A=1=2", "A=later"}}
	if got := w.Getenv("A"); got != "1=2" {
		t.Errorf("A is %q", got)
	}
	if got := w.Getenv("B"); got != "" {
		t.Errorf("B is %q", got)
	}
}

// TestPageHasTheExitCodes: the table of docs/commands.md is this one, in its order.
func TestPageHasTheExitCodes(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "commands.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := "| exit status | means |\n|---|---|\n"
	for _, c := range ExitCodes() {
		want += fmt.Sprintf("| %d | %s |\n", c.Code, c.Meaning)
	}
	if !strings.Contains(string(page), want) {
		t.Errorf("the table of exit codes of docs/commands.md has to be\n%s", want)
	}
	if !slices.IsSortedFunc(ExitCodes(), func(a, b ExitCode) int { return a.Code - b.Code }) {
		t.Error("the codes are not in order")
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		outcome  bench.Outcome
		failOn   []bench.Outcome
		accepted bool
		want     int
	}{
		{bench.Regression, []bench.Outcome{bench.Regression}, false, ExitRegression},
		{bench.Regression, []bench.Outcome{bench.Regression}, true, ExitOK},
		{bench.Regression, nil, false, ExitOK},
		{bench.Inconclusive, []bench.Outcome{bench.Regression}, false, ExitOK},
		{bench.Inconclusive, []bench.Outcome{bench.Regression, bench.Inconclusive}, false, ExitInconclusive},
		{bench.Pass, []bench.Outcome{bench.Regression, bench.Inconclusive}, false, ExitOK},
		{bench.Improvement, []bench.Outcome{bench.Regression}, false, ExitOK},
		{bench.NoBaseline, []bench.Outcome{bench.Regression, bench.Inconclusive}, false, ExitOK},
		{bench.NoBaseline, []bench.Outcome{bench.Regression, bench.NoBaseline}, false, ExitInconclusive},
	} {
		if got := Verdict(c.outcome, c.failOn, c.accepted); got != c.want {
			t.Errorf("%s, fail on %v, accepted %v: exit %d, want %d", c.outcome, c.failOn, c.accepted, got, c.want)
		}
	}
}
