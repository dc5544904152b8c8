package attacks

const roundsAlone = "publish decides again from the rounds; nothing else of the artifact is believed"

// Result are lies in the artifact that the run of a fork leaves for publish, which has a
// token that may write.
var Result = Family{
	Title: "A result that lies",
	Test:  "internal/workflow/attack_result_test.go",
	Shown: true,
	Attacks: []Attack{
		{"another commit", "the run names a commit of main, which is marked", "commit and pull request are those that GitHub names"},
		{"another pull request", "the context names one, which is answered", "commit and pull request are those that GitHub names"},
		{"verdict of its own", "`verdict.json` says pass", roundsAlone},
		{"policy of its own", "the run says that a threshold of 1000 % was set, which nothing reaches", "publish decides by the settings of the base commit and by its own inputs"},
		{"outcomes that fail nothing", "the context says that nothing fails", roundsAlone},
		{"markup in names", "HTML, links and mentions in names of scenarios and machines, in the repository's comment", "text from outside is escaped"},
		{"markup in a reason", "HTML, links and mentions in why it failed", "text from outside is escaped"},
		{"commands in a reason", "`::set-output` in why it failed, in our own log", "all that is printed goes through the fence"},
		{"figures that are none", "NaN, infinities and negative times turn comparisons", "each figure is checked when it is read"},
		{"file larger than memory", "a few KB unpack to gigabytes", "sizes are bounded before and while it is unpacked"},
		{"more files than memory", "a directory of millions of entries", "the size of the directory is bounded"},
		{"path that leads out", "`../../file_commands/output`", "nothing is unpacked, and such names are refused"},
		{"link", "`run.json` is a link to a secret file", "links are refused"},
		{"two files of one name", "what is checked is not what is read", "a second entry is refused"},
		{"no archive", "bytes that crash a reader", "an error ends the step"},
	},
}
