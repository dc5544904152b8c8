package scaffold

import (
	_ "embed" // the workflows
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// The files that a repository gets.
const (
	ConfigPath  = ".proxy-bench.yml"
	MeasurePath = ".github/workflows/proxy-bench.yml"
	PublishPath = ".github/workflows/proxy-bench-publish.yml"
	IgnorePath  = ".gitignore"
)

// File is one of them.
type File struct {
	Path, Text string
	Append     bool   // Text goes to the end of what is there
	Kept       string // why the file is left as it is; empty: it is to be written
}

// templates: a workflow of a repository without anything to cache is, but for
// its comments, the one that the README shows.
var (
	//go:embed measure.yml.tmpl
	measureText string
	//go:embed publish.yml
	publishText string
	//go:embed config.yml.tmpl
	configText string

	measure       = template.Must(template.New("measure").Delims("<<", ">>").Parse(measureText))
	configuration = template.Must(template.New("config").Delims("<<", ">>").Funcs(template.FuncMap{"yaml": scalar}).Parse(configText))
)

// Files are those of a guess. What is in the repository stays as it is.
func Files(repo fs.FS, g Guess) []File {
	data := map[string]any{
		"Guess": g, "Cache": g.caching, "Target": g.target,
	}
	if g.API != "" {
		data["Own"] = g.API.Path()
	}
	files := []File{
		{Path: ConfigPath, Text: rendered(configuration, data)},
		{Path: MeasurePath, Text: rendered(measure, data)},
		{Path: PublishPath, Text: publishText},
	}
	used := workflowOf(repo)
	for i := range files {
		f := &files[i]
		switch {
		case exists(repo, f.Path):
			f.Kept = "it is there already"
		case f.Path == MeasurePath && used["gate"] != "":
			f.Kept = used["gate"] + " uses the action already"
		case f.Path == PublishPath && used["publish"] != "":
			f.Kept = used["publish"] + " publishes already"
		}
	}
	return append(files, ignoring(repo, g))
}

func rendered(t *template.Template, data any) string {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		panic("scaffold: " + err.Error()) // the templates are ours, and so is the data
	}
	return b.String()
}

// scalar is a text as YAML has it on one line.
func scalar(text string) string {
	out, err := yaml.Marshal(text)
	if err != nil || strings.Count(string(out), "\n") > 1 {
		return fmt.Sprintf("%q", text) // a double-quoted scalar takes the same escapes
	}
	return strings.TrimSuffix(string(out), "\n")
}

// action is what a workflow uses, and publishing its part that only publishes.
const (
	action     = "org/proxy-bench-action"
	publishing = action + "/.github/actions/publish"
)

// workflowOf are the workflows that use the action, by what they do.
func workflowOf(repo fs.FS) map[string]string {
	used := map[string]string{}
	names, _ := fs.Glob(repo, ".github/workflows/*.y*ml")
	for _, name := range names {
		text, err := readFile(repo, name)
		switch {
		case err != nil || !strings.Contains(string(text), action):
		case strings.Contains(string(text), publishing) || strings.Contains(string(text), "command: publish"):
			used["publish"] = path.Base(name)
		default:
			used["gate"] = path.Base(name)
		}
	}
	return used
}

// ignoring adds what runs leave behind to .gitignore.
func ignoring(repo fs.FS, g Guess) File {
	f := File{Path: IgnorePath, Append: true}
	have, err := readFile(repo, IgnorePath)
	lines := map[string]bool{}
	for line := range strings.Lines(string(have)) {
		lines[strings.Trim(strings.TrimSpace(line), "/")] = true
	}
	for _, entry := range append([]string{"/.proxy-bench/"}, g.Ignore...) {
		if !lines[strings.Trim(entry, "/")] {
			f.Text += entry + "\n"
		}
	}
	switch {
	case f.Text == "":
		f.Kept = "it has the entry already"
	case err == nil && len(have) > 0 && !strings.HasSuffix(string(have), "\n"):
		f.Text = "\n# proxy-bench: builds, baselines\n" + f.Text
	default:
		f.Text = "# proxy-bench: builds, baselines\n" + f.Text
	}
	return f
}

// Preview is what would be written, behind a line with the file's name.
func (f File) Preview() string {
	switch {
	case f.Kept != "":
		return fmt.Sprintf("--- %s: left as it is, %s\n", f.Path, f.Kept)
	case f.Append:
		return fmt.Sprintf("--- %s, at its end\n%s", f.Path, f.Text)
	}
	return fmt.Sprintf("--- %s\n%s", f.Path, f.Text)
}
