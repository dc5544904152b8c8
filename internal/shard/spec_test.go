package shard

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Spec{"": {}, "1/1": {1, 1}, "2/3": {2, 3}, "256/256": {256, 256}} {
		if got, err := Parse(text); err != nil || got != want || got.String() != text {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"4/3":   `"4/3" is not a shard: the last is 3/3`,
		"0/3":   `"0/3" is not a shard: they count from 1, the first is 1/3`,
		"0/0":   `"0/0" is not a shard: there is at least one, 1/1`,
		"1/257": `"1/257" is not a shard: there can be 256 at most`,
		"2":     `"2" is not a shard: write i/n, such as 2/3`,
		"-1/3":  `"-1/3" is not a shard: write i/n, such as 2/3`,
		"2/3 ":  `"2/3 " is not a shard: write i/n, such as 2/3`,
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	for i := range 9 {
		seen[Spec{i + 1, 9}.Seed(1)] = true
		seen[Spec{i + 1, 9}.Seed(2)] = true
	}
	again := Spec{9, 9}.Seed(2)
	if len(seen) != 18 || !seen[again] || (Spec{}).Seed(7) != 7 {
		t.Errorf("%d seeds of 18, again %d", len(seen), again)
	}
}

// suiteOf has every scenario of the default suite.
func suiteOf() []bench.Scenario {
	var all []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				all = append(all, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	return append(all, bench.Scenario{Mode: bench.SSE, Concurrency: 1, BodyBytes: 1 << 10, Paced: true})
}

// TestScenarios: each scenario has one shard, no shard much more than another.
func TestScenarios(t *testing.T) {
	suite := suiteOf()
	for _, n := range []int{1, 2, 3, 9, 25} {
		var all []bench.Scenario
		least, largest := 0.0, 0.0
		for i := range n {
			own := Spec{i + 1, n}.Scenarios(suite)
			sum := 0.0
			for _, s := range own {
				sum += cost(s)
			}
			if i == 0 || sum < least {
				least = sum
			}
			largest = max(largest, sum)
			all = append(all, own...)
			place := -1
			for _, s := range own {
				if at := slices.Index(suite, s); at <= place {
					t.Errorf("%d/%d: %s is out of order", i+1, n, s)
				} else {
					place = at
				}
			}
		}
		if len(all) != len(suite) || slices.ContainsFunc(suite, func(s bench.Scenario) bool { return !slices.Contains(all, s) }) {
			t.Errorf("%d shards measure %d scenarios of %d", n, len(all), len(suite))
		}
		if n <= 3 && largest > 1.1*least {
			t.Errorf("%d shards: the largest costs %.0f, the least %.0f", n, largest, least)
		}
	}
	if got := (Spec{}).Scenarios(suite); len(got) != len(suite) {
		t.Errorf("no shard has %d scenarios", len(got))
	}
	if got := (Spec{3, 3}).Scenarios(suite[:2]); len(got) != 0 {
		t.Errorf("the third of two scenarios is %v", got)
	}
}

func TestBadSpecIsOneLine(t *testing.T) {
	if _, err := Parse("1\n/3"); err == nil || strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
}
