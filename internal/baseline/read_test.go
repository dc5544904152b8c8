package baseline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, b := range []Baseline{
		sampleBaseline(3, recordtest.SSE10, bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100}),
		{Schema: Schema, Run: recordtest.Run(0, recordtest.SSE10), History: []history.Entry{}},
	} {
		data := written(t, b)
		got, err := Read(bytes.NewReader(data), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, b) {
			t.Errorf("read\n%+v\nwritten\n%+v", got, b)
		}
		if again := written(t, got); !bytes.Equal(again, data) {
			t.Errorf("the second time other bytes:\n%s\n%s", again, data)
		}
		numbers, archive, err := Open(data, DefaultLimits())
		if err != nil || archive != nil || !reflect.DeepEqual(numbers, b) {
			t.Errorf("its numbers alone: %v, %+v", err, numbers)
		}
	}
}

func TestOpenReadsRunJSON(t *testing.T) {
	run := recordtest.Run(2, recordtest.SSE10)
	data, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	got, archive, err := Open(data, DefaultLimits())
	if err != nil || archive != nil || !reflect.DeepEqual(got, Baseline{Run: run}) {
		t.Errorf("%v, %+v", err, got)
	}
	_, err = Read(bytes.NewReader(data), DefaultLimits())
	var version *record.VersionError
	if !errors.As(err, &version) || version.Schema != bench.RunSchema {
		t.Errorf("a run is no baseline, but: %v", err)
	}
}

// damage replaces parts of the sample's text; the first must be there.
func damage(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%q is not in the sample", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func TestReadRefuses(t *testing.T) {
	valid := string(written(t, sampleBaseline(1, recordtest.SSE10)))
	nested := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "cut short after 0 bytes"},
		"cut before schema": {valid[:9], "cut short after 9 bytes"},
		"no JSON":           {"<html>", "no schema is named"},
		"an array":          {"[" + valid + "]", "no schema is named"},
		"later version":     {damage(t, valid, "baseline/v2", "baseline/v3"), `schema "proxy-bench/baseline/v3" is not one of those that can be read, proxy-bench/baseline/v1, proxy-bench/baseline/v2`},
		"cut short":         {valid[:len(valid)/2], fmt.Sprintf("cut short after %d bytes", len(valid)/2)},
		"two values":        {valid + "{}", "more than one JSON value"},
		"rubbish behind":    {valid + "x", "more than one JSON value"},
		"too large":         {valid + strings.Repeat(" ", 1<<16), "larger than 65536 bytes"},
		"nested too deep":   {damage(t, valid, `"kind":"none"`, `"kind":`+nested), "nested deeper than 32 levels"},
		"key twice":         {damage(t, valid, `"seed":`, `"seed":1,"seed":`), `the key "seed" occurs twice`},
		"key twice, case":   {damage(t, valid, `"seed":`, `"SEED":1,"seed":`), `the key "seed" occurs twice`},
		"key twice, escape": {damage(t, valid, `"seed":`, `"s\u0065ed":1,"seed":`), `the key "seed" occurs twice`},
		"key twice, ſ":      {damage(t, valid, `"seed":`, `"ſeed":1,"seed":`), `the key "seed" occurs twice`},
		"variable twice":    {damage(t, valid, `"KEY":`, `"http_proxy":"x","KEY":`), `the key "http_proxy" occurs twice`},
		"NaN":               {damage(t, valid, `"burst_max":3`, `"burst_max":NaN`), `"NaN" is not possible in JSON`},
		"-Infinity":         {damage(t, valid, `"burst_max":3`, `"burst_max":-Infinity`), `"-Infinity" is not possible in JSON`},
		"nan":               {damage(t, valid, `"burst_max":3`, `"burst_max":nan`), `"nan" is not possible in JSON`},
		"no colon":          {damage(t, valid, `"burst_max":3`, `"burst_max";3`), `";" is not possible in JSON`},
		"infinite":          {damage(t, valid, `"burst_max":3`, `"burst_max":1e999`), "run.rounds.metrics: number 1e999 is not possible there"},
		"fraction of count": {damage(t, valid, `"requests":1000`, `"requests":1.5`), "run.rounds.requests: number 1.5 is not possible there"},
		"negative metric":   {damage(t, valid, `"burst_max":3`, `"burst_max":-3`), `rounds[0], round 1 of "sse/c10/10KB" "direct": metrics["burst_max"]: -3 must not be negative`},
		"negative requests": {damage(t, valid, `"requests":1000`, `"requests":-1`), "requests: -1 must not be negative"},
		"inner schema":      {damage(t, valid, "run/v1", "run/v7"), `run: schema "proxy-bench/run/v7"`},
		"no start":          {damage(t, valid, `"start":"exec ./gw`, `"start":"","stop":"`), "gateway.start is empty"},
		"mode":              {damage(t, valid, `"0755"`, `"4755"`), `mode "4755" is not permissions`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text), Limits{File: 1 << 16})
			testenv.WantError(t, err, c.want)
			testenv.WantError(t, err, "reading the baseline: ")
		})
	}
}

