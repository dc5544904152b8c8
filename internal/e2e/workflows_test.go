// Package e2e has tests of the action as a whole: its files here, its container in the
// platform tier, and what it says of real gateways in the measured tier.
package e2e

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is what these tests look at; the syntax is actionlint's to check.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Permissions map[string]string
		Timeout     int `yaml:"timeout-minutes"`
		Steps       []struct {
			ID, Uses string
			With     map[string]any
		}
	}
}

// metadata is action.yml.
type metadata struct {
	Name, Description string
	Branding          struct{ Icon, Color string }
	Inputs            map[string]struct {
		Description string
		Default     *string
	}
	Outputs map[string]struct{ Description string }
	Runs    struct {
		Using, Image string
		Args         []string
	}
}

func decode(t *testing.T, path string, into any) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return string(data)
}

func TestMetadata(t *testing.T) {
	var m metadata
	decode(t, "../../action.yml", &m)
	if m.Name == "" || m.Description == "" || m.Branding.Icon == "" || m.Branding.Color == "" {
		t.Errorf("%+v", m)
	}
	if m.Runs.Using != "docker" || m.Runs.Image != "Dockerfile" || !slices.Equal(m.Runs.Args, []string{"${{ inputs.command }}"}) {
		t.Errorf("runs %+v", m.Runs)
	}
	for name, input := range m.Inputs {
		if input.Description == "" || input.Default == nil {
			t.Errorf("input %s has no description or no default", name)
		}
	}
	for name, output := range m.Outputs {
		if output.Description == "" {
			t.Errorf("output %s has no description", name)
		}
	}
	if got := *m.Inputs["github-token"].Default; got != "${{ github.token }}" {
		t.Errorf("the token's default is %q", got)
	}
}

// TestPublishMetadata: the action that publishes takes inputs of the action, with its
// defaults, and is built by a Dockerfile that is there.
func TestPublishMetadata(t *testing.T) {
	var whole, m metadata
	decode(t, "../../action.yml", &whole)
	const dir = "../../.github/actions/publish"
	decode(t, dir+"/action.yml", &m)
	if m.Runs.Using != "docker" || !slices.Equal(m.Runs.Args, []string{"publish"}) {
		t.Errorf("runs %+v", m.Runs)
	}
	if _, err := os.Stat(filepath.Join(dir, m.Runs.Image)); err != nil {
		t.Error(err)
	}
	for name, input := range m.Inputs {
		if of, ok := whole.Inputs[name]; !ok || input.Default == nil || *input.Default != *of.Default || input.Description == "" {
			t.Errorf("input %s: %+v, the action's is %+v", name, input, of)
		}
	}
	for name := range m.Outputs {
		if _, ok := whole.Outputs[name]; !ok {
			t.Errorf("the action has no output %s", name)
		}
	}
}

// TestImageVersions: docs/inputs.md names the versions that the Dockerfile has.
func TestImageVersions(t *testing.T) {
	dockerfile, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/inputs.md")
	if err != nil {
		t.Fatal(err)
	}
	images := regexp.MustCompile(`(?m)^ARG (GO|RUST|NODE)_IMAGE=\w+:([\d.]+)-`).FindAllStringSubmatch(string(dockerfile), -1)
	if len(images) != 3 {
		t.Fatalf("the Dockerfile has %q", images)
	}
	for _, m := range images {
		if name := m[1][:1] + strings.ToLower(m[1][1:]) + " " + m[2]; !strings.Contains(string(page), name) {
			t.Errorf("docs/inputs.md does not name %s", name)
		}
	}
}

func workflows(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob("../../" + pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found
}

// TestExamplesFit: what an example gives to the action and takes from it exists, and
// each job has the rights that the action asks for, and an end.
func TestExamplesFit(t *testing.T) {
	var gate, publish metadata
	decode(t, "../../action.yml", &gate)
	decode(t, "../../.github/actions/publish/action.yml", &publish)
	actions := map[string]metadata{
		"org/proxy-bench-action@v1":                         gate,
		"org/proxy-bench-action/.github/actions/publish@v1": publish,
	}
	output := regexp.MustCompile(`steps\.(\w+)\.outputs\.([\w-]+)`)
	for _, path := range workflows(t, "testdata/workflows/*.yml") {
		var w workflow
		text := decode(t, path, &w)
		uses := 0
		for name, job := range w.Jobs {
			if job.Timeout == 0 {
				t.Errorf("%s: job %s has no time limit", path, name)
			}
			for _, step := range job.Steps {
				m, ours := actions[step.Uses]
				if !ours {
					continue
				}
				uses++
				rights := job.Permissions
				if rights == nil {
					rights = w.Permissions
				}
				if want := rightsOf(step.With); !maps.Equal(rights, want) {
					t.Errorf("%s: job %s has the permissions %v, the action asks for %v", path, name, rights, want)
				}
				for input := range step.With {
					if _, ok := m.Inputs[input]; !ok {
						t.Errorf("%s: there is no input %s", path, input)
					}
				}
				for _, ref := range output.FindAllStringSubmatch(text, -1) {
					if _, ok := m.Outputs[ref[2]]; ref[1] == step.ID && !ok {
						t.Errorf("%s: there is no output %s", path, ref[2])
					}
				}
			}
		}
		if uses == 0 {
			t.Errorf("%s does not use the action", path)
		}
	}
}

// rightsOf are those that the action asks for with these inputs: a part of a gate that
// several jobs make answers nothing.
func rightsOf(inputs map[string]any) map[string]string {
	rights := map[string]string{"contents": "read", "actions": "read"}
	if inputs["shard"] == nil && inputs["prepare"] == nil {
		rights["pull-requests"], rights["checks"] = "write", "write"
	}
	return rights
}

// TestPinned: our workflows, the examples and what init writes name other people's
// actions by commit, with the version for the reader, and one action by one commit. Of
// our own action the examples name the major tag.
func TestPinned(t *testing.T) {
	pinned := regexp.MustCompile(`uses: ([\w-]+/[\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	pins := map[string]string{}
	for _, path := range slices.Concat(workflows(t, ".github/workflows/*.yml"), workflows(t, "testdata/workflows/*.yml"), workflows(t, "internal/scaffold/*.yml*")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			switch m := pinned.FindStringSubmatch(line); {
			case !strings.Contains(line, "uses: ") || strings.Contains(line, "uses: ./") || strings.Contains(line, "uses: org/proxy-bench-action"):
			case m == nil:
				t.Errorf("%s: %s: not pinned by commit", path, strings.TrimSpace(line))
			case pins[m[1]] != "" && pins[m[1]] != m[2]:
				t.Errorf("%s: %s is %s, elsewhere %s", path, m[1], m[2], pins[m[1]])
			default:
				pins[m[1]] = m[2]
			}
		}
	}
}

// TestOwnWorkflows: they run with no right that is not asked for, and end.
func TestOwnWorkflows(t *testing.T) {
	for _, path := range workflows(t, ".github/workflows/*.yml") {
		var w workflow
		decode(t, path, &w)
		if w.Permissions == nil {
			t.Errorf("%s has no permissions", path)
		}
		for name, job := range w.Jobs {
			if job.Timeout == 0 {
				t.Errorf("%s: job %s has no time limit", path, name)
			}
		}
	}
}
