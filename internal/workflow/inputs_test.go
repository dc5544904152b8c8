package workflow

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
)

// inputsOf reads inputs as the runner hands them over.
func inputsOf(given map[string]string) (inputs, error) {
	getenv := func(name string) string { return given[strings.ToLower(strings.TrimPrefix(name, "INPUT_"))] }
	return readInputs(actions.NewRunner(getenv, io.Discard), []string{"gate"})
}

func TestInputsOfNothing(t *testing.T) {
	got, err := inputsOf(nil)
	want := inputs{
		command: "gate", baseline: "auto", artifact: "proxy-bench-baseline", result: "proxy-bench-result",
		comment: "always", status: "check", acceptUntil: "push", by: "base", uploadReport: true,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, error %v, want %+v", got, err, want)
	}
}

func TestInputs(t *testing.T) {
	got, err := inputsOf(map[string]string{
		"key": "axum", "baseline": "rebuild", "comment": "changes", "status": "none", "retention-days": "30",
		"upload-report": "false", "fail-on": "never", "threshold": " 20% ", "bundle": "a\nb", "baseline-workflow": "main bench.yaml",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.artifact != "proxy-bench-baseline-axum" || got.result != "proxy-bench-result-axum" {
		t.Errorf("artifacts %q and %q", got.artifact, got.result)
	}
	want := []config.Override{
		{Path: "gateway.bundle", Value: "a\nb", Origin: "input bundle"},
		{Path: "gate.threshold", Value: "20%", Origin: "input threshold"},
		{Path: "gate.fail_on", Value: "never", Origin: "input fail-on"},
	}
	if !reflect.DeepEqual(got.settings, want) {
		t.Errorf("settings %+v, want %+v", got.settings, want)
	}
	if got.uploadReport || got.workflow != "main bench.yaml" || got.retentionDays != 30 {
		t.Errorf("%+v", got)
	}
}

func TestEveryWrongInputIsReported(t *testing.T) {
	_, err := inputsOf(map[string]string{
		"baseline": "main", "comment": "yes", "status": "red", "accept-until": "never", "upload-report": "maybe", "retention-days": "0", "key": "a/b", "baseline-workflow": ".github/workflows/ci.yml",
	})
	if host.Status(err) != host.ExitUsage {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{`baseline: "main" is not one of auto, artifact, rebuild, none`, `comment: "yes"`, `accept-until: "never"`, `status: "red"`, `upload-report: "maybe"`, `retention-days: "0"`, `key: "a/b"`, `baseline-workflow: ".github/workflows/ci.yml" is not the name of a file in .github/workflows`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

// TestActionHasTheInputs: action.yml offers what the table has, in its order and
// with its defaults.
func TestActionHasTheInputs(t *testing.T) {
	file, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct{ Inputs yaml.Node }
	if err := yaml.Unmarshal(file, &action); err != nil {
		t.Fatal(err)
	}
	var offered, want []string
	each(t, action.Inputs, func(name string, about description) {
		offered = append(offered, fmt.Sprintf("%s: %q", name, about.Default))
	})
	for _, row := range new(inputs).table() {
		want = append(want, fmt.Sprintf("%s: %q", row.name, row.preset))
	}
	only := func(these, those []string) []string {
		return slices.DeleteFunc(slices.Clone(these), func(s string) bool { return slices.Contains(those, s) })
	}
	if extra, missing := only(offered, want), only(want, offered); len(extra)+len(missing) > 0 {
		t.Errorf("action.yml alone has %q, the table alone %q", extra, missing)
	} else if !slices.Equal(offered, want) {
		t.Errorf("the order of action.yml is\n%q\nthat of the table\n%q", offered, want)
	}
}

// TestDefaultsOfTheAction: where the defaults of action.yml are not given, they
// hold all the same, but for a token and the label.
func TestDefaultsOfTheAction(t *testing.T) {
	given := map[string]string{}
	for _, row := range new(inputs).table() {
		given[row.name] = row.preset
	}
	offered, err := inputsOf(given)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := inputsOf(nil)
	if err != nil {
		t.Fatal(err)
	}
	ours.token, ours.acceptLabel = offered.token, offered.acceptLabel
	if !reflect.DeepEqual(offered, ours) {
		t.Errorf("the defaults of action.yml come to %+v, none to %+v", offered, ours)
	}
}

// TestInputsNameSettings: what an input stands for is a setting of the configuration.
func TestInputsNameSettings(t *testing.T) {
	var in inputs
	for _, row := range in.table() {
		_ = row.parse("1") // whether the input takes it does not matter here
	}
	if len(in.settings) == 0 {
		t.Fatal("no input stands for a setting")
	}
	for _, s := range in.settings {
		_, err := config.Load(config.ForMock, config.Sources{Overrides: []config.Override{s}})
		if err != nil && strings.Contains(err.Error(), "is not a setting") {
			t.Error(err)
		}
	}
}

// TestEveryInputIsRead: code of the package uses each field of inputs, besides the
// table that fills it.
func TestEveryInputIsRead(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := make(map[string]bool)
	for _, path := range files {
		if path == "inputs.go" || strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range regexp.MustCompile(`\binputs\.(\w+)`).FindAllStringSubmatch(string(text), -1) {
			read[use[1]] = true
		}
	}
	for field := range reflect.TypeFor[inputs]().Fields() {
		if !read[field.Name] {
			t.Errorf("nobody reads the input %s", field.Name)
		}
	}
}
