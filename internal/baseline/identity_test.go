package baseline

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestIdentity(t *testing.T) {
	left := Identity{Repository: 1, Directory: "services/a", Key: "x", Attempt: 1}
	for name, c := range map[string]struct {
		job  Identity
		want string
	}{
		"the same":           {Identity{Repository: 1, Directory: "services/a", Key: "x", Attempt: 3}, ""},
		"unknown directory":  {Identity{Repository: 1, Key: "x"}, ""},
		"unknown repository": {Identity{Directory: "services/a", Key: "x"}, ""},
		"another repository": {Identity{Repository: 2, Directory: "services/a", Key: "x"}, "the baseline is of repository 1, this is repository 2"},
		"another directory":  {Identity{Repository: 1, Directory: "services/b", Key: "x"}, "the baseline is of the gateway in services/a with the key x, this is the gateway in services/b with the key x"},
		"the root":           {Identity{Repository: 1, Directory: ".", Key: "x"}, "this is the gateway in the repository's root with the key x"},
		"another key":        {Identity{Repository: 1, Directory: "services/a", Key: "y"}, "with the key x, this is the gateway in services/a with the key y"},
		"no key":             {Identity{Directory: "services/a"}, "this is the gateway in services/a without a key"},
	} {
		if got := left.Difference(c.job); !strings.HasSuffix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	left.Shared = true
	if got := left.Difference(left); !strings.Contains(got, "set the input key") {
		t.Errorf("shared: %q", got)
	}
}

// TestIdentityInTheFile: it comes back as it was written, and a baseline of an older
// program has none.
func TestIdentityInTheFile(t *testing.T) {
	b := sampleBaseline(1, recordtest.SSE10)
	b.Bundle = nil
	for _, want := range []*Identity{nil, {Repository: 7, Directory: ".", Key: "x", Attempt: 2, Shared: true}} {
		b.Identity = want
		if got, err := Read(bytes.NewReader(written(t, b)), DefaultLimits()); err != nil || !reflect.DeepEqual(got.Identity, want) {
			t.Errorf("read %+v, %v; want %+v", got.Identity, err, want)
		}
	}
	for want, spoilt := range map[string]Identity{
		"identity: directory: not a path": {Directory: "../a"},
		"directory: not a path in":        {Directory: "a\nb"},
		"key: more than 50 bytes":         {Key: strings.Repeat("k", 51)},
		"or control characters":           {Key: "a\x1b"},
	} {
		b.Identity = &spoilt
		_, err := encode(b)
		testenv.WantError(t, err, want)
	}
}
