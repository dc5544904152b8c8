package cli

import (
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/org/proxy-bench-action/internal/config"
)

// TestEveryFlagOverridesASetting: each flag with a tag names a setting, and is
// named in a mistake as on the command line.
func TestEveryFlagOverridesASetting(t *testing.T) {
	var flags struct {
		suiteFlags
		gateFlags
	}
	var mock struct{ mockFlags }
	for _, c := range []struct {
		into    any
		structs func() []any
	}{
		{&flags, func() []any { return []any{flags.suiteFlags, flags.gateFlags} }},
		{&mock, func() []any { return []any{mock.mockFlags} }},
	} {
		parser, err := kong.New(c.into)
		if err != nil {
			t.Fatal(err)
		}
		var args []string
		for _, f := range parser.Model.Flags {
			if f.Tag.Has("setting") {
				args = append(args, "--"+f.Name+"=\x00")
			}
		}
		if _, err := parser.Parse(args); err != nil {
			t.Fatal(err)
		}
		given := overrides(c.structs()...)
		if len(given) != len(args) {
			t.Errorf("%d overrides of %d flags", len(given), len(args))
		}
		_, err = config.Load(config.ForMock, config.Sources{Overrides: given})
		for _, arg := range args {
			name, _, _ := strings.Cut(arg, "=")
			if err == nil || !strings.Contains("\n"+err.Error(), "\n"+name+": ") || strings.Contains(err.Error(), "is not a setting") {
				t.Errorf("%s is not refused by its setting: %v", name, err)
			}
		}
	}
}

func TestQuickComesBeforeWhatIsSpecial(t *testing.T) {
	budget := "2m"
	got := overrides(suiteFlags{TimeBudget: &budget, Quick: true})
	want := append(config.Quick(), config.Override{Path: "measure.time_budget", Value: "2m", Origin: "--time-budget"})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The command that repeats a gate names the headers and keeps their values.
func TestFlagsShowNoHeaders(t *testing.T) {
	body := "10KB"
	given := overrides(gatewayFlags{Body: &body, Header: []string{"Authorization: Bearer sk-secret", "x-key:sk-secret"}})
	want := config.Override{Path: "request.headers", Value: "Authorization: Bearer sk-secret\nx-key:sk-secret", Origin: "--header"}
	if len(given) != 2 || given[0] != want {
		t.Errorf("got %v", given)
	}
	if got := strings.Join(flags("", given), " "); got != "--header='Authorization: …' --header='x-key: …' --body=10KB" {
		t.Errorf("got %s", got)
	}
}
