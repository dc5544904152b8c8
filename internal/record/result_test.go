package record

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
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

func readResult(data []byte, limit int, context any) (bench.Run, error) {
	return ReadResult(bytes.NewReader(data), int64(len(data)), int64(limit), context)
}

func TestResultIsReadBack(t *testing.T) {
	run, err := json.Marshal(recordtest.Run(3, recordtest.SSE10))
	if err != nil {
		t.Fatal(err)
	}
	var known struct{ A int }
	got, err := readResult(resultZip(t, "run.json", string(run), "context.json", `{"a":1,"b":2}`, "report.html", "<p>"), MaxFile, &known)
	if err != nil || len(got.Rounds) != len(recordtest.Run(3, recordtest.SSE10).Rounds) || known.A != 1 {
		t.Errorf("%d rounds, context %+v, error %v", len(got.Rounds), known, err)
	}
}

func TestResultWithoutRounds(t *testing.T) {
	var known struct{ A int }
	if _, err := readResult(resultZip(t, "context.json", `{"a":1}`), MaxFile, &known); !errors.Is(err, ErrNoRun) || known.A != 1 {
		t.Errorf("context %+v, error %v", known, err)
	}
}

// TestResultIgnoresWhatItDoesNotKnow: what a newer version leaves beside the
// rounds keeps nobody from reading them.
func TestResultIgnoresWhatItDoesNotKnow(t *testing.T) {
	run, err := json.Marshal(recordtest.Run(1, recordtest.SSE10))
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("x", 1<<12)
	data := resultZip(t, "counts.json", large, RunFile, string(run), "logs/", "", "logs/"+RunFile, "{}", "evil.sh", "", "evil.sh", "")
	var known struct{ A int }
	if got, err := readResult(data, len(run), &known); err != nil || len(got.Rounds) != 3 || known.A != 0 {
		t.Errorf("%d rounds, context %+v, error %v", len(got.Rounds), known, err)
	}
}

func TestResultRefuses(t *testing.T) {
	link := func(name string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: name}
		h.SetMode(fs.ModeSymlink | 0o777)
		if _, err := z.CreateHeader(h); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"no zip":         {[]byte("PK"), "not a valid zip"},
		"a path out":     {resultZip(t, "../run.json", "{}"), `entry "../run.json": does not name a path inside`},
		"an absolute":    {resultZip(t, "/etc/passwd", ""), "does not name a path inside"},
		"a backslash":    {resultZip(t, `..\run.json`, ""), "does not name a path inside"},
		"twice":          {resultZip(t, "run.json", "{}", "run.json", "{}"), "is there twice"},
		"a link":         {link("run.json"), "is a link"},
		"another link":   {link("notes"), "is a link"},
		"a directory":    {resultZip(t, "run.json/", ""), "the result holds no run.json"},
		"no schema":      {resultZip(t, "run.json", "{}"), "no schema"},
		"unknown member": {resultZip(t, "run.json", `{"schema":"proxy-bench/run/v1","evil":1}`), "unknown field"},
		"large":          {resultZip(t, "context.json", strings.Repeat(" ", MaxFile+1)), "claims 67108865 bytes, the limit is 64.0 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readResult(c.data, MaxFile, new(struct{ A int }))
			testenv.WantError(t, err, c.want)
		})
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
		if run, err := readResult(data, MaxFile, new(struct{ A int })); err == nil && Validate(run) != nil {
			t.Error("a run that is not valid was read")
		}
	})
}
