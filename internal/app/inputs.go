package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
)

// inputs are those of action.yml that are not settings of the configuration.
type inputs struct {
	config        string
	directory     string // working directory, in the workspace
	token         string
	baseline      string // auto, artifact, rebuild or none
	branch        string // whose runs leave baselines; empty: what the event says
	artifact      string // name of the baseline's artifact, with the key
	result        string // name of the result's artifact, with the key
	key           string
	comment       string // always, changes or never
	status        string // check, commit or none
	acceptLabel   string
	cache         string
	retentionDays int // 0: what the repository has set
	uploadReport  bool
	settings      []config.Override
}

// The names of the artifacts, to which a key is added.
const (
	baselineArtifact = "proxy-bench-baseline"
	resultArtifact   = "proxy-bench-result"
)

// settingInputs are the inputs that stand for a setting of the configuration.
var settingInputs = []struct{ input, path string }{
	{"build", "gateway.build"},
	{"start", "gateway.start"},
	{"bundle", "gateway.bundle"},
	{"threshold", "gate.threshold"},
	{"alpha", "gate.alpha"},
	{"floor", "gate.floor"},
	{"fail-on", "gate.fail_on"},
	{"time-budget", "measure.time_budget"},
	{"rounds", "measure.rounds"},
}

// readInputs reads all inputs and reports every mistake in them.
func readInputs(r *actions.Runner) (inputs, error) {
	q := inputReader{runner: r}
	in := inputs{
		config:        r.Input("config"),
		directory:     r.Input("working-directory"),
		token:         r.Input("github-token"),
		baseline:      q.word("baseline", "auto", "artifact", "rebuild", "none"),
		branch:        r.Input("baseline-branch"),
		key:           q.key(),
		comment:       q.word("comment", "always", "changes", "never"),
		status:        q.word("status", "check", "commit", "none"),
		acceptLabel:   r.Input("accept-label"),
		cache:         r.Input("cache-dir"),
		retentionDays: q.days(),
		uploadReport:  q.word("upload-report", "true", "false") == "true",
	}
	in.artifact = keyed(orDefault(r.Input("baseline-artifact"), baselineArtifact), in.key)
	in.result = keyed(resultArtifact, in.key)
	for _, s := range settingInputs {
		if v := r.Input(s.input); v != "" {
			in.settings = append(in.settings, given(flag{&v, s.path, "input " + s.input})...)
		}
	}
	if len(q.mistakes) > 0 {
		return in, host.Usagef("inputs of the action: %s", strings.Join(q.mistakes, "; "))
	}
	return in, nil
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func keyed(name, key string) string {
	if key == "" {
		return name
	}
	return name + "-" + key
}

// inputReader reads inputs that are not free text.
type inputReader struct {
	runner   *actions.Runner
	mistakes []string
}

// word is one of the words allowed; the first is the default.
func (q *inputReader) word(input string, allowed ...string) string {
	v := orDefault(q.runner.Input(input), allowed[0])
	if !slices.Contains(allowed, v) {
		q.mistakes = append(q.mistakes, fmt.Sprintf("%s: %q is not one of %s", input, v, strings.Join(allowed, ", ")))
	}
	return v
}

// key becomes part of the name of an artifact, of a check and of a marker.
func (q *inputReader) key() string {
	v := q.runner.Input("key")
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
	}
	if len(v) > 50 || strings.ContainsFunc(v, func(r rune) bool { return !plain(r) }) {
		q.mistakes = append(q.mistakes, fmt.Sprintf("key: %q is not made of at most 50 letters, digits and . _ -", v))
	}
	return v
}

func (q *inputReader) days() int {
	v := q.runner.Input("retention-days")
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 400 { // the most that any plan allows
		q.mistakes = append(q.mistakes, fmt.Sprintf("retention-days: %q is not a number from 1 to 400", v))
	}
	return n
}
