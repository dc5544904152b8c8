package verdict_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/verdict"
)

var update = flag.Bool("update", false, "write the verdicts instead of comparing with them")

// TestSavedRuns: a run that was saved once is decided byte for byte as it was
// then.
func TestSavedRuns(t *testing.T) {
	files, err := filepath.Glob("../report/testdata/runs/*.json.gz")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d runs, error %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json.gz"), func(t *testing.T) {
			var run bench.Run
			if err := json.Unmarshal(unzipped(t, path), &run); err != nil {
				t.Fatal(err)
			}
			policy := bench.DefaultPolicy()
			if p := run.Policy; p != nil {
				policy = *p
			}
			v := verdict.Decide(policy, verdict.EvidenceOf(run))
			v.Diagnoses = diagnose.Run(run)
			var got bytes.Buffer
			if err := record.WriteVerdict(&got, v); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", filepath.Base(path))
			if *update {
				zip(t, golden, got.Bytes())
			} else if want := unzipped(t, golden); !bytes.Equal(got.Bytes(), want) {
				at := 0
				for at < min(len(want), got.Len()) && want[at] == got.Bytes()[at] {
					at++
				}
				t.Errorf("the verdict differs from byte %d on: %.200q, want %.200q; if that is meant, run: go test ./internal/verdict -run Saved -update",
					at, got.Bytes()[max(0, at-80):], want[max(0, at-80):])
			}
		})
	}
}

func unzipped(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func zip(t *testing.T, path string, data []byte) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
