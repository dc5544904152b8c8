package record

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/record/recordtest"
)

// resultZip makes a zip of names and contents in turn.
func resultZip(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openResult(data []byte) (Result, error) {
	return OpenResult(bytes.NewReader(data), int64(len(data)), MaxFile)
}

func TestResultIsReadBack(t *testing.T) {
	run, err := json.Marshal(recordtest.Run(3, recordtest.SSE10))
	if err != nil {
		t.Fatal(err)
	}
	r, err := openResult(resultZip(t, "run.json", string(run), "context.json", `{"a":1}`, "report.html", "<p>"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Run()
	if err != nil || len(got.Rounds) != len(recordtest.Run(3, recordtest.SSE10).Rounds) {
		t.Errorf("%d rounds, error %v", len(got.Rounds), err)
	}
	if text, err := r.Context(); err != nil || string(text) != `{"a":1}` {
		t.Errorf("context %q, error %v", text, err)
	}
}

func TestResultWithoutRounds(t *testing.T) {
	r, err := openResult(resultZip(t, "context.json", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Run(); !errors.Is(err, ErrNoRun) {
		t.Errorf("error %v", err)
	}
}

func TestResultRefuses(t *testing.T) {
	for want, data := range map[string][]byte{
		"not a valid zip":   []byte("PK"),
		"does not belong":   resultZip(t, "../run.json", "{}"),
		"is there twice":    resultZip(t, "run.json", "{}", "run.json", "{}"),
		"a regular file":    resultZip(t, "run.json/", ""),
		"no schema":         resultZip(t, "run.json", "{}"),
		"unknown field":     resultZip(t, "run.json", `{"schema":"proxy-bench/run/v1","evil":1}`),
		"entry \"evil.sh\"": resultZip(t, "evil.sh", ""),
	} {
		r, err := openResult(data)
		if err == nil {
			_, err = r.Run()
		}
		if err == nil || !strings.Contains(err.Error(), want) && !(want == "a regular file" && strings.Contains(err.Error(), "does not belong")) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func FuzzResult(f *testing.F) {
	run, err := json.Marshal(recordtest.Run(3, recordtest.SSE10))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(resultZip(f, "run.json", string(run), "context.json", "{}"))
	f.Add(resultZip(f, "run.json", "{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := openResult(data); err == nil {
			if run, err := r.Run(); err == nil && Validate(run) != nil {
				t.Error("a run that is not valid was read")
			}
			_, _ = r.Context()
		}
	})
}
