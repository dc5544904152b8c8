// Package attempt pools the rounds of a workflow's job that is run again with those of
// its earlier attempts: a gate that started anew each time would be tried until noise
// is kind.
//
// It is pure, and it must not know where an earlier run was kept or what its rounds
// decide.
package attempt