// TestReadRefusesBeginnings: those of every seventh byte, so of every kind of token, and the
// longest.
func TestReadRefusesBeginnings(t *testing.T) {
	valid := written(t, sampleBaseline(1, recordtest.SSE10))
	for n := range len(valid) {
		if n%7 != 0 && n < len(valid)-100 {
			continue
		}
		if _, err := Read(bytes.NewReader(valid[:n]), DefaultLimits()); err == nil {
			t.Fatalf("accepted with %d of %d bytes", n, len(valid))
		}
	}
}

func TestReadKeepsUnknownMetrics(t *testing.T) {
	valid := string(written(t, sampleBaseline(1, recordtest.SSE10)))
	b, err := Read(strings.NewReader(damage(t, valid, `"burst_max":3`, `"heat":-3`)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Run.Rounds[0].Metrics["heat"]; got != -3 {
		t.Errorf("heat is %v", got)
	}
}

func TestReadIgnoresUnknownMembers(t *testing.T) {
	want := sampleBaseline(1, recordtest.SSE10)
	valid := string(written(t, want))
	text := damage(t, valid, `"seed":`, `"counts":[{"x":1}],"seed":`, `"bundle":`, `"signature":{"a":"b"},"bundle":`, `"mode":"0755"`, `"flags":[],"mode":"0755"`)
	if b, err := Read(strings.NewReader(text), DefaultLimits()); err != nil || !reflect.DeepEqual(b, want) {
		t.Errorf("%v, %+v", err, b)
	}
}

func TestReadPassesReadErrorsOn(t *testing.T) {
	broken := errors.New("broken pipe")
	_, err := Read(failing{broken}, DefaultLimits())
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzRead(f *testing.F) {
	valid := string(written(f, sampleBaseline(1, recordtest.SSE10)))
	f.Add([]byte(valid))
	f.Add([]byte(damage(f, valid, `"burst_max":3`, `"heat":-3`)))
	f.Add([]byte(damage(f, valid, `"seed":`, `"\u0053eed":`)))
	f.Add([]byte(`{"schema":"` + Schema + `","schema":{"schema":"` + Schema + `"}}`))
	f.Add([]byte(`{"schema":"` + Schema + `","run":{"schema":"` + bench.RunSchema + `"}}`))
	f.Add([]byte(`}]]"\`))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{File: 1 << 16}
		b, err := Read(bytes.NewReader(data), limits)
		if err != nil {
			return
		}
		history.NewEntry(b.Run)
		again, err := Read(bytes.NewReader(written(t, b)), DefaultLimits())
		if err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
		if !bytes.Equal(written(t, again), written(t, b)) {
			t.Error("not the same after writing and reading")
		}
	})
}

func benchmarkSuite() (all []bench.Scenario) {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				all = append(all, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	return all
}

// BenchmarkRead reads more than a gate of the default suite ever has: every
// scenario in 55 rounds.
func BenchmarkRead(b *testing.B) {
	data := written(b, sampleBaseline(55, benchmarkSuite()...))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(data), DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}

// TestDamagedFile: the error of a damaged file says what to do.
func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline")
	if err := os.WriteFile(path, []byte("PK\x03\x04 and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := OpenFile(path)
	testenv.WantError(t, err, "damaged or incomplete")
}
