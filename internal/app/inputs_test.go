package app

import (
	"io"
	"os"
	"reflect"
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
	return readInputs(actions.NewRunner(getenv, io.Discard))
}

func TestInputsOfNothing(t *testing.T) {
	got, err := inputsOf(nil)
	want := inputs{
		baseline: "auto", artifact: "proxy-bench-baseline", result: "proxy-bench-result",
		comment: "always", status: "check", uploadReport: true,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, error %v, want %+v", got, err, want)
	}
}

func TestInputs(t *testing.T) {
	got, err := inputsOf(map[string]string{
		"key": "axum", "baseline": "rebuild", "comment": "changes", "status": "none", "retention-days": "30",
		"upload-report": "false", "fail-on": "never", "threshold": " 20% ", "bundle": "a\nb",
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
	if got.uploadReport || got.retentionDays != 30 {
		t.Errorf("%+v", got)
	}
}

func TestEveryWrongInputIsReported(t *testing.T) {
	_, err := inputsOf(map[string]string{
		"baseline": "main", "comment": "yes", "status": "red", "upload-report": "maybe", "retention-days": "0", "key": "a/b",
	})
	if host.Status(err) != host.ExitUsage {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{`baseline: "main" is not one of auto, artifact, rebuild, none`, `comment: "yes"`, `status: "red"`, `upload-report: "maybe"`, `retention-days: "0"`, `key: "a/b"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

// What action.yml offers is what is read, and its defaults are ours.
func TestInputsAreThoseOfTheAction(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs map[string]struct{ Default string }
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	given := map[string]string{}
	for name, input := range action.Inputs {
		given[name] = input.Default
	}
	getenv := func(name string) string {
		name = strings.ToLower(strings.TrimPrefix(name, "INPUT_"))
		asked[name] = true
		return given[name]
	}
	offered, err := readInputs(actions.NewRunner(getenv, io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	for name := range action.Inputs {
		if !asked[name] && name != "command" { // that is the program's argument
			t.Errorf("action.yml offers %s, which nobody reads", name)
		}
	}
	for name := range asked {
		if _, ok := action.Inputs[name]; !ok {
			t.Errorf("%s is read, and action.yml does not offer it", name)
		}
	}
	ours, err := inputsOf(nil)
	if err != nil {
		t.Fatal(err)
	}
	ours.token, ours.acceptLabel = offered.token, offered.acceptLabel // only action.yml knows them
	if !reflect.DeepEqual(offered, ours) {
		t.Errorf("the defaults of action.yml come to %+v, none to %+v", offered, ours)
	}
}
