package bench

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// RunSchema is the version of the Run's file format.
const RunSchema = "proxy-bench/run/v1"

// Stage says what a Round is evidence for.
type Stage string

// The stages of a trial. Screen rounds find suspects; only Confirm rounds, which
// are measured afterwards, can confirm a regression.
const (
	Screen  Stage = "screen"
	Confirm Stage = "confirm"
)

// Look is one test of the process pairs of a stage that there are so far.
type Look struct {
	Stage Stage `json:"stage"`
	Pairs int   `json:"process_pairs"` // of the stage, until then
	// Level is the share of the gate's level that this look may use; 0 where it
	// accuses nobody.
	Level float64 `json:"level,omitempty"`
}

// Round is all slices of one arm of one scenario with one fresh gateway
// process, reduced to a few numbers. It is the unit of evidence.
type Round struct {
	Round    int    `json:"round"` // from 1, counted through all stages
	Stage    Stage  `json:"stage"`
	Scenario string `json:"scenario"` // Scenario.ID
	Arm      Arm    `json:"arm"`
	// Process counts the gateway processes of the arm from 1; rounds with equal
	// numbers shared one, because the gateway is slow to start. 0 for Direct.
	Process int `json:"process"`
	// Machine is the place in Merged.Machines of where it was measured, from 1; absent
	// in a run of one machine.
	Machine int `json:"machine,omitempty"`

	Requests int                `json:"requests"` // answered rightly
	Errors   map[ErrorClass]int `json:"errors,omitempty"`
	Failures int                `json:"failures_passed_on,omitempty"` // of the mock, on purpose; not among Requests
	// Retries counts the requests that were sent again because the gateway had closed
	// the connection, SlowConnects the connections that waited to be accepted.
	Retries      int                `json:"retries,omitempty"`
	SlowConnects int                `json:"slow_connects,omitempty"`
	Metrics      map[Metric]float64 `json:"metrics"`
	// Omitted names the metrics that are not in Metrics, with the reason.
	Omitted map[Metric]string `json:"left,omitempty"`
	// Slices has the value of each slice, in the order measured, for the
	// metrics that decide. For a p95 it is the share of the slice's requests above the
	// p95 of base and head together; older files lack it.
	Slices map[Metric][]float64 `json:"slices"`
	// Distribution has, for the clock of each typical value, the time that 1,
	// 5, 10, ... 95, 99 and 100 % of the requests took at most: 22 values by
	// nearest rank, of four digits. It is for drawing; older files lack it.
	Distribution map[Metric][]float64 `json:"distribution,omitempty"`
	// Void says why the round does not count; empty for a valid one.
	Void string `json:"void,omitempty"`
	// Disturbed says why the round would be void if the time budget had allowed
	// another one.
	Disturbed string `json:"disturbed,omitempty"`
}

// Run is all rounds of one commit with what is needed to judge and repeat them.
type Run struct {
	Schema      string      `json:"schema"`
	Tool        Tool        `json:"tool"`
	Commit      Commit      `json:"commit"`
	Base        *BaseInfo   `json:"base,omitempty"` // absent when nothing was compared
	Started     time.Time   `json:"started"`
	Elapsed     float64     `json:"elapsed_seconds"` // building, starting and measuring
	Spent       *Spent      `json:"spent_seconds,omitempty"`
	Environment Environment `json:"environment"`
	Plan        Plan        `json:"plan"`
	Seed        uint64      `json:"seed"`
	// SameProgram is true when base and head were found to be the same program: nothing
	// was measured, or rounds show how far a program is from itself.
	SameProgram bool `json:"same_program,omitempty"`
	// Policy is in the file so that a saved gate can be decided again.
	Policy    *Policy `json:"policy,omitempty"`
	Scenarios []Cell  `json:"scenarios"`
	Looks     []Look  `json:"looks,omitempty"` // of a gate, in the order made
	// Attempt is which attempt of a workflow's job this is; absent for the first, and
	// outside of one. Earlier are those whose rounds are among Rounds, numbered behind
	// the own ones.
	Attempt int       `json:"attempt,omitempty"`
	Earlier []Attempt `json:"earlier_attempts,omitempty"`
	// Shard is set where this is one machine's part of a gate, Merged where it is the
	// parts of several.
	Shard   *Shard   `json:"shard,omitempty"`
	Merged  *Merged  `json:"merged,omitempty"`
	Rounds  []Round  `json:"rounds"`
	Windows []Window `json:"windows,omitempty"` // of the open loop, in the order measured
	Knees   []Knee   `json:"knees,omitempty"`
	// Facts are what exchanges with the gateways show of their behaviour; Timelines are
	// those of a paced stream, one of each arm.
	Facts     []Fact     `json:"facts,omitempty"`
	Timelines []Timeline `json:"timelines,omitempty"`
	// Work is what requests cost, counted; Counting, by what and under which conditions.
	Work     []Work    `json:"work,omitempty"`
	Counting *Counting `json:"counting,omitempty"`
	// Unmeasured are the scenarios that an arm could not do, in some rounds or in all.
	Unmeasured []Unmeasured `json:"not_measurable,omitempty"`
	WarmUps    []WarmUp     `json:"warm_ups,omitempty"` // in the order made
	// Unserved are the requests of the gateways that the mock could not serve, in
	// the order in which they first came.
	Unserved []Unserved `json:"unserved,omitempty"`
	// Rewrites are how the arms write right answers anew, each once.
	Rewrites []Rewrite `json:"rewrites,omitempty"`
	Validity Validity  `json:"validity"`
}

