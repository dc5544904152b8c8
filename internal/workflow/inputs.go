package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/internal/spread"
	"github.com/org/proxy-bench-action/internal/value"
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
	shard         shard.Spec
	merge         bool // the shards of this run
	prepare       bool // head and base for them
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
		{"command", "gate", value.Word(&in.command, commands...)},
		{"config", "", value.Text(&in.config)},
		{"build", "", in.setting("build", "gateway.build")},
		{"start", "", in.setting("start", "gateway.start")},
		{"bundle", "", in.setting("bundle", "gateway.bundle")},
		{"request-path", "", in.setting("request-path", "request.path")},
		{"request-query", "", in.setting("request-query", "request.query")},
		{"request-model", "", in.setting("request-model", "request.model")},
		{"request-headers", "", in.setting("request-headers", "request.headers")},
		{"working-directory", "", value.Text(&in.directory)},
		{"github-token", "${{ github.token }}", value.Text(&in.token)},
		{"threshold", "", in.setting("threshold", "gate.threshold")},
		{"alpha", "", in.setting("alpha", "gate.alpha")},
		{"floor", "", in.setting("floor", "gate.floor")},
		{"time-budget", "", in.setting("time-budget", "measure.time_budget")},
		{"rounds", "", in.setting("rounds", "measure.rounds")},
		{"shard", "", in.part},
		{"shard-by", "", in.setting("shard-by", "measure.shard_by")},
		{"merge", "false", value.Yes(&in.merge, "false")},
		{"prepare", "false", value.Yes(&in.prepare, "false")},
		{"base", "", value.Text(&in.base)},
		{"baseline", "auto", value.Word(&in.baseline, "auto", "artifact", "rebuild", "none")},
		{"baseline-branch", "", value.Text(&in.branch)},
		{"baseline-workflow", "", value.WorkflowFile(&in.workflow)},
		{"baseline-artifact", baselineArtifact, value.Text(&in.artifact)},
		{"behaviour", "", in.setting("behaviour", "gate.behaviour")},
		{"instructions", "", in.setting("instructions", "gate.instructions")},
		{"fail-on", "", in.setting("fail-on", "gate.fail_on")},
		{"comment", "always", value.Word(&in.comment, "always", "changes", "never")},
		{"status", "check", value.Word(&in.status, "check", "commit", "none")},
		{"accept-label", "accept-regression", value.Text(&in.acceptLabel)},
		{"accept-until", "push", value.Word(&in.acceptUntil, "push", "always")},
		{"key", "", value.Key(&in.key)},
		{"settings", "base", value.Word(&in.by, "base", "head")},
		{"cache-dir", "", value.Text(&in.cache)},
		{"retention-days", "", value.Days(&in.retentionDays)},
		{"upload-report", "true", value.Yes(&in.uploadReport, "true")},
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
	if err := in.parts(); err != nil {
		mistakes = append(mistakes, err.Error())
	}
	in.artifact = spread.Keyed(cmp.Or(in.artifact, baselineArtifact), in.key)
	in.result = spread.Keyed(resultArtifact, in.key)
	if len(mistakes) > 0 {
		return in, host.Usagef("inputs of the action: %s", strings.Join(mistakes, "; "))
	}
	return in, nil
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

// part is the shard that the job measures, which is a setting as well.
func (in *inputs) part(value string) (err error) {
	if in.shard, err = shard.Parse(value); err == nil {
		err = in.setting("shard", "measure.shard")(value)
	}
	return err
}

// parts is an error where the inputs ask one job for two parts of a gate.
func (in *inputs) parts() error {
	n := 0
	for _, asked := range []bool{in.sharded(), in.merge, in.prepare} {
		if asked {
			n++
		}
	}
	switch {
	case n > 1:
		return errors.New("shard, merge and prepare: a job does one of the three; the others are other jobs")
	case n > 0 && in.command == "publish":
		return errors.New("shard, merge and prepare: command publish takes none of them, since it answers for what merge has left")
	}
	return nil
}

// sharded says whether the job measures a shard.
func (in *inputs) sharded() bool { return in.shard != shard.Spec{} }
