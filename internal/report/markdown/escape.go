package markdown

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// md makes a string text of GitHub's Markdown, one line of at most so many
// characters: nothing in it is markup, a mention, a reference to an issue, or a
// link.
func md(s string, most int) string { return escaped(plain.To(s, most)) }

// nothing is a zero-width space. GitHub finds mentions, references and bare
// links in the text that Markdown leaves, where a character reference is the
// character again; so they have to be taken apart instead.
const nothing = "&#8203;"

var (
	inText = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`,
		"<", "&lt;", ">", "&gt;", "&", "&amp;",
		"|", "&#124;", // a backslash before it is for the table only
		"$", "&#36;", // begins a formula, with a backslash too
		"@", "@"+nothing, "#", "#"+nothing, "://", ":"+nothing+"//", "www.", "www"+nothing+".",
	)
	reference = regexp.MustCompile(`(?i)\b(GH)-([0-9])`)
	// What begins a list, underlines a heading or divides a page.
	opening = regexp.MustCompile(`^([0-9]*)([-+.)](?:\s|$)|[-=]+$)`)
)

func escaped(s string) string {
	s = inText.Replace(s)
	s = reference.ReplaceAllString(s, "$1"+nothing+"-$2")
	return opening.ReplaceAllString(s, `$1\$2`)
}

// inHTML is for the text of an element, which GitHub does not search for
// mentions when the element is a code or a pre.
var inHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// preformatted shows lines as they are. A fence could be closed by one of them;
// this element ends only with its own tag.
func preformatted(lines []string) string {
	return "<pre>" + inHTML.Replace(strings.Join(lines, "\n")) + "</pre>\n\n"
}

// command shows one line that is there to be copied.
func command(s string) string {
	s = strings.ReplaceAll(plain.Clean(s), "<!--", "<! --") // what marks our own comments
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + "sh\n" + s + "\n" + fence + "\n\n"
}

// link is a link where the address is one that a browser may follow, else its
// text.
func link(text, address string) string {
	followed := document.Link{Address: address}.Followed()
	if followed == "" || len(address) > 2000 {
		return text
	}
	return fmt.Sprintf("[%s](%s)", text, inAddress.Replace(followed))
}

var inAddress = strings.NewReplacer(
	"(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C", "`", "%60", `\`, "%5C", `"`, "%22", "'", "%27",
	" ", "%20", "[", "%5B", "]", "%5D", "$", "%24",
)

// tabled writes a table; left says which columns are aligned so.
func tabled(left []bool, head []string, rows [][]string) string {
	var b strings.Builder
	b.WriteString("| " + strings.Join(head, " | ") + " |\n|")
	for _, l := range left {
		if l {
			b.WriteString(":--|")
		} else {
			b.WriteString("--:|")
		}
	}
	b.WriteByte('\n')
	for _, cells := range rows {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String() + "\n"
}

// alert is a paragraph that GitHub sets apart.
func alert(a document.Alert) string {
	kind := map[document.Level]string{document.Notice: "NOTE", document.Warning: "IMPORTANT", document.Fault: "WARNING"}[a.Level]
	return fmt.Sprintf("> [!%s]\n> %s\n\n", kind, md(a.Text, 240))
}

// bar shows a share of the largest value in a table as a length.
func bar(share float64) string {
	const full = 10
	switch n := int(share*full + 0.5); {
	case !(share > 0):
		return ""
	case n < 1:
		return "▏"
	default:
		return strings.Repeat("█", min(n, full))
	}
}
