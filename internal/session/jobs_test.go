package session

import (
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
)

// The smallest scenario keeps its name where a request of its size is not
// possible, and the run says how large its requests are.
func TestSizesOfTheSuiteAreRaised(t *testing.T) {
	plain := config.Defaults()
	marked := config.Defaults()
	marked.Suite.Answer = []bench.Size{2 << 10}
	for _, c := range []struct {
		config config.Config
		bytes  map[bench.Mode]int
		notes  []string
	}{
		{plain, map[bench.Mode]int{bench.JSON: 100, bench.SSE: 100}, nil},
		{marked, map[bench.Mode]int{bench.JSON: 109, bench.SSE: 100}, []string{"json requests of 100B have 109 bytes: no smaller ones are possible"}},
	} {
		work, err := newJobs(c.config)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(work.raised, c.notes) {
			t.Errorf("notes %q, want %q", work.raised, c.notes)
		}
		for _, s := range c.config.Scenarios() {
			if s.BodyBytes != 100 {
				continue
			}
			if all, err := work.of(s); err != nil || len(all) != 1 || len(all[0].Body) != c.bytes[s.Mode] {
				t.Errorf("%s: %d requests, the first of %d bytes, %v", s, len(all), len(all[0].Body), err)
			}
		}
	}
}
