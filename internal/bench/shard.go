package bench

import "time"

// ShardBy is how a gate is spread over machines.
type ShardBy string

// By pairs each shard measures the whole suite on process pairs of its own; by scenarios
// each measures some scenarios wholly.
const (
	ByPairs     ShardBy = "pairs"
	ByScenarios ShardBy = "scenarios"
)

// Shard says which part of a gate a run is: one machine's, which decides nothing.
type Shard struct {
	Index int     `json:"index"` // from 1
	Of    int     `json:"of"`
	By    ShardBy `json:"by"`
	// RunID and Attempt are the workflow's run and its attempt, as they come from
	// outside; absent outside of a workflow.
	RunID   string `json:"run_id,omitempty"`
	Attempt int    `json:"attempt,omitempty"`
	// Suite has the scenarios of all shards together.
	Suite []Cell `json:"suite"`
}

// Merged is what a run over the shards of a gate is made of.
type Merged struct {
	Of       int       `json:"of"`
	By       ShardBy   `json:"by"`
	Machines []Machine `json:"machines"`
	// Problems are the shards that do not count, or not without a word.
	Problems []ShardProblem `json:"problems,omitempty"`
}

// Machine is where one shard was measured. Round.Machine is its place among them.
type Machine struct {
	Shard       int         `json:"shard"`
	Attempt     int         `json:"attempt,omitempty"`
	Pairs       int         `json:"process_pairs"`
	Started     time.Time   `json:"started"`
	Elapsed     float64     `json:"elapsed_seconds"`
	Environment Environment `json:"environment"`
	Validity    Validity    `json:"validity"`
}

// ProblemKind is what is wrong with a shard.
type ProblemKind string

// The kinds of problems.
const (
	ShardMissing   ProblemKind = "missing"
	ShardFailed    ProblemKind = "failed"
	ShardTwice     ProblemKind = "twice"
	ShardCommit    ProblemKind = "commit"
	ShardPlan      ProblemKind = "plan"
	ShardTool      ProblemKind = "tool"
	ShardBase      ProblemKind = "base"
	ShardSaturated ProblemKind = "saturated"
	ShardProgram   ProblemKind = "program"
)

// ProblemKinds lists them all.
func ProblemKinds() []ProblemKind {
	return []ProblemKind{ShardMissing, ShardFailed, ShardTwice, ShardCommit, ShardPlan, ShardTool, ShardBase, ShardSaturated, ShardProgram}
}

// ShardProblem is one of them.
type ShardProblem struct {
	Shard   int         `json:"shard"` // from 1
	Kind    ProblemKind `json:"kind"`
	Text    string      `json:"text"`              // begins with the shard
	Dropped bool        `json:"dropped,omitempty"` // nothing of it is here
}
