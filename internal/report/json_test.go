package report_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

const schemas = "https://github.com/org/proxy-bench-action/schema/"

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, file := range []string{"run.schema.json", "verdict.schema.json"} {
		text, err := os.ReadFile(filepath.Join("../../testdata/schema", file))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(schemas+file, document); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(schemas + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, document string) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestJSONFollowsItsSchema(t *testing.T) {
	s := schema(t, "run.schema.json")
	for name, run := range variants() {
		got := render(t, func(w io.Writer) error { return record.WriteRun(w, run) })
		if err := validate(t, s, got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var back bench.Run
		if err := json.Unmarshal([]byte(got), &back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again := render(t, func(w io.Writer) error { return record.WriteRun(w, back) }); again != got {
			t.Errorf("%s: read and written again it differs", name)
		}
	}
}

func TestSchemaIsStrict(t *testing.T) {
	s := schema(t, "run.schema.json")
	run := variants()["errors"]
	good := render(t, func(w io.Writer) error { return record.WriteRun(w, run) })
	for name, edit := range map[string][2]string{
		"unknown field":      {`"seed": 42`, `"seed": 42, "sed": 1`},
		"another version":    {"proxy-bench/run/v1", "proxy-bench/run/v2"},
		"unknown metric":     {`"latency_p50"`, `"latency_p51"`},
		"metric as text":     {`"reconnects": 0`, `"reconnects": "0"`},
		"unknown error":      {`"truncated": 41`, `"cut": 41`},
		"unknown arm":        {`"arm": "head"`, `"arm": "tail"`},
		"scenario by a name": {`"scenario": "json/c1/100B"`, `"scenario": "fast"`},
		"missing field":      {`"requests": 4000,`, ``},
		"void without why":   {`"requests": 4000,`, `"requests": 4000, "void": "",`},
		"no date":            {"2026-03-14T09:26:53Z", "yesterday"},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: the run has no %s", name, edit[0])
		}
		if validate(t, s, bad) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// Every field of the format says what it is.
func TestSchemasDescribeEveryField(t *testing.T) {
	seen := make(map[*jsonschema.Schema]bool)
	var walk func(path string, s *jsonschema.Schema)
	walk = func(path string, s *jsonschema.Schema) {
		if s = resolved(s); seen[s] {
			return
		}
		seen[s] = true
		for name, property := range s.Properties {
			if property.Description == "" && resolved(property).Description == "" {
				t.Errorf("%s.%s has no description", path, name)
			}
			walk(path+"."+name, property)
		}
		if s.Items2020 != nil {
			walk(path+"[]", s.Items2020)
		}
	}
	walk("run", schema(t, "run.schema.json"))
	walk("verdict", schema(t, "verdict.schema.json"))
	if len(seen) < 140 {
		t.Errorf("only %d parts were looked at", len(seen))
	}
}

func TestVerdictJSONFollowsItsSchema(t *testing.T) {
	s := schema(t, "verdict.schema.json")
	runs := schema(t, "run.schema.json")
	for name, d := range decisions() {
		got := render(t, func(w io.Writer) error { return record.WriteVerdict(w, d.Verdict) })
		if err := validate(t, s, got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var back bench.Verdict
		if err := json.Unmarshal([]byte(got), &back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again := render(t, func(w io.Writer) error { return record.WriteVerdict(w, back) }); again != got {
			t.Errorf("%s: read and written again it differs", name)
		}
		text := d.text(t, terminal.Style{})
		d.Verdict = back
		if again := d.text(t, terminal.Style{}); again != text {
			t.Errorf("%s: read from its file it is another text", name)
		}
		if err := validate(t, runs, render(t, func(w io.Writer) error { return record.WriteRun(w, d.run) })); err != nil {
			t.Errorf("%s: its run: %v", name, err)
		}
	}
}

// Nothing decided is still a verdict of the format.
func TestEmptyVerdictFollowsItsSchema(t *testing.T) {
	v := bench.Verdict{Schema: bench.VerdictSchema, Outcome: bench.NoBaseline, Groups: []bench.Group{{Group: "all", Stage: bench.Screen}}}
	got := render(t, func(w io.Writer) error { return record.WriteVerdict(w, v) })
	if err := validate(t, schema(t, "verdict.schema.json"), got); err != nil {
		t.Errorf("%v in\n%s", err, got)
	}
}

func TestVerdictSchemaIsStrict(t *testing.T) {
	s := schema(t, "verdict.schema.json")
	d := decisions()["errors"]
	good := render(t, func(w io.Writer) error { return record.WriteVerdict(w, d.Verdict) })
	for name, edit := range map[string][2]string{
		"unknown field":      {`"gated": true`, `"gated": true, "gatd": true`},
		"another version":    {"proxy-bench/verdict/v1", "proxy-bench/verdict/v2"},
		"unknown outcome":    {`"outcome": "regression"`, `"outcome": "slower"`},
		"unknown metric":     {`"latency_typical"`, `"latency_tipical"`},
		"unknown method":     {`"stratified"`, `"t-test"`},
		"p as text":          {`"p": `, `"p": "low", "q": `},
		"level above 1":      {`"level": 0.`, `"level": 7.`},
		"scenario by a name": {`"scenario": "json/c1/100B"`, `"scenario": "fast"`},
		"unknown error":      {`"class": "truncated"`, `"class": "cut"`},
		"missing field":      {`"head_errors": 615,`, ``},
		"unknown diagnosis":  {`"stream-damage"`, `"bad-luck"`},
		"unknown course":     {`"course": "new"`, `"course": "better"`},
		"nothing seen":       {`"seen": `, `"heard": `},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: the verdict has no %s", name, edit[0])
		}
		if validate(t, s, bad) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// Every field that the program writes is in the schema and the other way
// round, however seldom a decision has it.
func TestSchemasHaveTheFieldsOfTheProgram(t *testing.T) {
	run, s := schema(t, "run.schema.json"), schema(t, "verdict.schema.json")
	policy := run.Properties["policy"]
	for _, of := range []struct {
		noun   any
		schema *jsonschema.Schema
	}{
		{bench.Run{}, run},
		{bench.Tool{}, run.Properties["tool"]},
		{bench.Commit{}, run.Properties["commit"]},
		{bench.BaseInfo{}, run.Properties["base"]},
		{bench.Environment{}, run.Properties["environment"]},
		{bench.Plan{}, run.Properties["plan"]},
		{bench.Policy{}, policy},
		{bench.Threshold{}, policy.Properties["thresholds"].Items2020},
		{bench.Round{}, run.Properties["rounds"].Items2020},
		{bench.Window{}, run.Properties["windows"].Items2020},
		{bench.Tail{}, resolved(run.Properties["windows"].Items2020).Properties["latency"]},
		{bench.Knee{}, run.Properties["knees"].Items2020},
		{bench.Fact{}, run.Properties["facts"].Items2020},
		{bench.Timeline{}, run.Properties["timelines"].Items2020},
		{bench.Unmeasured{}, run.Properties["not_measurable"].Items2020},
		{bench.Rewrite{}, run.Properties["rewrites"].Items2020},
		{bench.WarmUp{}, run.Properties["warm_ups"].Items2020},
		{bench.Validity{}, run.Properties["validity"]},
		{bench.Verdict{}, s},
		{bench.Rule{}, s.Properties["rule"]},
		{bench.ScenarioVerdict{}, s.Properties["scenarios"].Items2020},
		{bench.Group{}, s.Properties["groups"].Items2020},
		{bench.ErrorRate{}, s.Properties["errors"].Items2020},
		{bench.Comparison{}, s.Properties["comparisons"].Items2020},
		{bench.BehaviourChange{}, s.Properties["behaviours"].Items2020},
		{bench.Diagnosis{}, s.Properties["diagnoses"].Items2020},
	} {
		var fields []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(of.noun)) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields = append(fields, name)
		}
		slices.Sort(fields)
		if listed := slices.Sorted(maps.Keys(resolved(of.schema).Properties)); !slices.Equal(fields, listed) {
			t.Errorf("%T has the fields\n%v, the schema\n%v", of.noun, fields, listed)
		}
	}
}

func resolved(s *jsonschema.Schema) *jsonschema.Schema {
	for s.Ref != nil {
		s = s.Ref
	}
	return s
}
