package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/faults"
)

// TestEveryHarmHasAFault: what a gate decides by can be made to happen.
func TestEveryHarmHasAFault(t *testing.T) {
	for _, b := range behaviour.All() {
		if b.Harm && !slices.ContainsFunc(faults.All, func(f faults.Fault) bool { return f.Name == b.Name }) {
			t.Errorf("no fault makes a gateway that %s (%s): add a switch of the reference gateway, and a row in testdata/faults", b.Title, b.Name)
		}
	}
	for _, f := range faults.All {
		for _, name := range append(slices.Clone(f.Also), f.Name) {
			if _, ok := behaviour.Describe(name); !ok {
				t.Errorf("%s is found as %s, which is no behaviour", f.Switch, name)
			}
		}
	}
}

// TestFaultsPage: the table of docs/faults.md is what was counted. .ci/faults counts, and
// `go test ./internal/e2e -run FaultsPage -update` writes the page.
func TestFaultsPage(t *testing.T) {
	data, err := os.ReadFile("../../" + faults.File)
	if err != nil {
		t.Fatal(err)
	}
	var all []faults.Count
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../" + faults.PageFile)
	if err != nil {
		t.Fatal(err)
	}
	text, err := faults.Page(string(page), all)
	switch {
	case err != nil:
		t.Fatal(err)
	case text == string(page):
	case *update:
		if err := os.WriteFile("../../"+faults.PageFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what %s says; -update writes it", faults.PageFile, faults.File)
	}
}

// TestJudge: what is new by its name is found; other harm that is new is wrong.
func TestJudge(t *testing.T) {
	f := faults.Fault{Name: "asks-twice", Also: []bench.BehaviourName{"holds-events"}}
	for name, c := range map[string]struct {
		change bench.BehaviourChange
		found  bool
		wrong  int
	}{
		"new":            {bench.BehaviourChange{Behaviour: "asks-twice", Harm: true, Change: bench.ChangeNew}, true, 0},
		"one pair":       {bench.BehaviourChange{Behaviour: "asks-twice", Harm: true, Change: bench.ChangeUndecided}, true, 0},
		"kept":           {bench.BehaviourChange{Behaviour: "asks-twice", Harm: true, Change: bench.ChangeKept}, false, 0},
		"sometimes":      {bench.BehaviourChange{Behaviour: "asks-twice", Harm: true, Change: bench.ChangeSometimes}, false, 0},
		"another side":   {bench.BehaviourChange{Behaviour: "holds-events", Harm: true, Change: bench.ChangeNew}, false, 0},
		"another harm":   {bench.BehaviourChange{Behaviour: "ends-late", Harm: true, Change: bench.ChangeNew}, false, 1},
		"a change, told": {bench.BehaviourChange{Behaviour: "retries", Change: bench.ChangeNew}, false, 0},
	} {
		if found, wrong := f.Judge([]bench.BehaviourChange{c.change}); found != c.found || len(wrong) != c.wrong {
			t.Errorf("%s: found %v, wrong %q", name, found, wrong)
		}
	}
}
