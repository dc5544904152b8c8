package cli

import "github.com/org/proxy-bench-action/internal/host"

// publishCommand is `proxy-bench publish`, which only a step of the action can
// do.
type publishCommand struct{}

// Help is shown by --help.
func (publishCommand) Help() string {
	return `For a workflow on workflow_run, which may write where the run of a fork's pull
request may not: takes the artifact that the run has left, decides again from its
rounds, and comments. Nothing is checked out, built or run, and of the artifact
only the rounds count: which pull request and commit it is about says GitHub.`
}

// Run fails: a step of the action does not come here.
func (publishCommand) Run() error {
	return host.Usagef("publish works in a workflow on workflow_run only, as a step of the action with command: publish")
}
