package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/gallery"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// TestGalleryIsWhole: every configuration of testdata/gateways is in the list, and each
// in the list is there.
func TestGalleryIsWhole(t *testing.T) {
	var want, got []string
	paths, err := filepath.Glob("../../testdata/gateways/*/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		want = append(want, strings.TrimPrefix(path, "../../"))
	}
	for _, g := range gallery.All {
		got = append(got, g.ConfigPath())
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("listed are %v,\nthere are %v", got, want)
	}
}

var update = flag.Bool("update", false, "write what is generated instead of comparing with it")

// TestGalleryPage: docs/gateways.md is what measured.json says. `go test
// ./internal/e2e -run GalleryPage -update` writes it; .ci/gallery measures.
func TestGalleryPage(t *testing.T) {
	data, err := os.ReadFile("../../" + gallery.File)
	if err != nil {
		t.Fatal(err)
	}
	var all []gallery.Measured
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	page := "../../" + gallery.PageFile
	if *update {
		if err := os.WriteFile(page, []byte(gallery.Page(all)), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text, err := os.ReadFile(page); err != nil || string(text) != gallery.Page(all) {
		t.Errorf("%s is not what %s says; -update writes it (%v)", gallery.PageFile, gallery.File, err)
	}
}

// TestGalleryFigures: the figures are those of the run, and a gateway that is measured again
// replaces the one of before.
func TestGalleryFigures(t *testing.T) {
	json1 := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 1 << 10}
	run := recordtest.Run(5, json1)
	for i := range run.Rounds {
		r := &run.Rounds[i]
		r.Metrics[bench.LatencyP50] = 100e-6
		if r.Arm == bench.Head {
			r.Metrics[bench.LatencyP50] = 130e-6
			r.Metrics[bench.UpstreamRequests] = 0.5
			r.Metrics[bench.RSSPeak] = 32 << 20
			r.Errors = map[bench.ErrorClass]int{bench.ErrStatus: 2}
		}
	}
	run.Rewrites = []bench.Rewrite{
		{Arm: bench.Head, Mode: bench.JSON, Kind: bench.Rewrites, Path: "id"},
		{Arm: bench.Base, Mode: bench.JSON, Kind: bench.Drops, Path: "model"},
	}
	litellm := gallery.All[len(gallery.All)-1]
	m := gallery.Of(litellm, "2", run)
	if c := m.Cells["json/c1/1KB"]; m.Rounds != 5 || m.Requests != 5000 || m.Failed != 10 || m.Upstream != 0.5 ||
		m.Memory != 32<<20 || c.Direct != 100e-6 || c.Overhead < 29e-6 || c.Overhead > 31e-6 {
		t.Errorf("%+v", m)
	}
	page := gallery.Page([]gallery.Measured{m})
	for _, want := range []string{"| LiteLLM | 2 | 30.0 µs | – | – |", "| 32.0 MB | 0.50 |", "| 5 | 5000 | 10 |", "| LiteLLM | 2 | rewrites id | nothing |", "A CPU <of> \"some\" kind with 2 CPUs"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	all := gallery.Put(gallery.Put(gallery.Put(nil, gallery.Measured{Gateway: litellm.Name}), gallery.Measured{Gateway: gallery.All[0].Name}), m)
	if len(all) != 2 || all[0].Gateway != gallery.All[0].Name || all[1].Version != "2" {
		t.Errorf("%+v", all)
	}
}
