package sandbox

import (
	"slices"
	"strings"
	"testing"
)

// TestWithoutCredentials: what is withheld of a configuration in the repository
// /w/.git, where nobody may read /t.
func TestWithoutCredentials(t *testing.T) {
	const tail = "[core]\n\tbare = false\n"
	for name, c := range map[string]struct{ config, rest string }{
		"a header":                     {"[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic abc\n", "[http \"https://github.com/\"]\n"},
		"without spaces, any letters":  {"[HTTP]\nExtraHeader=x\n", "[HTTP]\n"},
		"behind its section's name":    {"[http \"https://github.com/\"] extraheader = AUTHORIZATION: basic abc\n", "[http \"https://github.com/\"]\n"},
		"over two lines":               {"[http]\n\textraheader = AUTHORIZATION: \\\n basic abc\n\tsslVerify = true\n", "[http]\n\tsslVerify = true\n"},
		"a remote with a password":     {"[remote \"origin\"]\n\turl = https://x-access-token:abc@github.com/o/r\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n", "[remote \"origin\"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"},
		"a remote without":             {"[remote \"origin\"]\n\turl = https://github.com/o/r\n", ""},
		"a remote by SSH":              {"[remote \"origin\"]\n\turl = ssh://git@github.com/o/r\n[remote \"b\"]\n\turl = git@github.com:o/r.git\n", ""},
		"another address, and all":     {"[url \"https://abc@github.com/\"]\n\tinsteadOf = https://github.com/\n\tpushInsteadOf = git@github.com:\n", "\x00"},
		"another address on one line":  {"[url \"https://abc@github.com/\"] insteadOf = https://github.com/\n", "\x00"},
		"an address with no password":  {"[url \"ssh://git@github.com/\"]\n\tinsteadOf = https://github.com/\n", ""},
		"checkout's include":           {"[includeIf \"gitdir:/github/workspace/.git\"]\n\tpath = /elsewhere/git-credentials-0b1c.config\n", "[includeIf \"gitdir:/github/workspace/.git\"]\n"},
		"an include nobody may read":   {"[include]\n\tpath = \"/t/x.config\"\n", "[include]\n"},
		"the same, relatively":         {"[include]\n\tpath = ../../t/x.config\n", "[include]\n"},
		"an include":                   {"[include]\n\tpath = ../shared.config\n", ""},
		"an include at home":           {"[include]\n\tpath = ~/x.config\n", ""},
		"a path that is none":          {"[submodule \"s\"]\n\tpath = /t/x\n", ""},
		"a helper":                     {"[credential \"https://github.com\"]\n\thelper = \"!f() { echo password=abc; }; f\"\n\tuseHttpPath = true\n", "[credential \"https://github.com\"]\n\tuseHttpPath = true\n"},
		"a program that is no helper":  {"[alias]\n\thelper = status\n", ""},
		"LFS":                          {"[lfs \"https://github.com/o/r.git/info/lfs\"]\n\taccess = basic\n[http \"https://lfs.example\"]\n\textraheader = X: y\n", "[lfs \"https://github.com/o/r.git/info/lfs\"]\n\taccess = basic\n[http \"https://lfs.example\"]\n"},
		"a token":                      {"[github]\n\tuser = me\n\ttoken = abc\n", "[github]\n\tuser = me\n"},
		"a proxy":                      {"[http]\n\tproxy = http://me:abc@proxy.example:3128\n", "[http]\n"},
		"a comment":                    {"\tmerge = refs/heads/main # https://github.com/o/r is where me@x came\n", ""},
		"a bracket in a section":       {"[remote \"a]b\"]\n\turl = https://x:abc@h/\n", "[remote \"a]b\"]\n"},
		"a name that says extraheader": {"[remote \"extraheader = x\"]\n\turl = https://h/\n", ""},
		"no newline at the end":        {"[http]\n\textraheader = x", "[http]\n"},
		"nothing":                      {"", ""},
	} {
		want := strings.TrimPrefix(c.rest, "\x00")
		if c.rest == "" {
			want = c.config
		}
		config := c.config
		if strings.HasSuffix(config, "\n") {
			config, want = config+tail, want+tail
		}
		if rest, _ := withoutCredentials(config, "/w/.git", []string{"/t"}); rest != want {
			t.Errorf("%s: left is\n%s\nwant\n%s", name, rest, want)
		}
	}
}

func TestIncludes(t *testing.T) {
	_, got := withoutCredentials("[include]\n\tpath = ../shared.config\n[includeIf \"onbranch:x\"]\n path=/w/other\n[include]\npath=/t/no\n", "/w/.git", []string{"/t"})
	if want := []string{"/w/shared.config", "/w/other"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzWithoutCredentials(f *testing.F) {
	for _, seed := range []string{checkoutConfig, "[url \"https://abc@h/\"] insteadOf = x\\\ny\n", "[a \"\\\"]\"]b=c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, config string) {
		rest, _ := withoutCredentials(config, "/w/.git", []string{"/t"})
		if again, _ := withoutCredentials(rest, "/w/.git", []string{"/t"}); again != rest {
			t.Errorf("%q leaves %q, which leaves %q", config, rest, again)
		}
	})
}
