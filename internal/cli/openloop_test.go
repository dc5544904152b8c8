package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/host"
)

func TestOpenFlags(t *testing.T) {
	given := func(change func(*openFlags)) openFlags {
		f := openFlags{Arrivals: "poisson", Window: 2 * time.Second} // as the command line has them
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		flags openFlags
		asked bool
		want  string // of the error
	}{
		"nothing":          {given(func(*openFlags) {}), false, ""},
		"a rate":           {given(func(f *openFlags) { f.Rate = "500" }), true, ""},
		"a share":          {given(func(f *openFlags) { f.Rate, f.KneeP99 = "0.5knee", time.Second }), true, ""},
		"a knee":           {given(func(f *openFlags) { f.Knee = true }), true, ""},
		"no rate":          {given(func(f *openFlags) { f.Rate = "much" }), false, `--rate: "much" is no rate`},
		"bound of nothing": {given(func(f *openFlags) { f.Rate, f.KneeP99 = "500", time.Second }), false, "not asked for"},
		"long window":      {given(func(f *openFlags) { f.Window = time.Hour }), false, "a window of 1h0m0s"},
	} {
		_, asked, err := c.flags.plan()
		if asked != c.asked || (err == nil) != (c.want == "") {
			t.Errorf("%s: asked %v, error %v", name, asked, err)
		}
		if err != nil && (!host.IsUsage(err) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want a wrong usage that says %q", name, err, c.want)
		}
	}
}
