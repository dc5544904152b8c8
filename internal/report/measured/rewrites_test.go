package measured

import (
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Each arm has one line, or one for each mode where the two differ.
func TestRewrites(t *testing.T) {
	in := func(arm bench.Arm, mode bench.Mode, kind bench.RewriteKind, path string) bench.Rewrite {
		return bench.Rewrite{Arm: arm, Mode: mode, Kind: kind, Path: path}
	}
	run := bench.Run{Plan: bench.Plan{Arms: []bench.Arm{bench.Direct, bench.Base, bench.Head}}, Rewrites: []bench.Rewrite{
		in(bench.Head, bench.SSE, bench.Recuts, ""),
		in(bench.Base, bench.JSON, bench.Rewrites, "id"), in(bench.Base, bench.SSE, bench.Rewrites, "id"),
		in(bench.Head, bench.JSON, bench.Rewrites, "id"), in(bench.Head, bench.JSON, bench.Adds, "x\u202e"),
		in(bench.Head, bench.JSON, bench.Rewrites, "model"), in(bench.Head, bench.JSON, bench.Drops, "system_fingerprint"),
	}}
	var said []string
	for _, item := range Of(run, nil).Rewrites().Blocks[0].(document.List).Items {
		said = append(said, item.Name+": "+item.Text)
	}
	want := "base: rewrites id\nhead, JSON: rewrites id, model; adds x ; drops system_fingerprint\nhead, streams: cuts the text of streams anew"
	if got := strings.Join(said, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if s := Of(bench.Run{}, nil).Rewrites(); !s.Empty() {
		t.Errorf("without rewrites: %+v", s)
	}
}

// A gateway that names its members at random fills no file.
func TestRewritesAreBounded(t *testing.T) {
	var list []bench.Rewrite
	for i := range 10 * bench.MostRewrites {
		for range 2 {
			list = bench.AddRewrites(list, []bench.Rewrite{{Arm: bench.Head, Mode: bench.JSON, Kind: bench.Adds, Path: fmt.Sprint(i)}})
		}
	}
	list = bench.AddRewrites(list, []bench.Rewrite{{Arm: bench.Head, Mode: bench.SSE, Kind: bench.Recuts}})
	if len(list) != bench.MostRewrites+1 {
		t.Errorf("%d rewrites, want %d", len(list), bench.MostRewrites+1)
	}
}