// Spent is what of the time budget each part took, in seconds. Older files and the runs of
// several machines lack it.
type Spent struct {
	Counting   float64 `json:"counting"`
	Behaviours float64 `json:"behaviours"`
	Timing     float64 `json:"timing"` // the rest: starts, warm-up and rounds
}

// Cell is a Scenario as a file lists it.
type Cell struct {
	ID string `json:"id"`
	Scenario
}

// Cells lists scenarios as a file does.
func Cells(suite []Scenario) []Cell {
	all := make([]Cell, len(suite))
	for i, s := range suite {
		all[i] = Cell{ID: s.ID(), Scenario: s}
	}
	return all
}

// Suite lists the scenarios of the run.
func (r Run) Suite() []Scenario {
	var all []Scenario
	for _, c := range r.Scenarios {
		all = append(all, c.Scenario)
	}
	return all
}

// Measured says whether an arm of a scenario has a round, void or not.
func (r Run) Measured(scenario string, arm Arm) bool {
	return slices.ContainsFunc(r.Rounds, func(x Round) bool { return x.Scenario == scenario && x.Arm == arm })
}

// Tool is the program that measured.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Go      string `json:"go"`
}

// OtherMajor says whether two versions of the tool are of different major versions,
// between which what a figure means may change. A version that is of no release, such
// as devel or v0.0.0-2026…, is of none.
func OtherMajor(a, b string) bool {
	first, second := major(a), major(b)
	return first != "" && second != "" && first != second
}

func major(version string) string {
	if m := released.FindStringSubmatch(version); m != nil && m[1] != "0" {
		return m[1]
	}
	return ""
}

var released = regexp.MustCompile(`^v?(\d+)\.\d+\.\d+`)

// Commit is what was measured.
type Commit struct {
	SHA   string `json:"sha,omitempty"`
	Ref   string `json:"ref,omitempty"`
	Dirty bool   `json:"dirty,omitempty"` // the work tree had changes that no commit holds
}

// String names the commit for people: twelve digits and the ref; empty for no
// commit.
func (c Commit) String() string {
	name := strings.TrimSpace(c.SHA[:min(len(c.SHA), 12)] + " " + c.Ref)
	if name != "" && c.Dirty {
		name += ", with changes that are not committed"
	}
	return name
}

// BaseSource says where a base comes from.
type BaseSource string

// The base sources, the best first. With the first two, base and head run side
// by side.
const (
	SourceBundle  BaseSource = "bundle"  // the built gateway that the baseline carries
	SourceRebuild BaseSource = "rebuild" // the base's commit, built again
	SourceStored  BaseSource = "stored"  // the baseline's rounds, measured elsewhere
)

