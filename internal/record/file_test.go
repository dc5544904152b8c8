package record

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestWriteFileReplacesWholeFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), RunFile)
	say := func(text string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, failed := io.WriteString(w, text)
			return errors.Join(failed, err)
		}
	}
	full := errors.New("disk full")
	for _, step := range []struct {
		write func(io.Writer) error
		err   error
		want  string
	}{
		{say("first", nil), nil, "first"},
		{say("half", full), full, "first"},
		{say("second", nil), nil, "second"},
	} {
		if err := WriteFile(path, step.write); !errors.Is(err, step.err) {
			t.Errorf("error %v, want %v", err, step.err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != step.want {
			t.Errorf("%q, %v; want %q", got, err, step.want)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	err = WriteFile(filepath.Join(path, "below a file"), say("", nil))
	testenv.WantError(t, err, "writing "+path)
}
