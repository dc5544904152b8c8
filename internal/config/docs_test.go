package config

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

var update = flag.Bool("update", false, "write what is generated instead of comparing with it")

const settingsPage = "../../docs/settings.md"

// TestSettingsPage: the page of settings is generated from the table. `go test
// ./internal/config -run SettingsPage -update` writes it.
func TestSettingsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Settings\n\nEverything that `.proxy-bench.yml` can hold. A flag or an input of the action wins over the\n" +
		"file, and the file over the default. This page is generated.\n\n| setting | default | takes | |\n|---|---|---|---|\n")
	for _, s := range newDraft().table {
		standard := ""
		if s.standard != "" {
			standard = "`" + s.standard + "`"
		}
		if s.help == "" || s.want == "" {
			t.Errorf("nothing is said of %s", s.path)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.path, standard, s.want, s.help)
	}
	b.WriteString("\n## Variables of the start line\n\n`sh -c` runs `gateway.start` with these variables. The values of `gateway.env` may name them too,\n" +
		"as `$PORT` or `${PORT}`.\n\n")
	b.WriteString(variablesTable())
	if *update {
		if err := os.WriteFile(settingsPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if page, err := os.ReadFile(settingsPage); err != nil || string(page) != b.String() {
		t.Errorf("%s does not say what the table of settings says; -update writes it (%v)", settingsPage, err)
	}
}

func variablesTable() string {
	var b strings.Builder
	b.WriteString("| variable | value |\n|---|---|\n")
	for _, v := range startVariables {
		fmt.Fprintf(&b, "| %s | %s |\n", v.name, v.value)
	}
	return b.String()
}

// TestStartingPage: every example loads.
func TestStartingPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/starting.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) < 4 {
		t.Errorf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		if _, err := Load(ForMeasuring, Sources{Name: "docs/starting.md", File: block[1]}); err != nil {
			t.Errorf("%s\n%v", block[1], err)
		}
	}
}

// TestPageShowsTheDefaults: what docs/configuration.md shows of the format loads as the
// defaults, and leaves no setting out.
func TestPageShowsTheDefaults(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(version: 1\ngateway:.*?)```").FindAllSubmatch(text, -1)
	if len(block) == 0 {
		t.Fatal("docs/configuration.md shows no configuration")
	}
	shown := string(block[len(block)-1][1]) // the whole one comes last
	loaded, err := Load(ForMock, Sources{Name: "docs/configuration.md", File: []byte(strings.ReplaceAll(shown, "…", "/x"))})
	if err != nil {
		t.Fatal(err)
	}
	want := newDraft().config
	want.Suite.Paced = true
	want.Gateway = bench.Recipe{Build: "/x", Start: "/x", Env: map[string]string{}, Ready: bench.Ready{Path: "/x", Timeout: want.Gateway.Ready.Timeout}}
	if !reflect.DeepEqual(loaded, want) {
		t.Errorf("docs/configuration.md is %+v, the defaults %+v", loaded, want)
	}
	elsewhere := []string{"load"} // docs/load.md
	for _, s := range newDraft().table {
		section, key, _ := strings.Cut(s.path, ".")
		if key = key[strings.LastIndexByte(key, '.')+1:]; !slices.Contains(elsewhere, section) && !strings.Contains(shown, key+":") {
			t.Errorf("docs/configuration.md does not show %s", s.path)
		}
	}
}
