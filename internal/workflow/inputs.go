package workflow

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
)

// inputs are those of action.yml.
type inputs struct {
	command       string // gate or publish
	config        string
	directory     string // working directory, in the workspace
	token         string
	base          string // branch, tag or commit to compare with, or latest-release; empty: what the event says
	baseline      string // auto, artifact, rebuild or none
	branch        string // whose runs leave baselines; empty: what the event says
	workflow      string // file of the workflow that leaves baselines; empty: this one
	artifact      string // name of the baseline's artifact, with the key
	result        string // name of the result's artifact, with the key
	key           string
	comment       string // always, changes or never
	status        string // check, commit or none
	acceptLabel   string
	acceptUntil   string // push or always
	cache         string
	by            string // base or head: whose settings decide about a pull request
	retentionDays int    // 0: what the repository has set
	uploadReport  bool
	settings      []config.Override
}

// The names of the artifacts, to which a key is added.
const (
	baselineArtifact = "proxy-bench-baseline"
	resultArtifact   = "proxy-bench-result"
)

// input is a row of the table of inputs.
type input struct {
	name   string
	preset string // the default in action.yml
	parse  func(value string) error
}

// table has the inputs in the order of action.yml, each with what it sets. An
// input that is not given is parsed as empty.
func (in *inputs) table() []input {
	return []input{
		{"command", "gate", word(&in.command, commands...)},
		{"config", "", text(&in.config)},
		{"build", "", in.setting("build", "gateway.build")},
		{"start", "", in.setting("start", "gateway.start")},
		{"bundle", "", in.setting("bundle", "gateway.bundle")},
		{"request-path", "", in.setting("request-path", "request.path")},
		{"request-query", "", in.setting("request-query", "request.query")},
		{"request-model", "", in.setting("request-model", "request.model")},
		{"request-headers", "", in.setting("request-headers", "request.headers")},
		{"working-directory", "", text(&in.directory)},
		{"github-token", "${{ github.token }}", text(&in.token)},
		{"threshold", "", in.setting("threshold", "gate.threshold")},
		{"alpha", "", in.setting("alpha", "gate.alpha")},
		{"floor", "", in.setting("floor", "gate.floor")},
		{"time-budget", "", in.setting("time-budget", "measure.time_budget")},
		{"rounds", "", in.setting("rounds", "measure.rounds")},
		{"base", "", text(&in.base)},
		{"baseline", "auto", word(&in.baseline, "auto", "artifact", "rebuild", "none")},
		{"baseline-branch", "", text(&in.branch)},
		{"baseline-workflow", "", workflowFile(&in.workflow)},
		{"baseline-artifact", baselineArtifact, text(&in.artifact)},
		{"behaviour", "", in.setting("behaviour", "gate.behaviour")},
		{"instructions", "", in.setting("instructions", "gate.instructions")},
		{"fail-on", "", in.setting("fail-on", "gate.fail_on")},
		{"comment", "always", word(&in.comment, "always", "changes", "never")},
		{"status", "check", word(&in.status, "check", "commit", "none")},
		{"accept-label", "accept-regression", text(&in.acceptLabel)},
		{"accept-until", "push", word(&in.acceptUntil, "push", "always")},
		{"key", "", key(&in.key)},
		{"settings", "base", word(&in.by, "base", "head")},
		{"cache-dir", "", text(&in.cache)},
		{"retention-days", "", days(&in.retentionDays)},
		{"upload-report", "true", yes(&in.uploadReport)},
	}
}

// commands are those of a step of the action.
var commands = []string{"gate", "publish"}

// readInputs reads all inputs and reports every mistake in them. The command is
// the program's argument.
func readInputs(r *actions.Runner, args []string) (inputs, error) {
	var in inputs
	var mistakes []string
	for _, row := range in.table() {
		value := r.Input(row.name)
		if row.name == "command" {
			value = strings.Join(args, " ")
		}
		if err := row.parse(value); err != nil {
			mistakes = append(mistakes, fmt.Sprintf("%s: %v", row.name, err))
		}
	}
	in.artifact = keyed(cmp.Or(in.artifact, baselineArtifact), in.key)
	in.result = keyed(resultArtifact, in.key)
	if len(mistakes) > 0 {
		return in, host.Usagef("inputs of the action: %s", strings.Join(mistakes, "; "))
	}
	return in, nil
}

func keyed(name, key string) string {
	if key == "" {
		return name
	}
	return name + "-" + key
}

func text(to *string) func(string) error {
	return func(value string) error {
		*to = value
		return nil
	}
}

// word is one of the words allowed; the first is the default.
func word(to *string, allowed ...string) func(string) error {
	return func(value string) error {
		*to = cmp.Or(value, allowed[0])
		if !slices.Contains(allowed, *to) {
			return fmt.Errorf("%q is not one of %s", value, strings.Join(allowed, ", "))
		}
		return nil
	}
}

// yes is true or false, by default true.
func yes(to *bool) func(string) error {
	return func(value string) error {
		var said string
		err := word(&said, "true", "false")(value)
		*to = said == "true"
		return err
	}
}

// setting is an input that stands for a setting of the configuration.
func (in *inputs) setting(name, path string) func(string) error {
	return func(value string) error {
		if value != "" {
			in.settings = append(in.settings, config.Override{Path: path, Value: value, Origin: "input " + name})
		}
		return nil
	}
}

// key becomes part of the name of an artifact, of a check and of a marker.
func key(to *string) func(string) error {
	plain := regexp.MustCompile(`^[A-Za-z0-9._-]{0,50}$`)
	return func(value string) error {
		*to = value
		if !plain.MatchString(value) {
			return fmt.Errorf("%q is not made of at most 50 letters, digits and . _ -", value)
		}
		return nil
	}
}

// workflowFile is the name of a workflow's file. It goes into the path of requests, and
// GitHub takes no directories below .github/workflows.
func workflowFile(to *string) func(string) error {
	plain := regexp.MustCompile(`^[^/\\\x00-\x1f]{1,200}\.ya?ml$`)
	return func(value string) error {
		*to = value
		if value != "" && !plain.MatchString(value) {
			return fmt.Errorf("%q is not the name of a file in .github/workflows, such as main.yml", value)
		}
		return nil
	}
}

// days is a number of days, which is 0 when none is given.
func days(to *int) func(string) error {
	return func(value string) (err error) {
		if value == "" {
			return nil
		}
		if *to, err = strconv.Atoi(value); err != nil || *to < 1 || *to > 400 { // the most that any plan allows
			return fmt.Errorf("%q is not a number from 1 to 400", value)
		}
		return nil
	}
}
