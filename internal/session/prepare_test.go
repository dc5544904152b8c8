package session

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/prepared"
)

// prepare prepares the repository's head and a base into a new directory.
func (r *repository) prepare(from BaseSources, settings ...string) (prepared.Prepared, string, error) {
	r.t.Helper()
	from.Config = DefaultConfig
	dir := filepath.Join(r.t.TempDir(), "prepared")
	if err := os.Mkdir(dir, 0o755); err != nil {
		r.t.Fatal(err)
	}
	p, err := r.open(settings...).Prepare(r.t.Context(), from, dir)
	return p, dir, err
}

// TestPrepare: another session measures what was built, and builds nothing.
func TestPrepare(t *testing.T) {
	r := newRepository(t)
	first := r.head
	r.gateway("loads", 1)
	r.commit()
	p, dir, err := r.prepare(BaseSources{Ref: first})
	if err != nil {
		t.Fatal(err)
	}
	if p.Commit != r.head || p.Base == nil || p.Base.SHA != first || p.Base.Source != bench.SourceRebuild {
		t.Fatalf("prepared %+v of %+v", p, p.Base)
	}
	if err := os.Remove("gateway"); err != nil {
		t.Fatal(err)
	}
	b, archive, err := baseline.OpenFile(filepath.Join(dir, prepared.HeadFile))
	if err == nil {
		err = archive.Restore(b, ".")
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, prepared.BaseFile)
	g := r.gate(BaseSources{File: file, BundleOnly: true}, "gateway.build", "true")
	if g.Base.Info.SHA != first || g.Base.Info.Source != bench.SourceBundle || g.Run.SameProgram || len(g.Run.Rounds) == 0 {
		t.Errorf("compared with %+v, %d rounds\n%s", g.Base.Info, len(g.Run.Rounds), r.log)
	}
	if built, ran := b.Run.Environment.BinarySHA256[bench.Head], g.Run.Environment.BinarySHA256[bench.Head]; built != ran || len(ran) != 64 {
		t.Errorf("built %q, ran %q", built, ran)
	}
	again, dir, err := r.prepare(BaseSources{File: file, Run: 7, Behind: 2})
	if err != nil || again.Base == nil || again.Base.Source != bench.SourceBundle || again.Base.Run != 7 || again.Base.Behind != 2 {
		t.Errorf("with the bundle: %+v, %v", again.Base, err)
	}
	if same, err := os.ReadFile(filepath.Join(dir, prepared.BaseFile)); err != nil || len(same) == 0 {
		t.Errorf("%d bytes, %v", len(same), err)
	}
}

// TestPrepareWithoutABase hands over head alone, and says why.
func TestPrepareWithoutABase(t *testing.T) {
	r := newRepository(t)
	p, dir, err := r.prepare(BaseSources{Ref: "gone"})
	if err != nil || p.Base != nil || len(p.Notes) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != prepared.HeadFile {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestPrepareWhatCannotBeCarried: each shard has to build it.
func TestPrepareWhatCannotBeCarried(t *testing.T) {
	r := newRepository(t)
	if _, _, err := r.prepare(BaseSources{Ref: r.head}, "gateway.start", "sh -c 'exec ./gateway'"); !errors.Is(err, prepared.ErrNotCarried) {
		t.Errorf("error %v", err)
	}
	if _, _, err := r.prepare(BaseSources{Ref: r.head}, "gateway.build", "exit 4"); err == nil || errors.Is(err, prepared.ErrNotCarried) {
		t.Errorf("a build that fails: %v", err)
	}
}
