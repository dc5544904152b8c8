// Package workflow is one step of a workflow run: it reads inputs and event, finds
// the baseline, has a session measure, and answers with a comment, a check or
// status, the job's summary, outputs and artifacts. It also publishes for runs
// that may not answer themselves.
//
// It must know nothing of flags and terminals, which are cli's.
package workflow
