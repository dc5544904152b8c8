package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/org/proxy-bench-action/internal/host"
)

// completionCommand is `proxy-bench completion`.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (completionCommand) Help() string {
	return `Prints a script for a shell. It completes commands, flags and names of files.

Exit status: 0; 2 for another shell.

Examples:
  source <(proxy-bench completion bash)
  proxy-bench completion bash >~/.local/share/bash-completion/completions/proxy-bench
  proxy-bench completion zsh >"${fpath[1]}/_proxy-bench"
  proxy-bench completion fish >~/.config/fish/completions/proxy-bench.fish`
}

// Run prints.
func (c completionCommand) Run(w host.World) error {
	parser, err := newParser(w)
	if err != nil {
		return err
	}
	script := map[string]func([]*kong.Node) string{"bash": bash, "zsh": zsh, "fish": fish}[c.Shell]
	_, err = io.WriteString(w.Stdout, script(parser.Model.Children))
	return err
}

// words are what may follow a command, but for its flags.
func words(command *kong.Node) string {
	switch command.Name {
	case "completion":
		return "bash zsh fish"
	case "help":
		return names(command.Parent.Children)
	}
	return ""
}

func names(commands []*kong.Node) string {
	var all []string
	for _, c := range commands {
		all = append(all, c.Name)
	}
	return strings.Join(all, " ")
}

func bash(commands []*kong.Node) string {
	var cases strings.Builder
	for _, c := range commands {
		var flags []string
		for _, f := range c.Flags {
			flags = append(flags, "--"+f.Name)
		}
		fmt.Fprintf(&cases, "  %s) flags='%s' words='%s' ;;\n", c.Name, strings.Join(flags, " "), words(c))
	}
	return `# bash completion of proxy-bench
_proxy_bench() {
  local cur=${COMP_WORDS[COMP_CWORD]} flags='' words=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '` + names(commands) + ` --help --version' -- "$cur")
    return
  fi
  case ${COMP_WORDS[1]} in
` + cases.String() + `  esac
  if [[ $cur == -* ]]; then
    words="$flags --help"
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _proxy_bench proxy-bench
`
}

func zsh(commands []*kong.Node) string {
	var list, cases strings.Builder
	for _, c := range commands {
		fmt.Fprintf(&list, "      %s\n", described(c.Name, c.Help))
		fmt.Fprintf(&cases, "    %s)\n      words_here=(%s)\n      flags=(", c.Name, words(c))
		for _, f := range c.Flags {
			fmt.Fprintf(&cases, "\n        %s", described("--"+f.Name, f.Help))
		}
		cases.WriteString(")\n      ;;\n")
	}
	return `#compdef proxy-bench
# zsh completion of proxy-bench
_proxy_bench() {
  local -a commands flags words_here
  if ((CURRENT == 2)); then
    commands=(
` + list.String() + `    )
    _describe command commands
    return
  fi
  case $words[2] in
` + cases.String() + `  esac
  if [[ $PREFIX == -* ]]; then
    _describe flag flags
  elif ((${#words_here})); then
    compadd -a words_here
  else
    _files
  fi
}
compdef _proxy_bench proxy-bench
`
}

// described is a word with its help as zsh takes it.
func described(word, help string) string {
	return quotedAlways(strings.ReplaceAll(word, ":", `\:`) + ":" + help)
}

func quotedAlways(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func fish(commands []*kong.Node) string {
	var b strings.Builder
	b.WriteString("# fish completion of proxy-bench\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "complete -c proxy-bench -f -n __fish_use_subcommand -a %s -d %s\n", c.Name, fishQuoted(c.Help))
	}
	for _, c := range commands {
		here := fmt.Sprintf("complete -c proxy-bench -n '__fish_seen_subcommand_from %s'", c.Name)
		if w := words(c); w != "" {
			fmt.Fprintf(&b, "%s -f -a '%s'\n", here, w)
		}
		for _, f := range c.Flags {
			value := " -r"
			if f.IsBool() {
				value = ""
			}
			fmt.Fprintf(&b, "%s -l %s%s -d %s\n", here, f.Name, value, fishQuoted(f.Help))
		}
	}
	return b.String()
}

// fishQuoted is a text in the quotes of fish, which knows two escapes in them.
func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
