package e2e

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/testdata/proof"
	"github.com/org/proxy-bench-action/testdata/series"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestProofTable: the table of a record with lines as they are, and as they were before
// they had findings. `go test ./internal/e2e -run ProofTable -update` writes it.
func TestProofTable(t *testing.T) {
	all, err := series.Read[proof.Decision]("testdata/decisions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	got := []byte(proof.Table(all))
	if *update {
		if err := os.WriteFile("testdata/decisions.md", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/decisions.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestProofRows: each row has what it takes to decide.
func TestProofRows(t *testing.T) {
	places := map[string]int{}
	for i, r := range proof.Rows {
		if places[r.Name] != 0 || r.Is == "" || r.Count == 0 {
			t.Errorf("row %d, %q: its name is taken, or it does not say what it is or how often", i+1, r.Name)
		}
		places[r.Name] = i + 1
		g, ok := proof.Gateways[r.Gateway]
		if !ok {
			t.Errorf("%s: there is no gateway %q", r.Name, r.Gateway)
			continue
		}
		base := g.Configuration()
		if g.Registry != nil {
			base = readFile(t, "../../"+g.Registry.ConfigPath())
		}
		parse(t, r.Name, base)
		if r.Head == nil {
			continue
		}
		switch change := r.Head(figures(t), 1001); {
		case change.Text() == "":
			t.Errorf("%s: head is as base", r.Name)
		case (g.Registry != nil) != (change.Edit != nil):
			t.Errorf("%s: only the configuration of a gateway from a registry can change", r.Name)
		case change.Edit != nil && change.Edit(base) == base:
			t.Errorf("%s: %s has nothing of what %s changes", r.Name, g.Registry.ConfigPath(), change.Says)
		case change.Edit != nil:
			parse(t, r.Name, change.Edit(base))
		}
		if r.Finds != nil && !known(r.Finds.Name) {
			t.Errorf("%s: %s is no behaviour and no diagnosis", r.Name, r.Finds.Name)
		}
	}
	// The seeds of lines on record depend on these.
	for name, place := range map[string]int{"aa": 1, "wait-double": 8, "stall0.3": 9, "one10": 19, "slow30": 26} {
		if places[name] != place {
			t.Errorf("%s is row %d, not %d as it was: add rows at the end", name, places[name], place)
		}
	}
}

func parse(t *testing.T, row, text string) {
	t.Helper()
	if _, err := config.Load(config.ForGating, config.Sources{Name: row, File: []byte(text)}); err != nil {
		t.Errorf("%s: %v", row, err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func known(name string) bool {
	_, seen := behaviour.Describe(bench.BehaviourName(name))
	_, diagnosed := diagnose.Describe(bench.DiagnosisName(name))
	return seen || diagnosed
}

// figures are those of a gateway that takes 2 ms where the backend takes 1.
func figures(t *testing.T) proof.Figures {
	t.Helper()
	var run bench.Run
	for _, scenario := range []string{"json/c1/10KB", "sse/c1/10KB"} {
		for arm, seconds := range map[bench.Arm]float64{bench.Direct: 1e-3, bench.Head: 2e-3} {
			run.Rounds = append(run.Rounds, bench.Round{Arm: arm, Scenario: scenario, Metrics: map[bench.Metric]float64{
				bench.LatencyP50: seconds, bench.TotalP50: seconds, bench.CPUPerRequest: 1e-4, bench.RSSPeak: 20 << 20,
			}})
		}
	}
	f, err := proof.FiguresOf(run)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestProofStrengths: faults are shares of what was measured.
func TestProofStrengths(t *testing.T) {
	for name, want := range map[string]string{
		"relink": "-randlayout=2", "wait-double": "-fault burn=1000000ns", "stall0.3": "-fault pause=0.3%",
		"all5": "-fault burn=50000ns", "one10": "-fault burn=100000ns -only json/c1/10KB", "cpu20": "-fault burn-after=20000ns",
		"memory": "-fault memory=10240KB", "latency10": "-fault burn=200000ns -only json/c1/10KB", "litellm30": "callback of 0.30 ms",
	} {
		row, _ := proof.Named(name)
		if got := row.Head(figures(t), 5001).Text(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	_, err := proof.FiguresOf(bench.Run{})
	testenv.WantError(t, err, "not measured wholly")
}

func TestProofCommand(t *testing.T) {
	for line, want := range map[string]string{
		"":                    "",
		"d.jsonl":             "",
		"d.jsonl aa=3 slow=0": "",
		"table d.jsonl":       "",
		"try 20s aa slow":     "",
		"table":               "a table is of one FILE",
		"table a b":           "a table is of one FILE",
		"try":                 "needs the time budget",
		"try soon aa":         "soon is no time budget",
		"try 20s ab":          "ab=1: want ROW=COUNT with a row of: aa, aa-go",
		"d.jsonl ab=3":        "ab=3: want ROW=COUNT",
		"d.jsonl aa":          "aa: want ROW=COUNT",
		"d.jsonl aa=many":     "aa=many: want ROW=COUNT",
		"d.jsonl aa=-1":       "aa=-1: want ROW=COUNT",
	} {
		_, err := proof.Parse(strings.Fields(line))
		testenv.WantError(t, err, want)
	}
	c, err := proof.Parse([]string{"d.jsonl"})
	if err != nil || c.File != "d.jsonl" || c.Want["aa"] != 30 || len(c.Want) != len(proof.Rows) {
		t.Errorf("%v, %+v", err, c)
	}
	if text := proof.Usage(); !strings.Contains(text, "litellm30") {
		t.Error("the usage has no rows")
	}
}

// TestProofTake: a line has what a verdict says, and of findings only what base and head do
// not share.
func TestProofTake(t *testing.T) {
	v := bench.Verdict{
		Outcome:   bench.Regression,
		Scenarios: []bench.ScenarioVerdict{{Scenario: "json/c1/10KB", Outcome: bench.Regression}, {Scenario: "sse/c1/10KB", Outcome: bench.Pass}},
		Groups:    []bench.Group{{Group: "all", Outcome: bench.Regression}},
		Notes:     []bench.Note{{Group: "sse"}, {Group: "json"}, {Group: "sse"}},
		Work:      []bench.WorkChange{{Scenario: "json/c1/100B", What: bench.Instructions, Outcome: bench.Regression}},
		Behaviours: []bench.BehaviourChange{
			{Behaviour: "asks-twice", Harm: true, Change: bench.ChangeNew, Outcome: bench.Regression, Text: "twice"},
			{Behaviour: "holds-head", Change: bench.ChangeKept},
		},
		Diagnoses: []bench.Diagnosis{{Name: "delayed-ack-stall", Change: bench.ChangeGone}, {Name: "fixed-cost", Change: bench.ChangeKept}},
		Comparisons: []bench.Comparison{
			{Scenario: "json/c1/10KB", Metric: bench.LatencyTypical, Change: new(0.3)},
			{Scenario: "sse/c1/10KB", Metric: bench.TotalTypical, Change: new(0.1)},
			{Scenario: "sse/c1/10KB", Metric: bench.CPUPerRequest, Change: new(9.0)},
		},
	}
	var d proof.Decision
	d.Take(bench.Run{Spent: &bench.Spent{Timing: 90}, Plan: bench.Plan{LeftOut: []string{"json/c50/1KB"}}}, v, "")
	if got := strings.Join(d.Regressions, ", "); got != "json/c1/10KB, group all, behaviour asks-twice, instructions of json/c1/100B" {
		t.Errorf("regressions: %s", got)
	}
	if strings.Join(d.Noted, " ") != "json sse" || len(d.LeftOut) != 1 || d.Spent.Timing != 90 || d.Change == nil || *d.Change != 0.2 {
		t.Errorf("%+v", d)
	}
	if len(d.Findings) != 2 || !d.Findings[0].New() || d.Findings[1].New() {
		t.Errorf("findings: %+v", d.Findings)
	}
	if d.Take(bench.Run{}, v, "json/c1/10KB"); *d.Change != 0.3 {
		t.Errorf("change of one scenario: %v", *d.Change)
	}
	upgrade, _ := proof.Named("agentic-upgrade")
	nagle, _ := proof.Named("nginx-nagle")
	if !upgrade.Found(d) || nagle.Found(d) {
		t.Error("a stall that is gone is not what nginx-nagle has to show, and is what the upgrade has to")
	}
}

// TestSeries: rows take turns, what is on record is not made again, and a line that was cut
// is named.
func TestSeries(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lines.jsonl")
	type line struct {
		Row string
		N   int
	}
	made := func() (rows string) {
		before, err := series.Read[line](file)
		if err != nil {
			t.Fatal(err)
		}
		done := func(row string, n int) bool { return slices.Contains(before, line{row, n}) }
		err = series.Turns([]string{"a", "b", "c"}, map[string]int{"a": 3, "b": 1}, done, func(row string, n int) error {
			rows += row
			if len(rows) > 2 {
				return errors.New("stopped")
			}
			return series.Append(file, line{row, n})
		})
		if err != nil {
			rows += ": " + err.Error()
		}
		return rows
	}
	for _, want := range []string{"aba: a 2: stopped", "aa", ""} {
		if got := made(); got != want {
			t.Errorf("made %q, want %q", got, want)
		}
	}
	if err := os.WriteFile(file, []byte("{\"Row\": \"a\"}\n{\"Row\": \n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := series.Read[line](file)
	testenv.WantError(t, err, "line 2: unexpected EOF; remove the line")
}