// BaseInfo is what Commit was compared with.
type BaseInfo struct {
	Source BaseSource `json:"rung"`
	SHA    string     `json:"sha,omitempty"`
	Note   string     `json:"note,omitempty"` // such as why a better source was not possible
	Name   string     `json:"name,omitempty"` // the branch or tag that SHA is of
	// Run is the workflow run that left the baseline; 0 where that is not known.
	Run int64 `json:"run_id,omitempty"`
	// Behind is how many commits SHA is behind the commit that the change starts from.
	Behind int `json:"behind,omitempty"`
}

// Environment is where it was measured.
type Environment struct {
	CPUModel     string            `json:"cpu_model"`
	CPUs         int               `json:"cpus"`                // usable by this process
	CPUQuota     float64           `json:"cpu_quota,omitempty"` // of its control groups, in CPUs; absent: no limit
	MemoryBytes  int64             `json:"memory_bytes"`
	Kernel       string            `json:"kernel"`
	OS           string            `json:"os"`
	Arch         string            `json:"arch"`
	GOMAXPROCS   int               `json:"gomaxprocs"`
	Affinity     string            `json:"affinity"`                // CPU list, as taskset prints it
	Load1        float64           `json:"load1"`                   // load average of the last minute, at the start
	BinarySHA256 map[Arm]string    `json:"binary_sha256,omitempty"` // of the gateway's files, see program.Digest
	Toolchain    map[Arm]string    `json:"toolchain,omitempty"`     // that has built the gateway, where it shows: go1.26.1
	Variables    map[string]string `json:"variables,omitempty"`     // such as RUNNER_NAME, ImageVersion
}

// Usable is how many CPUs there are to use: those of the machine, or fewer by
// quota. It is 0 in a run that does not say.
func (e Environment) Usable() float64 {
	if e.CPUQuota > 0 {
		return min(float64(e.CPUs), e.CPUQuota)
	}
	return float64(e.CPUs)
}

// Plan is what was planned.
type Plan struct {
	API       string    `json:"api"`
	Requests  *Requests `json:"requests,omitempty"` // older files lack it
	Arms      []Arm     `json:"arms"`
	Rounds    int       `json:"rounds"`
	SlicesPer int       `json:"slices_per_round"`  // of each gateway and scenario
	SliceMin  float64   `json:"slice_min_seconds"` // shortest slice
	Budget    float64   `json:"time_budget_seconds"`
	Restart   int       `json:"rounds_per_process"`
	WarmUp    int       `json:"warm_up_requests_per_connection"`
	// OneStage is true where the budget has no room for a screening and fresh rounds:
	// all process pairs decide.
	OneStage bool `json:"one_stage,omitempty"`
	// LeftOut are the scenarios of the suite that the budget has no room for.
	LeftOut     []string       `json:"left_out,omitempty"`
	Answer      map[string]any `json:"mock"`           // the mock's settings
	Load        map[string]any `json:"load,omitempty"` // how the requests differ; absent when they do not
	Fingerprint string         `json:"fingerprint"`
}

// Requests is what the requests of a run are, besides the API's own.
type Requests struct {
	Path    string   `json:"path"`
	Model   string   `json:"model"`
	Headers []string `json:"headers,omitempty"` // names of those configured; their values are kept nowhere
	Notes   []string `json:"notes,omitempty"`   // such as the true size of the smallest
}

// The shares of a machine's CPU time above which a round is void, and a shard that has
// more of it all the time is left out. Foreign work has a higher limit than steal: it can
// run on an idle CPU, stolen time is always missing.
const (
	StealLimit   = 0.10
	ForeignLimit = 0.25
)

// Validity has the reasons to doubt the run.
type Validity struct {
	Complete   bool    `json:"complete"`
	Incomplete string  `json:"incomplete,omitempty"` // why it is not
	Steal      float64 `json:"steal"`                // share of CPU time taken by the hypervisor
	Foreign    float64 `json:"foreign_cpu"`          // share of the machine used by processes that are not ours
	VoidRounds int     `json:"void_rounds"`
	// Throttled is how many seconds the CPU quota stopped client, mock and gateways
	// during the rounds, summed over the CPUs.
	Throttled float64 `json:"throttled_seconds,omitempty"`
	// Ceiling is the throughput of the direct path in requests per second, by
	// scenario.
	Ceiling  map[string]float64 `json:"mock_ceiling"`
	Warnings []string           `json:"warnings,omitempty"`
}
