// Package history is what is kept of the runs of main, and how a metric has moved
// over them: each pull request may be within its limit, and together they are not.
//
// It must not know where a history is stored.
package history
