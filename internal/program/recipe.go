package program

import (
	"maps"
	"path"
	"regexp"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// recipeDifference says how two gateways are started differently; empty: they are not.
// How they are built does not count here, the result does; nor how long they may take
// to be ready. Requests need no look: both are sent those of head's configuration.
func recipeDifference(base, head bench.Recipe) string {
	switch {
	case base.Start != head.Start:
		return "the start lines differ"
	case !maps.Equal(base.Env, head.Env):
		return "gateway.env differs"
	case base.Ready.Path != head.Ready.Path:
		return "gateway.ready.path differs"
	}
	return ""
}

var (
	// documents are files that no gateway reads while it runs. Markdown elsewhere may
	// be a prompt.
	documents = regexp.MustCompile(`^/?\.github/|^/?docs/.*\.(md|png|svg)$|(^|/)(README|CHANGELOG|CONTRIBUTING|SECURITY|CODE_OF_CONDUCT|CODEOWNERS|LICENSE|NOTICE|AUTHORS)(\.(md|txt|rst))?$|(^|/)\.(gitignore|gitattributes|editorconfig)$`)
	// compiledFrom are files that programs are compiled from: they count as far as they
	// are in the program.
	compiledFrom = regexp.MustCompile(`\.(go|rs|c|cc|cpp|cxx|h|hh|hpp|zig|s|S|asm|proto)$|(^|/)(go\.(mod|sum|work|work\.sum)|Cargo\.(toml|lock)|rust-toolchain(\.toml)?|Makefile|CMakeLists\.txt|Dockerfile)$`)
	// settingsFile is the name of a file that a program may look for unasked.
	settingsFile = regexp.MustCompile(`^\.env|\.(ya?ml|toml|json|ini|conf|cfg|properties|hcl|xml)$`)
)

// mayBeRead is the first of some changed files that a gateway may read while it runs,
// beside those that were compared; empty: none. Of a compiled gateway its sources do
// not count.
func mayBeRead(changed []string, compiled bool, compared func(file string) bool) string {
	i := slices.IndexFunc(changed, func(file string) bool {
		return !compared(file) && !documents.MatchString(file) && !(compiled && compiledFrom.MatchString(file))
	})
	if i < 0 {
		return ""
	}
	return changed[i]
}

// unaskedFor are those of the files of a directory that a program may look for in it
// without being told.
func unaskedFor(dir string, names []string) (files []string) {
	for _, name := range names {
		if settingsFile.MatchString(name) {
			files = append(files, path.Join(dir, name))
		}
	}
	return files
}
