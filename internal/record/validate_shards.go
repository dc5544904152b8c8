package record

import (
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// checkShards checks what a run says of machines: that it is a shard, made of shards, or
// neither, and that its rounds are of machines that it lists.
func checkShards(run bench.Run, known map[string]bool) error {
	if run.Shard != nil && run.Merged != nil {
		return errors.New("shard: a run is a shard or is made of shards, not both")
	}
	if run.Shard != nil {
		if err := checkShard(*run.Shard, known); err != nil {
			return fmt.Errorf("shard: %w", err)
		}
	}
	machines := 0
	if run.Merged != nil {
		machines = len(run.Merged.Machines)
		if err := checkMerged(*run.Merged); err != nil {
			return fmt.Errorf("merged: %w", err)
		}
	}
	for i, r := range run.Rounds {
		if r.Machine < 0 || r.Machine > machines || machines > 0 && r.Machine == 0 {
			return fmt.Errorf("rounds[%d].machine: there is no machine %d of %d", i, r.Machine, machines)
		}
	}
	return nil
}

func checkShard(s bench.Shard, known map[string]bool) error {
	if err := checkPart(s.Index, s.Of, s.By); err != nil {
		return err
	}
	if s.Attempt < 0 {
		return fmt.Errorf("attempt %d", s.Attempt)
	}
	suite, err := checkScenarios(s.Suite)
	if err != nil {
		return fmt.Errorf("suite: %w", err)
	}
	return FirstOf("scenarios", known, func(id string, _ bool) error {
		if !suite[id] {
			return errors.New("the suite of the shards has no such scenario")
		}
		return nil
	})
}

func checkMerged(m bench.Merged) error {
	for i, machine := range m.Machines {
		if err := checkPart(machine.Shard, m.Of, m.By); err != nil {
			return fmt.Errorf("machines[%d]: %w", i, err)
		}
		if machine.Pairs < 0 || machine.Attempt < 0 {
			return fmt.Errorf("machines[%d]: %d process pairs, attempt %d", i, machine.Pairs, machine.Attempt)
		}
	}
	for i, p := range m.Problems {
		if err := checkPart(p.Shard, m.Of, m.By); err != nil {
			return fmt.Errorf("problems[%d]: %w", i, err)
		}
		if !slices.Contains(bench.ProblemKinds(), p.Kind) {
			return fmt.Errorf("problems[%d].kind, %q: there is no such kind", i, p.Kind)
		}
	}
	return nil
}

// mostShards is as many as there can be, see shard.Most.
const mostShards = 256

func checkPart(index, of int, by bench.ShardBy) error {
	switch {
	case of < 1 || of > mostShards || index < 1 || index > of:
		return fmt.Errorf("%d of %d is no shard", index, of)
	case by != bench.ByPairs && by != bench.ByScenarios:
		return fmt.Errorf("by %q, use %s or %s", by, bench.ByPairs, bench.ByScenarios)
	}
	return nil
}
