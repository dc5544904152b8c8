package gateway

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestUses: what a gateway has of other files is seen, whoever runs it.
func TestUses(t *testing.T) {
	t.Parallel()
	// The one that serves waits until the other is where it is to be.
	const line = `exec 7<"$PLACE/open"; (cd "$PLACE" && exec sleep 1000) & until [ /proc/$!/cwd -ef "$PLACE" ]; do sleep 0.01; done; ROLE=serve exec "$SELF" --data="$PLACE/file"`
	for name, of := range map[string]func(*testing.T, string) (Spec, string){
		"ours":          func(t *testing.T, line string) (Spec, string) { return newSpec(t, line) },
		"somebody else": isolated,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := of(t, line)
			place, err := os.MkdirTemp("/tmp", "proxy-bench-test-")
			if err == nil {
				err = os.WriteFile(filepath.Join(place, "open"), nil, 0o644)
			}
			if err == nil {
				err = os.Chmod(place, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(place) })
			spec.Env = append(spec.Env, "PLACE="+place)
			p := start(t, spec, mark)
			self := ""
			for _, pair := range spec.Env {
				if value, is := strings.CutPrefix(pair, "SELF="); is {
					self = value // the last one counts
				}
			}
			wanted := func(path string) bool { return strings.HasPrefix(path, place) || path == self }
			got := p.Uses(wanted)
			for _, want := range []string{"is in " + place, "has " + place + "/open open", "was started with " + place + "/file", "runs " + self, "has " + self + " loaded"} {
				if !slices.Contains(got, want) {
					t.Errorf("%q lacks %q", got, want)
				}
			}
			if found := p.Uses(func(path string) bool { return strings.HasPrefix(path, spec.LogPath) }); len(found) > 0 {
				t.Errorf("it is charged with our log: %q", found)
			}
		})
	}
}
