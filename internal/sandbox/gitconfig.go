package sandbox

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// An address with a name, and mostly a password, before its host.
var address = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*)://[^/\s"]*@`)

// hasPassword reports whether a text has an address that lets its reader in. That of
// SSH has the name of a user and needs a key.
func hasPassword(text string) bool {
	return slices.ContainsFunc(address.FindAllStringSubmatch(text, -1), func(found []string) bool {
		return !strings.EqualFold(found[1], "ssh") && !strings.EqualFold(found[1], "git+ssh")
	})
}

// secretKeys are those whose values let their readers in somewhere, whatever the section:
// the header that actions/checkout leaves unless it is told persist-credentials: false,
// and what tools keep beside it.
var secretKeys = strings.Fields("extraheader token oauthtoken password smtppass cookiefile")

// withoutCredentials is a configuration of git's without what lets its reader in
// somewhere, and without includes of files that the user may not read, at which git would
// end. dir is the directory of the configuration, whose relative includes are below it;
// includes are the files that it goes on including.
func withoutCredentials(config, dir string, closed []string) (rest string, includes []string) {
	var (
		kept    strings.Builder
		section string
		secret  bool // the section's name is a secret, as in url.<base>.insteadOf
	)
	for _, line := range logicalLines(config) {
		header, entry := splitHeader(line)
		if header != "" {
			section, secret = sectionOf(header), hasPassword(header)
		}
		key, value, _ := strings.Cut(entry, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		included := ""
		if key == "path" && (section == "include" || section == "includeif") {
			included = includedFile(value, dir)
		}
		switch {
		case secret:
		case slices.Contains(secretKeys, key), section == "credential" && key == "helper", hasPassword(entry),
			strings.Contains(included, "git-credentials"), slices.ContainsFunc(closed, func(d string) bool { return included != "" && contains(d, included) }):
			if header != "" {
				kept.WriteString(header + "\n")
			}
		default:
			kept.WriteString(line)
			if included != "" {
				includes = append(includes, included)
			}
		}
	}
	return kept.String(), includes
}

// logicalLines are lines with those that a backslash at the end continues.
func logicalLines(text string) (all []string) {
	open := false
	for line := range strings.Lines(text) {
		if open {
			all[len(all)-1] += line
		} else {
			all = append(all, line)
		}
		bare := strings.TrimRight(line, "\r\n")
		open = (len(bare)-len(strings.TrimRight(bare, `\`)))%2 == 1
	}
	return all
}

// splitHeader separates a section's header from an entry, which git allows behind it.
func splitHeader(line string) (header, entry string) {
	if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "[") {
		return "", line
	}
	quoted := false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ']':
			if !quoted {
				return line[:i+1], line[i+1:]
			}
		}
	}
	return line, ""
}

// sectionOf is the first word of a header, as in [remote "origin"] and [remote.origin].
func sectionOf(header string) string {
	words := strings.FieldsFunc(header, func(r rune) bool { return strings.ContainsRune(" \t[].\"\r\n", r) })
	if len(words) == 0 {
		return ""
	}
	return strings.ToLower(words[0])
}

// includedFile is the path of an include. One below somebody's home is none of ours: the
// user's is empty.
func includedFile(value, dir string) string {
	path := strings.Trim(strings.TrimSpace(value), `"`)
	switch {
	case path == "" || strings.HasPrefix(path, "~"):
		return ""
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
