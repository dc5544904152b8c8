package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestReadRunReadsRunJSON(t *testing.T) {
	run := recordtest.Run(2, recordtest.SSE10)
	data, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadRun(bytes.NewReader(data), MaxFile)
	if err != nil || !reflect.DeepEqual(got, run) {
		t.Errorf("%v, %+v", err, got)
	}
}

// TestReadRunOfOlderVersions: what they wrote and nobody reads any more is ignored.
func TestReadRunOfOlderVersions(t *testing.T) {
	run := recordtest.Run(2, recordtest.SSE10)
	data, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	data = append([]byte(`{"probes":[{"name":"idle","arm":"head","failed":"status 500"}],`), data[1:]...)
	got, err := ReadRun(bytes.NewReader(data), MaxFile)
	if err != nil || !reflect.DeepEqual(got, run) {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestReadRefusesAFloodOfValues(t *testing.T) {
	text := `{"schema":"` + bench.RunSchema + `","rounds":[` + strings.Repeat("{},", 1<<20) + `{}]}`
	_, err := ReadRun(strings.NewReader(text), MaxFile)
	testenv.WantError(t, err, "more than 524288 objects and lists")
}

// TestWriteRunIsOneDocument: written round by round, it is what the encoder writes at once.
func TestWriteRunIsOneDocument(t *testing.T) {
	full := recordtest.Run(2, recordtest.SSE10)
	full.Commit.Ref = "\n  \"rounds\": []"
	none := full
	none.Rounds = []bench.Round{}
	for name, run := range map[string]bench.Run{"rounds": full, "no rounds": none} {
		var got, want bytes.Buffer
		if err := errors.Join(WriteRun(&got, run), encode(&want, run, "run")); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%s:\n%s\nwant\n%s", name, got.String(), want.String())
		}
	}
}
