package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// happening is an event with what GitHub and the runner say besides its payload.
type happening struct {
	what    string // in the words of the page
	payload string // a file of testdata/github/events; its name begins with the event's
	command string // gate, if empty
	env     map[string]string
	set     func(*job)
}

// The commits in the payloads.
const base, head, tag = "1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222", "3333333333333333333333333333333333333333"

func onBranch(name string) map[string]string { return map[string]string{"GITHUB_REF_NAME": name} }

func onTag(name string) map[string]string {
	return map[string]string{"GITHUB_REF_NAME": name, "GITHUB_REF_TYPE": "tag"}
}

var onAnnotated = map[string]string{"GITHUB_REF_NAME": "v1.0.0", "GITHUB_REF_TYPE": "tag", "GITHUB_SHA": tag}

func onPull(more ...string) map[string]string {
	env := map[string]string{"GITHUB_REF_NAME": "7/merge", "GITHUB_HEAD_REF": "topic"}
	for i := 0; i < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

// opens has a pull request of head on GitHub.
func opens(change ...func(*fakegithub.Pull)) func(*job) {
	return func(j *job) {
		p := fakegithub.Pull{Number: pull, HeadSHA: j.head, BaseSHA: j.base, HeadBranch: "topic", Author: "ann"}
		for _, f := range change {
			f(&p)
		}
		j.hub.AddPull(p)
	}
}

func fromEve(p *fakegithub.Pull) { p.HeadOwner, p.HeadRepository, p.Author = "eve", stranger, "eve" }

func byDependabot(p *fakegithub.Pull) {
	p.HeadBranch, p.Author = "dependabot-cargo-hyper-1.5", github.DependabotLogin
}

func labeled(p *fakegithub.Pull) { p.Labels = []string{"accept-regression"} }

// readOnly is a token that may only read.
func readOnly(j *job) { j.hub.Inject(fakegithub.ReadOnly("")) }

// both does one after the other.
func both(first, second func(*job)) func(*job) { return func(j *job) { first(j); second(j) } }

// leaves has the run of the payload leave its rounds, as the run of a pull request.
func leaves(number int) func(*job) {
	return func(j *job) {
		says := record.File{Name: record.ContextFile, Content: fmt.Appendf(nil, `{"PullRequest": %d}`, number)}
		content, err := record.Zip(runFile(j.t, measured(j.t, "regression")), says)
		if err != nil {
			j.t.Fatal(err)
		}
		j.hub.AddArtifact(fakegithub.Artifact{Run: 5, Name: resultArtifact, Zip: content})
	}
}

// happenings are the rows of docs/events.md. In each the gateway is slower, so that the
// exit status shows whether that counts.
var happenings = []happening{
	{"a push to the default branch", "push_main", "", onBranch("main"), nil},
	{"the first push to it", "push_main_first", "", onBranch("main"), nil},
	{"a force push to it", "push_main_forced", "", onBranch("main"), nil},
	{"a run of it that is run again", "push_main", "", map[string]string{"GITHUB_REF_NAME": "main", "GITHUB_RUN_ATTEMPT": "2"}, nil},
	{"a push to another branch", "push_branch", "", onBranch("topic"), nil},
	{"a new branch", "push_branch_new", "", onBranch("topic"), nil},
	{"a branch deleted", "push_branch_deleted", "", onBranch("main"), nil},
	{"a tag", "push_tag", "", onTag("v1.0.0"), nil},
	{"an annotated tag", "push_tag_annotated", "", onAnnotated, nil},
	{"an annotated tag whose commit the event lacks", "push_tag_without_commit", "", onAnnotated, nil},
	{"a tag that has the name of the branch", "push_tag_named_main", "", onTag("main"), nil},
	{"a tag deleted", "push_tag_deleted", "", onBranch("main"), nil},

	{"opened", "pull_request_opened", "", onPull(), opens()},
	{"pushed to", "pull_request_synchronize", "", onPull(), opens()},
	{"run again", "pull_request_synchronize", "", onPull("GITHUB_RUN_ATTEMPT", "2"), opens()},
	{"reopened", "pull_request_reopened", "", onPull(), opens()},
	{"pushed to, with the label `accept-regression`", "pull_request_synchronize_accepted", "", onPull(), opens(labeled)},
	{"the same with `accept-until: always`", "pull_request_synchronize_accepted", "", onPull("INPUT_ACCEPT-UNTIL", "always"), opens(labeled)},
	{"labeled `accept-regression`", "pull_request_labeled", "", onPull(), opens(labeled)},
	{"that label removed", "pull_request_unlabeled", "", onPull(), opens()},
	{"a draft", "pull_request_draft", "", onPull(), opens()},
	{"ready for review", "pull_request_ready_for_review", "", onPull(), opens()},
	{"its base branch changed", "pull_request_edited", "", onPull(), opens(func(p *fakegithub.Pull) { p.BaseBranch = "release" })},
	{"into another branch than the default one, of the same head as a second pull request", "pull_request_into_release", "", onPull(), both(opens(), opens(func(p *fakegithub.Pull) { p.Number, p.BaseBranch = 8, "release" }))},
	{"merged or closed while it is measured", "pull_request_synchronize", "", onPull(), opens(func(p *fakegithub.Pull) { p.Closed = true })},
	{"closed", "pull_request_closed", "", onPull(), opens(func(p *fakegithub.Pull) { p.Closed = true })},
	{"merged", "pull_request_merged", "", onPull(), opens(func(p *fakegithub.Pull) { p.Closed = true })},
	{"of a fork", "pull_request_fork", "", onPull(), both(opens(fromEve), readOnly)},
	{"of a fork that is gone", "pull_request_fork_deleted", "", onPull(), both(opens(func(p *fakegithub.Pull) { fromEve(p); p.HeadRepository = fakegithub.Gone }), readOnly)},
	{"of Dependabot", "pull_request_dependabot", "", onPull(), both(opens(byDependabot), readOnly)},
	{"refused: `pull_request_target`", "pull_request_target", "", onBranch("main"), opens(fromEve)},

	{"a merge queue", "merge_group_checks_requested", "", onBranch("gh-readonly-queue/main/pr-7-" + base), nil},
	{"by hand on the default branch", "workflow_dispatch_main", "", onBranch("main"), nil},
	{"by hand on another branch", "workflow_dispatch_branch", "", onBranch("topic"), nil},
	{"by hand on an annotated tag", "workflow_dispatch_tag", "", onAnnotated, nil},
	{"by the clock", "schedule", "", onBranch("main"), nil},
	{"by the clock, without `repository`", "schedule_bare", "", onBranch("main"), nil},
	{"a comment on a pull request", "issue_comment", "", onBranch("main"), opens()},
	{"a release", "release", "", onTag("v1.0.0"), nil},

	{"after the run of a fork's pull request", "workflow_run_fork", "publish", onBranch("main"), both(opens(fromEve), leaves(pull))},
	{"where its branch is to go into two others", "workflow_run_fork", "publish", onBranch("main"), both(opens(fromEve), both(opens(fromEve, func(p *fakegithub.Pull) { p.Number, p.BaseBranch = 8, "release" }), leaves(8)))},
	{"where the pull request is closed or was pushed to since", "workflow_run_fork", "publish", onBranch("main"), both(opens(fromEve, func(p *fakegithub.Pull) { p.Closed = true }), leaves(pull))},
	{"where the fork is gone", "workflow_run_fork_deleted", "publish", onBranch("main"), leaves(pull)},
	{"where it left nothing", "workflow_run_fork", "publish", onBranch("main"), opens(fromEve)},
	{"after a run of Dependabot's", "workflow_run_dependabot", "publish", onBranch("main"), both(opens(byDependabot), leaves(pull))},
	{"after the run of an own branch", "workflow_run_own_branch", "publish", onBranch("main"), both(opens(), leaves(pull))},
	{"after a push", "workflow_run_push", "publish", onBranch("main"), nil},
	{"`gate` after the run of a fork", "workflow_run_fork", "gate", onBranch("main"), both(opens(fromEve), leaves(pull))},
}

// parted are the rows about jobs that do a part of a gate.
var parted = []happening{
	{"a pull request: `prepare: true`", "pull_request_synchronize", "", onPull("INPUT_PREPARE", "true"), both(opens(), prepares)},
	{"a pull request: `shard: 1/2`", "pull_request_synchronize", "", onPull("INPUT_SHARD", "1/2"), both(opens(), spreads())},
	{"a pull request: `merge: true` after both shards", "pull_request_synchronize", "", onPull("INPUT_MERGE", "true"), both(opens(), spreads("1/2", "2/2"))},
	{"a pull request: `merge: true`, one of two shards is missing", "pull_request_synchronize", "", onPull("INPUT_MERGE", "true"), both(opens(), spreads("2/2"))},
	{"a pull request: `merge: true`, no shard could measure", "pull_request_synchronize", "", onPull("INPUT_MERGE", "true"), both(opens(), breaks)},
	{"a pull request: `merge: true`, no shard was run", "pull_request_synchronize", "", onPull("INPUT_MERGE", "true"), both(opens(), spreads())},
	{"a closed pull request: `merge: true`", "pull_request_closed", "", onPull("INPUT_MERGE", "true"), opens(func(p *fakegithub.Pull) { p.Closed = true })},
	{"a fork: `merge: true` after both shards", "pull_request_fork", "", onPull("INPUT_MERGE", "true"), both(opens(fromEve), both(readOnly, spreads("1/2", "2/2")))},
	{"a push to the default branch: `prepare: true`", "push_main", "", map[string]string{"GITHUB_REF_NAME": "main", "INPUT_PREPARE": "true"}, prepares},
	{"a push to the default branch: `shard: 1/2`", "push_main", "", map[string]string{"GITHUB_REF_NAME": "main", "INPUT_SHARD": "1/2"}, spreads()},
	{"a push to the default branch: `merge: true` after both shards", "push_main", "", map[string]string{"GITHUB_REF_NAME": "main", "INPUT_MERGE": "true"}, spreads("1/2", "2/2")},
	{"a merge queue: `merge: true` after both shards", "merge_group_checks_requested", "", map[string]string{"GITHUB_REF_NAME": "gh-readonly-queue/main/pr-7-" + base, "INPUT_MERGE": "true"}, spreads("1/2", "2/2")},
}

// prepares has the job that prepares something to hand over.
func prepares(j *job) { j.prepares(true) }

// spreads has jobs measure these shards before the one of the row, which measures none
// but its own.
func spreads(parts ...string) func(*job) {
	return func(j *job) {
		j.shardOf("regression")
		j.before(parts...)
	}
}

// breaks has a shard fail before.
func breaks(j *job) {
	j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
		return session.Result{}, &gateway.Error{Step: gateway.StepBuild, Reason: "exited with status 2"}
	}
	j.before("1/1")
}

