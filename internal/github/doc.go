// Package github is what we ask of GitHub's REST API and of the event that
// started a run: which event it is, where the trusted baseline lies, and where
// the verdict is shown: comment, check run, commit status.
//
// Whatever GitHub returns was partly written by strangers (branch names, labels,
// comments, artifacts of forks), so every answer is bounded and every rule of
// trust is checked here, on the answer, and never left to a filter of the query.
//
// It takes and gives strings and bytes. It must not know what a baseline or a
// report holds, nor the runner's protocol and environment.
package github
