package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/config"
)

// flags are those with which gate reads a configuration and changes it, as a shell
// takes them.
func flags(configuration string, overrides []config.Override) []string {
	var all []string
	if configuration != "" {
		all = append(all, "--config="+quoted(configuration))
	}
	for _, o := range overrides {
		if o.Origin != "--quick" {
			all = append(all, o.Origin+"="+quoted(o.Value))
		} else if !slices.Contains(all, o.Origin) {
			all = append(all, o.Origin)
		}
	}
	return all
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./,:%+-]+$`)

// quoted is a word that a shell takes as it is.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
