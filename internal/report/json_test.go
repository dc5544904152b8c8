package report

import (
	"encoding/json"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/org/proxy-bench-action/internal/bench"
)

const schemaFile = "../../testdata/schema/run.schema.json"

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(schemaFile)
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
	s := schema(t)
	for name, run := range variants() {
		got := render(t, func(w io.Writer) error { return JSON(w, run) })
		if err := validate(t, s, got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var back bench.Run
		if err := json.Unmarshal([]byte(got), &back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again := render(t, func(w io.Writer) error { return JSON(w, back) }); again != got {
			t.Errorf("%s: read and written again it differs", name)
		}
	}
}

func TestSchemaIsStrict(t *testing.T) {
	s := schema(t)
	run := variants()["errors"]
	good := render(t, func(w io.Writer) error { return JSON(w, run) })
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

// The schema is the documentation of the format: its metrics have the units
// and the words that the program has for them.
func TestSchemaDescribesTheMetrics(t *testing.T) {
	units := map[bench.Unit]string{bench.Seconds: "seconds", bench.Bytes: "bytes", bench.PerSecond: "per second", bench.Count: "a number"}
	s := schema(t)
	metrics := resolved(s.Properties["rounds"].Items2020).Properties["metrics"]
	listed := resolved(metrics).Properties
	for name, property := range listed {
		d, known := bench.Metric(name).Describe()
		if !known {
			t.Errorf("%s is no metric", name)
		}
		if want := d.Text + "; " + units[d.Unit]; property.Description != want {
			t.Errorf("%s: %q, want %q", name, property.Description, want)
		}
	}
	run := fixture(defaultSuite(), both, 1)
	for _, r := range run.Rounds {
		for m := range r.Metrics {
			if listed[string(m)] == nil {
				t.Errorf("the schema does not list %s", m)
			}
		}
	}
	var named []string
	for _, v := range resolved(resolved(resolved(s.Properties["rounds"].Items2020).Properties["left"]).PropertyNames).Enum.Values {
		named = append(named, v.(string))
	}
	if want := slices.Sorted(maps.Keys(listed)); !reflect.DeepEqual(named, want) {
		t.Errorf("names in left and slices %v, want %v", named, want)
	}
}

// Every field of the format says what it is.
func TestSchemaDescribesEveryField(t *testing.T) {
	seen := make(map[*jsonschema.Schema]bool)
	var walk func(path string, s *jsonschema.Schema)
	walk = func(path string, s *jsonschema.Schema) {
		if s = resolved(s); seen[s] {
			return
		}
		seen[s] = true
		for name, property := range s.Properties {
			if resolved(property).Description == "" {
				t.Errorf("%s.%s has no description", path, name)
			}
			walk(path+"."+name, property)
		}
		if s.Items2020 != nil {
			walk(path+"[]", s.Items2020)
		}
	}
	walk("run", schema(t))
	if len(seen) < 80 {
		t.Errorf("only %d parts were looked at", len(seen))
	}
}

func resolved(s *jsonschema.Schema) *jsonschema.Schema {
	for s.Ref != nil {
		s = s.Ref
	}
	return s
}