// before runs the jobs of shards, as if no job of the row had run.
func (j *job) before(parts ...string) {
	merge := j.env["INPUT_MERGE"]
	delete(j.env, "INPUT_MERGE")
	for _, part := range parts {
		j.shard(part)
	}
	if merge != "" {
		j.env["INPUT_MERGE"], j.env["ACTIONS_RUNTIME_TOKEN"] = merge, tokenOf("merge")
	}
	j.opened, j.asked = session.Options{}, session.BaseSources{}
}

// TestEventsPage: docs/events.md says what a step does on each event.
// `go test ./internal/workflow -run EventsPage -update` writes it.
func TestEventsPage(t *testing.T) {
	groups := map[string][]string{}
	used := map[string]bool{}
	add := func(h happening, group string) {
		t.Run(h.payload+"/"+group+"/"+h.what, func(t *testing.T) {
			groups[group] = append(groups[group], h.row(t))
			used[h.payload+".json"] = true
		})
	}
	for _, h := range happenings {
		add(h, h.event())
	}
	for _, h := range parted {
		add(h, "parts")
	}
	files, err := os.ReadDir(payloads)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !used[f.Name()] {
			t.Errorf("no row is of %s", f.Name())
		}
	}
	const page = "../../docs/events.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const columns = "| | measured | base | marked | comment | baseline left | exit status |\n|---|---|---|---|---|---|---|\n"
	made := regexp.MustCompile("(?s)(<!-- events: ([a-z_ ]+) -->\n)(\\|[^\n]*\n)*").ReplaceAllStringFunc(string(text), func(block string) string {
		marker, _, _ := strings.Cut(block, "\n")
		table := columns
		for _, event := range strings.Fields(strings.TrimSuffix(strings.TrimPrefix(marker, "<!-- events: "), " -->")) {
			table += strings.Join(groups[event], "")
			delete(groups, event)
		}
		return marker + "\n" + table
	})
	if len(groups) > 0 {
		t.Errorf("the page has no table for %v", slices.Sorted(maps.Keys(groups)))
	}
	if *update {
		if err := os.WriteFile(page, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if made != string(text) {
		t.Error("docs/events.md does not show what happens on each event; -update writes it")
	}
}

// payloads is absolute, since the tests change their directory.
var payloads = filepath.Join(sources, "..", "testdata", "github", "events")

// event is its name, by which the name of the file begins.
func (h happening) event() string {
	for _, name := range []string{"push", "pull_request_target", "pull_request", "merge_group", "workflow_dispatch", "schedule", "workflow_run"} {
		if strings.HasPrefix(h.payload, name) {
			return name
		}
	}
	return h.payload
}

// row lets the event happen and says what came of it.
func (h happening) row(t *testing.T) string {
	t.Helper()
	j := newJob(t)
	text, err := os.ReadFile(filepath.Join(payloads, h.payload+".json"))
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer(base, j.base, head, j.head)
	j.hub.AddTag(tag, j.head)
	j.write(j.env["GITHUB_EVENT_PATH"], here.Replace(string(text)))
	j.env["GITHUB_EVENT_NAME"] = h.event()
	maps.Copy(j.env, h.env)
	j.args = []string{cmp.Or(h.command, "gate")}
	j.addBaseline(measured(t, "no_baseline"))
	j.gate = comesTo(t, "regression")
	if h.set != nil {
		h.set(j)
	}
	e := j.run(t.Context())
	there := strings.NewReplacer(j.base[:12], base[:12], j.head[:12], head[:12]) // the page is the same every time
	cells := []string{h.what, j.measuredCell(e), j.baseCell(e, string(text)), j.markedCell(string(text)), j.commentCell(), "no", fmt.Sprint(e.code)}
	if len(j.store.files(t, baselineArtifact)) > 0 {
		cells[5] = "yes"
	}
	return "| " + there.Replace(strings.Join(cells, " | ")) + " |\n"
}

// measuredCell says what was measured, and why nothing was.
func (j *job) measuredCell(e ended) string {
	switch {
	case j.opened.Log != nil && j.env["INPUT_PREPARE"] != "":
		return "nothing: head and base are built"
	case j.opened.Log != nil:
		return "the checkout"
	case e.outputs["verdict"] == "failed":
		return "nothing: the shards failed"
	case e.outputs["verdict"] != "" && j.env["INPUT_MERGE"] != "":
		return "nothing: the shards' rounds are decided"
	case e.outputs["verdict"] != "":
		return "nothing: the run's rounds are decided again"
	}
	said := regexp.MustCompile(`(?m)^::(?:error|notice)::(.*)$`).FindStringSubmatch(e.log)
	if said == nil {
		j.t.Errorf("nothing was measured, and nothing said:\n%s", e.log)
		return "nothing"
	}
	return "nothing: " + cell(said[1])
}

// baseCell names the commit that was compared with, as the event does.
func (j *job) baseCell(e ended, payload string) string {
	if j.opened.Log == nil {
		return ""
	}
	var from []string
	if m := regexp.MustCompile(`baseline of ([0-9a-f]{12})`).FindStringSubmatch(e.log); m != nil && j.asked.Fetched {
		sha := j.base
		if !strings.HasPrefix(sha, m[1]) {
			j.t.Errorf("the baseline is of %s", m[1])
		}
		from = append(from, "the baseline of "+j.named(sha, payload))
	}
	if j.asked.Ref != "" {
		from = append(from, j.named(j.asked.Ref, payload)+", built")
	}
	return cmp.Or(strings.Join(from, ", else "), "none")
}

// markedCell names the commits with a check, and how it ended.
func (j *job) markedCell(payload string) string {
	var all []string
	for _, sha := range []string{j.head, j.base, tag} {
		for _, c := range j.hub.Checks(sha) {
			where := j.named(sha, payload)
			if name := strings.TrimPrefix(c.Name, verdictCheck); name != "" {
				where += name
			}
			all = append(all, where+": "+c.Conclusion)
		}
	}
	return cmp.Or(strings.Join(all, ", "), "nothing")
}

func (j *job) commentCell() string {
	var on []string
	for _, number := range []int{pull, 8} {
		if all := j.hub.Comments(number); len(all) == 1 {
			on = append(on, "yes")
			if strings.Contains(all[0].Body, "it has been removed") {
				on[len(on)-1] = "yes, the label is removed"
			}
		} else if len(all) > 1 {
			j.t.Errorf("%d comments on %d", len(all), number)
		}
	}
	return cmp.Or(strings.Join(on, ", "), "no")
}

// named is a commit by the name of the first of these fields that holds it.
func (j *job) named(sha, payload string) string {
	var event map[string]any
	if err := json.Unmarshal([]byte(payload), &event); err != nil {
		j.t.Fatal(err)
	}
	word := map[string]string{j.base: base, j.head: head, tag: tag}[sha]
	for _, path := range []string{"pull_request.base.sha", "pull_request.head.sha", "merge_group.base_sha", "merge_group.head_sha", "workflow_run.head_sha", "before", "after", "head_commit.id"} {
		if at(event, strings.Split(path, ".")) == word {
			return "`" + path + "`"
		}
	}
	switch {
	case j.env["GITHUB_SHA"] == sha:
		return "`GITHUB_SHA`"
	case sha == j.head:
		return "the tag's commit"
	case sha == j.base:
		return "the nearest one on the branch"
	}
	return "`" + sha + "`"
}

// at is the text at a path of an object, empty where there is none.
func at(o map[string]any, path []string) string {
	if len(path) == 1 {
		text, _ := o[path[0]].(string)
		return text
	}
	inner, _ := o[path[0]].(map[string]any)
	if inner == nil {
		return ""
	}
	return at(inner, path[1:])
}
