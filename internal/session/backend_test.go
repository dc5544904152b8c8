package session

import (
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// Every stage reads the counters of the same mock: the last reading counts.
func TestPromptsThatLostTheirEndAreTold(t *testing.T) {
	var run bench.Run
	run.Validity.Warnings = []string{"another"}
	addBackend(&run, mockllm.Stats{Answers: 10})
	if !slices.Equal(run.Validity.Warnings, []string{"another"}) {
		t.Errorf("warnings %q", run.Validity.Warnings)
	}
	addBackend(&run, mockllm.Stats{Answers: 20, Truncated: 3})
	addBackend(&run, mockllm.Stats{Answers: 30, Truncated: 5})
	if want := []string{"another", "5 of 30 requests " + promptsCut}; !slices.Equal(run.Validity.Warnings, want) {
		t.Errorf("warnings %q", run.Validity.Warnings)
	}
}
