package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReleaseTags: the major tag moves forward only.
func TestReleaseTags(t *testing.T) {
	for name, c := range map[string]struct {
		version, tags string // there already
		want          string // what it sets
		refuses       string
	}{
		"the first":                  {"v1.0.0", "", "v1.0.0 v1", ""},
		"the next":                   {"v1.3.0", "v1 v1.2.0 v1.2.1", "v1.3.0 v1", ""},
		"of more digits":             {"v1.10.0", "v1 v1.9.0", "v1.10.0 v1", ""},
		"a patch of the newest":      {"v1.2.2", "v1 v1.1.9 v1.2.1", "v1.2.2 v1", ""},
		"a patch of an older line":   {"v1.2.3", "v1 v1.2.2 v1.3.0", "v1.2.3", ""},
		"older, of more digits":      {"v1.9.4", "v1 v1.9.3 v1.10.0", "v1.9.4", ""},
		"of an older major":          {"v1.4.0", "v1 v2 v1.3.0 v2.0.0", "v1.4.0 v1", ""},
		"the first of a major":       {"v2.0.0", "v1 v1.3.0", "v2.0.0 v2", ""},
		"a major with that prefix":   {"v1.0.0", "v10.2.0 v11", "v1.0.0 v1", ""},
		"other tags":                 {"v1.1.0", "v1.2.0-rc1 nightly v1.9 1.9.0", "v1.1.0 v1", ""},
		"one that exists":            {"v1.2.0", "v1.2.0", "", "v1.2.0 exists"},
		"without v":                  {"1.2.0", "", "", "not vMAJOR.MINOR.PATCH"},
		"with a zero before":         {"v1.02.0", "", "", "not vMAJOR.MINOR.PATCH"},
		"with a shell's words in it": {"v1.0.0; touch x", "", "", "not vMAJOR.MINOR.PATCH"},
		"none":                       {"", "", "", "not vMAJOR.MINOR.PATCH"},
	} {
		cmd := exec.Command("../../.ci/release-tags", c.version)
		cmd.Stdin = strings.NewReader(strings.ReplaceAll(c.tags, " ", "\n") + "\n")
		var failed strings.Builder
		cmd.Stderr = &failed
		out, err := cmd.Output()
		if got := strings.Join(strings.Fields(string(out)), " "); err == nil && (got != c.want || c.refuses != "") {
			t.Errorf("%s: sets %q, want %q", name, got, c.want)
		}
		if err != nil && (c.refuses == "" || !strings.Contains(failed.String(), c.refuses)) {
			t.Errorf("%s: %v, %s", name, err, failed.String())
		}
	}
}

// TestReleaseHasWhatIsInstalled: what docs/install.md tells to download is what a release
// makes and publishes.
func TestReleaseHasWhatIsInstalled(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile("../../" + path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	page, binaries, release := read("docs/install.md"), read(".ci/binaries"), read(".github/workflows/release.yml")
	for _, c := range []struct{ what, said, made, by string }{
		{"programs", `"$from/proxy-bench-linux-$arch"`, `"$dir/proxy-bench-linux-$arch"`, binaries},
		{"architectures", "arch=amd64 # or arm64", "for arch in amd64 arm64;", binaries},
		{"sums", `"$from/SHA256SUMS"`, ">SHA256SUMS", binaries},
		{"programs of a release", "/releases/latest/download", `gh release create "$VERSION"`, release},
		{"their provenance", "gh attestation verify proxy-bench-linux-amd64", "subject-checksums: binaries/SHA256SUMS", release},
		{"images", "ghcr.io/org/proxy-bench-action:v1", `--tag "$IMAGE$suffix:$major"`, release},
		{"the small image", "ghcr.io/org/proxy-bench-action-publish", "suffix: -publish", release},
		{"tags", "uses: org/proxy-bench-action@v1", `git push --force origin "$major"`, release},
	} {
		if !strings.Contains(page, c.said) || !strings.Contains(c.by, c.made) {
			t.Errorf("%s: docs/install.md has to say %q, a release to make it by %q", c.what, c.said, c.made)
		}
	}
}

// releasedFiles are the actions of a release, and what names their images.
var releasedFiles = []string{"action.yml", ".github/actions/publish/action.yml", ".ci/name-images"}

// TestReleasedActions: what a release tags names its images in both actions, and what it
// cannot name it refuses.
func TestReleasedActions(t *testing.T) {
	tree := t.TempDir()
	for _, name := range releasedFiles {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const image, publishing = "ghcr.io/org/proxy-bench-action@sha256:1", "ghcr.io/org/proxy-bench-action-publish@sha256:2"
	naming := func() ([]byte, error) {
		return exec.Command(filepath.Join(tree, ".ci/name-images"), image, publishing).CombinedOutput()
	}
	if out, err := naming(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, want := range []string{image, publishing} {
		var m metadata
		decode(t, filepath.Join(tree, releasedFiles[i]), &m)
		if m.Runs.Image != "docker://"+want {
			t.Errorf("%s runs %s", releasedFiles[i], m.Runs.Image)
		}
	}
	if out, err := naming(); err == nil || !strings.Contains(string(out), "has no line") {
		t.Errorf("a second time: %v\n%s", err, out)
	}
}
