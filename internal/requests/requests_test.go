package requests

import (
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/workload"
)

// The smallest scenario keeps its name where a request of its size is not
// possible, and the run says how large its requests are.
func TestSizesOfTheSuiteAreRaised(t *testing.T) {
	plain, err := config.Load(config.ForMock, config.Sources{}) // the defaults
	if err != nil {
		t.Fatal(err)
	}
	marked := plain
	marked.Suite.Answer = []bench.Size{2 << 10}
	for _, c := range []struct {
		config config.Config
		bytes  map[bench.Mode]int
		notes  []string
	}{
		{plain, map[bench.Mode]int{bench.JSON: 124, bench.SSE: 123}, []string{"requests of 100B have 123 to 124 bytes: no smaller ones are possible"}},
		{marked, map[bench.Mode]int{bench.JSON: 135, bench.SSE: 123}, []string{"requests of 100B have 123 to 135 bytes: no smaller ones are possible"}},
	} {
		work, err := New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(work.Raised, c.notes) {
			t.Errorf("notes %q, want %q", work.Raised, c.notes)
		}
		for _, s := range c.config.Scenarios() {
			if s.BodyBytes != 100 {
				continue
			}
			if all, err := work.Of(s); err != nil || len(all) != 1 || len(all[0].Body) != c.bytes[s.Mode] {
				t.Errorf("%s: %d requests, the first of %d bytes, %v", s, len(all), len(all[0].Body), err)
			}
		}
	}
}

// A mix has requests whose right answer is a failure, and the mock is told all
// answers that they ask for.
func TestMix(t *testing.T) {
	c, err := config.Load(config.ForMock, config.Sources{File: []byte(`version: 1
suite: {modes: [json, sse], concurrency: [1]}
load: {fail: {429: 10%, cut: 5%}, answer: {quantiles: [1KB, 4KB, 64KB]}}
`)})
	if err != nil {
		t.Fatal(err)
	}
	work, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Scenarios() {
		all, err := work.Of(s)
		if err != nil {
			t.Fatal(err)
		}
		refused, cut := 0, 0
		for _, job := range all {
			if job.Status == 429 && len(job.Want) > 0 {
				refused++
			}
			if job.Cut {
				cut++
			}
		}
		if len(all) != workload.Entries || refused != workload.Entries/10 || cut != workload.Entries/20 {
			t.Errorf("%s: %d of %d requests are refused, %d are cut", s, refused, len(all), cut)
		}
	}
	if len(work.Answers) < 4 {
		t.Errorf("the mock is told %d answers", len(work.Answers))
	}
}
