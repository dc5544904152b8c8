package attacks

const asTheUser = "git in the workspace runs as the gateway's user, under a supervisor"

// Git are ways in which git runs a program that a repository names: planted by an earlier
// step or by the build, run when the action asks git about the workspace.
var Git = Family{
	Title: "Programs for git to run",
	Test:  "internal/sandbox/attack_git_test.go",
	Shown: true,
	Attacks: []Attack{
		{"file system monitor", "`core.fsmonitor`; `git status` runs it", asTheUser},
		{"hooks elsewhere", "`core.hooksPath`; `git worktree add` runs post-checkout", asTheUser},
		{"hook after a checkout", "`.git/hooks/post-checkout`", asTheUser},
		{"hook on references", "`.git/hooks/reference-transaction`; runs whenever one changes", asTheUser},
		{"hook on the index", "`.git/hooks/post-index-change`; `git status` writes the index", asTheUser},
		{"filter of what is read", "`filter.x.clean` and `.git/info/attributes`; `git status` runs it", asTheUser},
		{"filter of what is checked out", "`filter.x.smudge`; runs when the base is checked out", asTheUser},
		{"filter that stays", "`filter.x.process`; talks to git while the base is checked out", asTheUser},
		{"text of a file", "`diff.x.textconv`; `git diff` runs it", asTheUser},
		{"another diff", "`diff.external`", asTheUser},
		{"another ssh", "`core.sshCommand`; runs when a remote is fetched", asTheUser + "; the base is fetched into a repository of ours"},
		{"proxy of a remote", "`core.gitProxy`", asTheUser + "; the base is fetched into a repository of ours"},
		{"credential helper", "`credential.helper`; runs when a server asks who we are", asTheUser + "; the base is fetched into a repository of ours"},
		{"program that asks for passwords", "`core.askPass`", asTheUser + "; the base is fetched into a repository of ours"},
		{"remote that is a command", "`url.ext::….insteadOf` and `protocol.ext.allow`", asTheUser + "; the base is fetched into a repository of ours"},
		{"other end of a remote", "`remote.origin.uploadpack`", asTheUser + "; the base is fetched into a repository of ours"},
		{"missing object", "a promisor remote; looking for a commit that is not there fetches it by a command", asTheUser},
		{"configuration elsewhere", "`include.path`", asTheUser},
		{"configuration for one directory", "`includeIf.gitdir:…`", asTheUser},
		{"configuration of a worktree", "`extensions.worktreeConfig`", asTheUser},
		{"repository elsewhere", "`.git` is a file that names another directory", asTheUser},
		{"common directory elsewhere", "`.git/commondir`", asTheUser},
		{"configuration of a submodule", "`git status` looks into submodules, by their configuration", asTheUser},
		{"program that checks signatures", "`gpg.program` with `log.showSignature`; `git log` runs it", asTheUser},
	},
}
