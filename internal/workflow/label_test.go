package workflow

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// TestAcceptanceEndsWithAPush: a label that was set before the last push accepts nothing
// that the push brought.
func TestAcceptanceEndsWithAPush(t *testing.T) {
	const label = "accept-regression"
	for _, c := range []struct {
		name, action, attempt, until string
		readOnly                     bool
		again                        bool // set again while we measure
		code                         int
		left                         bool
		says                         string // in comment or log
	}{
		{"pushed", "synchronize", "1", "", false, false, host.ExitRegression, false, "it has been removed"},
		{"to stay", "synchronize", "1", "always", false, false, host.ExitOK, true, "accepted by label"},
		{"set again", "synchronize", "1", "push", false, true, host.ExitOK, true, "it has been removed"},
		{"labeled", "labeled", "1", "", false, false, host.ExitOK, true, "accepted by label"},
		{"opened with it", "opened", "1", "", false, false, host.ExitOK, true, "accepted by label"},
		{"run again", "synchronize", "2", "", false, false, host.ExitOK, true, "accepted by label"},
		{"may not remove", "synchronize", "1", "", true, false, host.ExitRegression, true, "::warning::the label stays"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := newJob(t)
			j.pulledBy(c.action, j.hub.ID, label)
			j.env["GITHUB_RUN_ATTEMPT"], j.env["INPUT_ACCEPT-UNTIL"] = c.attempt, c.until
			if c.readOnly {
				j.hub.Inject(fakegithub.ReadOnly("issues/remove-label"))
			}
			regression := comesTo(t, "regression")
			j.gate = func(ctx context.Context, from session.BaseSources) (session.Result, error) {
				if c.again {
					j.hub.SetLabels(pull, label)
				}
				return regression(ctx, from)
			}
			e := j.run(t.Context())
			e.wants(t, c.code, "regression")
			if got := slices.Contains(j.hub.Labels(pull), label); got != c.left || !strings.Contains(j.comment()+e.log, c.says) {
				t.Errorf("the label stays: %v\n%s\n%s", got, j.comment(), e.log)
			}
		})
	}
}

// TestPublishedAcceptanceEndsWithAPush: the event of the run that is published does not
// say what was pushed when; what the comment reported last does.
func TestPublishedAcceptanceEndsWithAPush(t *testing.T) {
	for _, c := range []struct {
		name       string
		reported   string // commit of the comment that is there; empty: none
		conclusion string
	}{
		{"first report", "", "neutral"},
		{"of this commit", "head", "neutral"},
		{"of an earlier one", "earlier", "failure"},
	} {
		j := forked(t, runFile(t, measured(t, "regression")))
		j.hub.SetLabels(pull, "accept-regression")
		if c.reported != "" {
			sha := map[string]string{"head": j.head, "earlier": j.base}[c.reported]
			j.hub.AddComment(fakegithub.Comment{Pull: pull, Author: j.hub.Login, Body: "<!-- proxy-bench key= sha=" + sha + " run=1 attempt=1 -->\nslow"})
		}
		j.run(t.Context()).wants(t, host.ExitOK, "regression")
		if got := j.lastCheck().Conclusion; got != c.conclusion || len(j.hub.Labels(pull)) > 0 == (c.conclusion == "failure") {
			t.Errorf("%s: check %q, labels %q", c.name, got, j.hub.Labels(pull))
		}
		if said := strings.Contains(j.comment(), "it has been removed"); said != (c.conclusion == "failure") {
			t.Errorf("%s: the comment:\n%s", c.name, j.comment())
		}
	}
}
