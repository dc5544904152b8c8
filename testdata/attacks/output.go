package attacks

const apart = "what was printed stands between stop-commands and a random token, and signs of commands are taken apart"

// Output are commands to the runner in what a build or gateway prints. The runner obeys
// `::name::` at the start of a line and `##[name]` anywhere.
var Output = Family{
	Title: "Commands in what is printed",
	Test:  "internal/actions/attack_test.go",
	Shown: true,
	Attacks: []Attack{
		{"plain command", "`::set-output name=verdict::pass`", apart},
		{"indented command", "the runner trims spaces and tabs", apart},
		{"old command in the middle of a line", "`text ##[set-env name=PATH]/evil`", apart},
		{"command after a carriage return", "the runner ends lines there, too", apart},
		{"command after spaces of Unicode", "no-break, em and ideographic spaces are trimmed", apart},
		{"command after a separator of Unicode", "U+2028, U+2029 and U+0085 count as space", apart},
		{"command between control characters", "they do not count when text is compared", apart},
		{"command with soft hyphens", "nor do these, also between the two colons", apart},
		{"command behind colours", "a terminal's escape sequences stand before it", apart},
		{"command behind bytes that are no text", "bytes that are not UTF-8 become a sign that may not count", apart},
		{"command behind a byte order mark", "the mark does not count", apart},
		{"command split over writes", "each piece is harmless", "the text is followed over all pieces"},
		{"command at the end of a very long line", "a reader that cuts lines sees a new one", apart},
		{"end of the fence", "`::TOKEN::` with a guessed token", "the token is random, of 130 bits, and new for each fence"},
		{"fence of its own", "`::stop-commands::x` hides what we say after it", apart},
	},
}
