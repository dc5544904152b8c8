package workflow

import (
	"context"
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/github"
)

// acceptance is whether a label accepts the regression of a pull request.
type acceptance struct {
	// stale says that the label of the event does not count: it was set before the last
	// push, by somebody who had not seen what that brought.
	stale bool
	// stuck says that it could not be taken off, so that what is on the pull request now
	// cannot be told from what was.
	stuck bool
}

// withdraw takes the label off a pull request that was pushed to after it was set,
// unless it is to stay. It returns what the answer says of it, empty for nothing.
// Only the first attempt of a run does: before a later one, somebody who has seen the
// answer may have set the label again.
func (s *step) withdraw(ctx context.Context) string {
	p := s.event.PullRequest
	if p == nil || s.event.Action != "synchronize" || s.attempt() > 1 {
		return ""
	}
	return s.unlabel(ctx, p.Number, p.Labels)
}

// withdrawAfter does the same after the run of another workflow, whose event is not
// known: the label was set before the last push if what was reported last is another
// commit.
func (s *step) withdrawAfter(ctx context.Context, t target, labels []github.Label) string {
	last, ok, err := s.client.Reported(ctx, t.pull, s.inputs.key)
	if err != nil {
		s.warn("whether the label %s was set before the last push is not known: %v", s.inputs.acceptLabel, err)
	}
	if !ok || last.SHA == t.sha {
		return ""
	}
	return s.unlabel(ctx, t.pull, labels)
}

func (s *step) unlabel(ctx context.Context, pull int, labels []github.Label) string {
	label := s.acceptedBy(labels)
	if label == "" || s.inputs.acceptUntil == "always" {
		return ""
	}
	s.acceptance.stale = true
	if s.client != nil {
		err := s.client.RemoveLabel(ctx, pull, label)
		if err == nil {
			return fmt.Sprintf("The label %s was set before the last push, so it has been removed. To accept this commit, set it again.", label)
		}
		s.warn("the label stays, and does not count for this commit: %v", err)
	}
	s.acceptance.stuck = true
	return fmt.Sprintf("The label %s was set before the last push and could not be removed, so it does not count for this commit. To accept this commit, remove it, set it again and run the job again.", label)
}

// acceptedBy is the label of these that accepts a regression, empty for none.
func (s *step) acceptedBy(labels []github.Label) string {
	for _, l := range labels {
		if s.inputs.acceptLabel != "" && strings.EqualFold(l.Name, s.inputs.acceptLabel) {
			return l.Name
		}
	}
	return ""
}

// accepted is the label by which a regression was accepted, as the pull request
// has it now: it may have been set while we measured.
func (s *step) accepted(ctx context.Context, pull int) string {
	if pull == 0 || s.inputs.acceptLabel == "" || s.acceptance.stuck {
		return ""
	}
	var labels []github.Label
	if s.event.PullRequest != nil && !s.acceptance.stale {
		labels = s.event.PullRequest.Labels
	}
	if s.client != nil {
		now, err := s.client.Labels(ctx, pull)
		if err != nil {
			s.warn("the labels are those of the start of this run: %v", err)
		} else {
			labels = now
		}
	}
	return s.acceptedBy(labels)
}
