package workflow

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/attacks"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// lie is a result of a fork, whose rounds are those of a regression, and what publish
// comes to.
type lie struct {
	content func(t *testing.T) []byte
	code    int
	verdict string
}

// told is a result of these files.
func told(files func(t *testing.T) []record.File) func(*testing.T) []byte {
	return func(t *testing.T) []byte {
		content, err := record.Zip(files(t)...)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
}

// ofRun is a result with a run that was changed.
func ofRun(change func(*bench.Run)) func(*testing.T) []byte {
	return told(func(t *testing.T) []record.File {
		run := measured(t, "regression")
		change(&run)
		return []record.File{runFile(t, run)}
	})
}

// beside is a result with the run as it is, and another file.
func beside(name, content string) func(*testing.T) []byte {
	return told(func(t *testing.T) []record.File {
		return []record.File{runFile(t, measured(t, "regression")), {Name: name, Content: []byte(content)}}
	})
}

// alone is a result of one file.
func alone(name, content string) func(*testing.T) []byte {
	return told(func(*testing.T) []record.File { return []record.File{{Name: name, Content: []byte(content)}} })
}

// written is a result that no honest program writes.
func written(write func(t *testing.T, z *zip.Writer)) func(*testing.T) []byte {
	return func(t *testing.T) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		write(t, z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
}

// entry adds an entry with a mode.
func entry(t *testing.T, z *zip.Writer, name string, mode fs.FileMode, content io.Reader) {
	t.Helper()
	h := &zip.FileHeader{Name: name, Method: zip.Deflate}
	h.SetMode(mode)
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = io.Copy(w, content)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// zeros is a reader of so many.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// markup is what a comment must not show as it is.
const markup = "<img src=x onerror=alert(1)> [click](https://evil.example) @octo/everyone \n# title\n| a | b |\n<!-- proxy-bench -->"

// withFigure is a run whose first figure of a time is text.
func withFigure(text string) func(*testing.T) []byte {
	return told(func(t *testing.T) []record.File {
		f := runFile(t, measured(t, "regression"))
		figure := regexp.MustCompile(`("requests_per_second"|"throughput"|"p50"|"ttft"|"trimmed_mean"|"latency"): ?[0-9.e-]+`)
		at := figure.FindIndex(f.Content)
		if at == nil {
			t.Fatalf("no figure found in\n%.3000s", f.Content)
		}
		name, _, _ := bytes.Cut(f.Content[at[0]:at[1]], []byte(":"))
		f.Content = []byte(string(f.Content[:at[0]]) + string(name) + ": " + text + string(f.Content[at[1]:]))
		return []record.File{f}
	})
}

// ofMain is a commit that no fork has.
var ofMain = fakegithub.SHA("of main")

// lies are results of a fork.
var lies = map[string]lie{
	"another commit":       {ofRun(func(r *bench.Run) { r.Commit.SHA, r.Commit.Ref = ofMain, "main" }), host.ExitOK, "regression"},
	"another pull request": {beside(record.ContextFile, `{"Pull": 8, "Number": 8, "HTMLURL": "https://evil.example", "SHA": "`+ofMain+`"}`), host.ExitOK, "regression"},
	"verdict of its own":   {beside("verdict.json", `{"schema": "proxy-bench/verdict/v1", "outcome": "pass"}`), host.ExitOK, "regression"},
	"policy of its own": {ofRun(func(r *bench.Run) {
		p := *r.Policy
		p.Threshold = 10
		r.Policy = &p
	}), host.ExitOK, "regression"},
	"outcomes that fail nothing": {beside(record.ContextFile, `{"FailOn": ["never"], "Accepted": "by nobody"}`), host.ExitOK, "regression"},
	"markup in names":            {ofRun(func(r *bench.Run) { r.Commit.Ref, r.Environment.CPUModel, r.Environment.OS = markup, markup, markup }), host.ExitOK, "regression"},
	"markup in a reason":         {alone(record.ContextFile, fmt.Sprintf(`{"Failure": {"Step": %q, "Message": %q}}`, markup, markup)), host.ExitOK, "failed"},
	"commands in a reason":       {alone(record.ContextFile, `{"Failure": {"Step": "x", "Message": "\n::set-output name=verdict::hostile\n##[add-path]/hostile"}}`), host.ExitOK, "failed"},
	"figures that are none":      {withFigure("-1e300"), host.ExitFailed, ""},
	"file larger than memory": {written(func(t *testing.T, z *zip.Writer) {
		entry(t, z, record.RunFile, 0o644, zeros(record.MaxFile+1))
	}), host.ExitFailed, ""},
	"more files than memory": {written(func(t *testing.T, z *zip.Writer) {
		for i := range 40000 {
			entry(t, z, fmt.Sprintf("%030d", i), 0o644, zeros(0))
		}
	}), host.ExitFailed, ""},
	"path that leads out": {written(func(t *testing.T, z *zip.Writer) {
		entry(t, z, "../output", 0o644, strings.NewReader("verdict=hostile\n"))
	}), host.ExitFailed, ""},
	"link": {written(func(t *testing.T, z *zip.Writer) {
		entry(t, z, record.RunFile, fs.ModeSymlink|0o777, strings.NewReader("/etc/passwd"))
	}), host.ExitFailed, ""},
	"two files of one name": {written(func(t *testing.T, z *zip.Writer) {
		for _, outcome := range []string{"regression", "pass"} {
			entry(t, z, record.RunFile, 0o644, bytes.NewReader(runFile(t, measured(t, outcome)).Content))
		}
	}), host.ExitFailed, ""},
	"no archive": {func(*testing.T) []byte { return bytes.Repeat([]byte("PK\x03\x04"), 1000) }, host.ExitFailed, ""},
}

// TestResultThatLies: what a fork's run leaves changes neither whom publish answers nor
// what it says, but by the rounds.
func TestResultThatLies(t *testing.T) {
	attacks.Each(t, attacks.Result, lies, func(t *testing.T, name string, l lie) {
		j := newJob(t)
		j.pulled(stranger)
		id := j.hub.AddRun(fakegithub.Run{SHA: j.head, Event: "pull_request", Branch: "topic", HeadRepository: stranger})
		j.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: resultArtifact, Zip: l.content(t)})
		j.finished(id, stranger, "pull_request")
		e := j.run(t.Context())
		if e.code != l.code || l.code == host.ExitOK && e.outputs["verdict"] != l.verdict {
			t.Errorf("exit status %d, verdict %q; want %d, %q\n%s", e.code, e.outputs["verdict"], l.code, l.verdict, e.log)
		}
		if l.verdict == "regression" {
			if c := j.lastCheck(); c.Conclusion != "failure" {
				t.Errorf("check %q of %s", c.Conclusion, j.head)
			}
		}
		shown := j.comment() + e.summary + j.lastCheck().Summary + j.lastCheck().Text
		for _, text := range []string{"<img", "](https://evil", "@octo/", "\n# title", "\n| a | b |", ofMain[:7], "hostile.invalid"} {
			if strings.Contains(shown, text) {
				t.Errorf("%q is shown:\n%s", text, shown)
			}
		}
		if strings.Count(shown, "<!-- proxy-bench -->") > 0 && name == "markup in names" {
			t.Errorf("another marker is shown:\n%s", shown)
		}
		if obeyed := regexp.MustCompile(`(?m)^\s*::set-output|##\[`).FindString(e.log); obeyed != "" {
			t.Errorf("the runner would obey %q:\n%s", obeyed, e.log)
		}
		if checks := j.hub.Checks(ofMain); len(checks) > 0 {
			t.Errorf("another commit is marked: %v", checks)
		}
	})
}
