package config

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/org/proxy-bench-action/internal/workload"
)

// checkLoaded holds for every input: either a Config that can be used, or an
// Error whose mistakes all say where they are.
func checkLoaded(t *testing.T, c Config, err error) {
	if err == nil {
		checkUsable(t, c)
		return
	}
	var mistakes Error
	if !errors.As(err, &mistakes) || len(mistakes) == 0 {
		t.Fatalf("%T is not an Error with mistakes: %v", err, err)
	}
	for _, m := range mistakes {
		if m.Origin == "f" && m.Line < 1 || m.Origin != "f" && m.Line != 0 {
			t.Errorf("no place: %+v", m)
		}
		if m.Origin == "" && m.Path == "" {
			t.Errorf("no origin: %+v", m)
		}
		if strings.ContainsFunc(m.String(), unicode.IsControl) {
			t.Errorf("control character in %q", m.String())
		}
	}
}

func checkUsable(t *testing.T, c Config) {
	if strings.TrimSpace(c.Gateway.Start) == "" || len(c.Scenarios()) == 0 {
		t.Errorf("incomplete: %+v", c)
	}
	for _, s := range c.Scenarios() {
		if s.Concurrency < 1 || s.BodyBytes < 1 && !s.Mix {
			t.Errorf("scenario %v", s)
		}
	}
	if err := c.Mock.Latency.Validate(); err != nil {
		t.Error(err)
	}
	if err := c.Mock.Shape.Validate(c.Request.API); err != nil {
		t.Error(err)
	}
	if c.Load.Mixed() {
		var answers workload.Answers
		for _, mode := range c.Suite.Modes {
			if _, err := workload.Mix(c.Load, c.MixBase(), mode, &answers); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := json.Marshal(c.Request.Extra); err != nil {
		t.Error(err)
	}
	if g := c.Gate; !(g.Alpha > 0 && g.Alpha < 1) || !(g.Threshold > 0) || g.Floor < 0 {
		t.Errorf("gate %+v", g)
	}
	if c.Measure.TimeBudget <= 0 || c.Request.Timeout <= 0 || c.Gateway.Ready.Timeout <= 0 {
		t.Errorf("no time: %+v", c)
	}
}

func FuzzLoadFile(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(documented))
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "gateways", "*", "*.yml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, c := range mistaken {
		f.Add([]byte(header + c.settings))
	}
	for _, c := range mistakenFiles {
		if len(c.file) < Limit {
			f.Add([]byte(c.file))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Load(ForGating, Sources{Name: "f", File: data})
		checkLoaded(t, c, err)
	})
}

func FuzzLoadOverride(f *testing.F) {
	for path, texts := range overridable {
		f.Add(path, texts[1])
	}
	f.Add("gate.thresholds", "10%")
	f.Add("mock.latency", "{normal: {mean: 1ms, sd: 1ms}}")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, path, text string) {
		c, err := Load(ForGating, sources("f", "",
			Override{"gateway.start", "./gw", "--start"}, Override{path, text, "--flag"},
		))
		checkLoaded(t, c, err)
	})
}
