//go:build browser

package report_test

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
)

// pictured are the kinds of answers that docs/pictures.md shows.
var pictured = []struct {
	name, title, what string
	report            func() report.Report
}{
	{"pass", "Pass", "Nothing changed.", func() report.Report { return fullReport("pass") }},
	{"regression", "Regression with its cause", "The head works 30 µs longer on each stream, and (simulated) it lets the backend go on when a client has gone.", causedRegression},
	{"behaviour", "Regression of behaviour", "Simulated: the head is as fast as the base, and buffers streams.", func() report.Report { return reports()["behaviour"] }},
	{"improvement", "Improvement", "The 30 µs are taken out again.", func() report.Report { return reports()["improvement"] }},
	{"inconclusive", "Inconclusive", "Simulated: two scenarios are too noisy.", func() report.Report { return reports()["inconclusive"] }},
	{"no_baseline", "No baseline yet", "The first run ever.", func() report.Report { return reports()["no_baseline"] }},
	{"failure", "A build that failed", "That is no regression, and no pass.", func() report.Report { return reports()["failure"] }},
	{"same", "The same program", "The change touches nothing that the gateway is made of.", nothingMeasured},
}

// causedRegression is a gate of the default suite with a cause and a behaviour.
func causedRegression() report.Report {
	r := fullReport("regression")
	r.Verdict.Behaviours = []bench.BehaviourChange{{
		Behaviour: "runs-on", Change: bench.ChangeNew, Harm: true, Outcome: bench.Regression,
		Text: "the backend goes on after clients went away: 10 of 10, base 0 of 10", Look: "cancellation that is not passed on",
	}}
	return r
}

const pictures = "../../docs/pictures"

// TestBrowserScreenshots takes the pictures of docs/pictures.md and writes that page,
// with -update; else it looks whether they are there. Their pixels are a font's, so they
// are not compared.
func TestBrowserScreenshots(t *testing.T) {
	if *update {
		takePictures(t)
	}
	golden(t, "../"+pictures+".md", picturesPage())
	total := int64(0)
	for _, p := range pictured {
		for _, shot := range shots {
			path := filepath.Join(pictures, p.name+"-"+shot.Name+".png")
			file, err := os.Open(path)
			if err != nil {
				t.Fatalf("%v; run: go test -tags browser ./internal/report -run Screenshots -update", err)
			}
			info, err := file.Stat()
			if err != nil {
				t.Fatal(err)
			}
			total += info.Size()
			if c, err := png.DecodeConfig(file); err != nil || c.Width != shot.Width {
				t.Errorf("%s: %+v, %v", path, c, err)
			}
			file.Close()
		}
	}
	if total > 3<<20 {
		t.Errorf("the pictures have %d bytes", total)
	}
}

// shot is one picture of each kind.
type shot struct {
	Name, Of, Scheme string // of the comment or of the page
	Width, Height    int    // at most so tall
}

var shots = []shot{
	{"comment", "comment", "light", 900, 900},
	{"comment-dark", "comment", "dark", 900, 900},
	{"comment-narrow", "comment", "light", 390, 900},
	{"comment-narrow-dark", "comment", "dark", 390, 900},
	{"page", "page", "light", 1400, 860},
	{"page-dark", "page", "dark", 1400, 860},
	{"page-narrow", "page", "light", 390, 900},
	{"page-narrow-dark", "page", "dark", 390, 900},
}

func takePictures(t *testing.T) {
	node, chromium := browser(t)
	directory := t.TempDir()
	type job struct {
		shot
		File, Picture string
	}
	var jobs []job
	for _, p := range pictured {
		r := p.report()
		files := map[string]string{"page": htmlOf(t, r), "comment": asGitHub(t, commented(t, r))}
		for _, s := range shots {
			file := filepath.Join(directory, p.name+"-"+s.Of+".html")
			if err := os.WriteFile(file, []byte(files[s.Of]), 0o644); err != nil {
				t.Fatal(err)
			}
			jobs = append(jobs, job{s, file, filepath.Join(pictures, p.name+"-"+s.Name+".png")})
		}
	}
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), node, filepath.Join(browserTests, "screenshot.mjs"), chromium)
	command.Stdin = strings.NewReader(string(text))
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, j := range jobs {
		optimise(t, j.Picture)
	}
}

// mostColours are enough for a screenshot of text.
const mostColours = 128

// optimise leaves a picture the colours that it has most of, which halves its bytes.
func optimise(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(file)
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[color.RGBA]int)
	bounds := picture.Bounds()
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			count[color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)]++
		}
	}
	var colours []color.RGBA
	for c := range count {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	var palette color.Palette
	for _, c := range colours[:min(mostColours, len(colours))] {
		palette = append(palette, c)
	}
	nearest := make(map[color.RGBA]uint8)
	for _, c := range colours {
		nearest[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(bounds, palette)
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			small.SetColorIndex(x, y, nearest[color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)])
		}
	}
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(out, small); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// asGitHub is a comment as GitHub shows it, but for its charts: its Markdown as HTML, in
// the colours and sizes of a comment.
func asGitHub(t *testing.T, comment string) string {
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>
:root { --fg: #1f2328; --muted: #59636e; --bg: #fff; --edge: #d1d9e0; --soft: #f6f8fa; --link: #0969da; }
@media (prefers-color-scheme: dark) { :root { --fg: #f0f6fc; --muted: #9198a1; --bg: #0d1117; --edge: #3d444d; --soft: #151b23; --link: #4493f8; } }
body { margin: 0; padding: 16px; background: var(--bg); color: var(--fg); font: 14px/1.5 system-ui, sans-serif; }
.comment { border: 1px solid var(--edge); border-radius: 6px; }
.by { padding: 8px 16px; background: var(--soft); border-bottom: 1px solid var(--edge); border-radius: 6px 6px 0 0; color: var(--muted); }
.by b { color: var(--fg); }
.body { padding: 16px; overflow-wrap: break-word; }
a { color: var(--link); } h4, h5 { margin: 16px 0 8px; } p, ul, table { margin: 0 0 16px; } ul { padding-left: 2em; }
table { display: block; overflow: auto; width: max-content; max-width: 100%; border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid var(--edge); } tr:nth-child(2n) td { background: var(--soft); }
code, pre { background: var(--soft); border-radius: 6px; font: 12px ui-monospace, monospace; } pre { padding: 12px; overflow: auto; }
blockquote { margin: 0 0 16px; padding: 0 1em; border-left: 4px solid var(--edge); color: var(--muted); } sub { font-size: 75%; }
</style></head><body><div class="comment"><div class="by"><b>github-actions</b> bot commented</div><div class="body">` +
		emoji.Replace(rendered(t, comment)) + `</div></div></body></html>`
}

// emoji are drawn with what every font has: few machines have a font of emoji.
var emoji = strings.NewReplacer(
	"❌", `<b style="color:#d1242f">✖</b>`, "✅", `<b style="color:#1a7f37">✔</b>`, "🚀", `<b style="color:#1a7f37">▲</b>`,
	"❔", `<b style="color:#9a6700">?</b>`, "⚪", "○", "🆕", "<b>★</b>", "🔧", `<b style="color:#9a6700">!</b>`, "⚠️", `<b style="color:#9a6700">!</b>`, "📏", "",
)

// picturesPage shows the pictures.
func picturesPage() string {
	var b strings.Builder
	b.WriteString(`# Pictures of the answers

Each kind of comment and page, as a browser shows them, in light and dark, wide and
narrow. The command

` + "```sh\ngo test -tags browser ./internal/report -run Screenshots -update\n```" + `

takes the pictures and writes this page. The runs are of the reference gateway, but for
what is marked as simulated. [What a comment looks like](comment.md) has every kind as
text.

`)
	for _, p := range pictured {
		of := func(shot, what string) string {
			return fmt.Sprintf("![%s: %s](pictures/%s-%s.png)", p.title, what, p.name, shot)
		}
		fmt.Fprintf(&b, "## %s\n\n%s\n\n%s\n\n%s\n\n", p.title, p.what, of("comment", "comment"), of("page", "top of the page"))
		fmt.Fprintf(&b, "<details><summary>Narrow and dark</summary>\n\n%s\n%s\n\n%s\n%s\n\n%s\n%s\n\n</details>\n\n",
			of("comment-narrow", "comment, 390 pixels"), of("page-narrow", "page, 390 pixels"),
			of("comment-narrow-dark", "comment, 390 pixels, dark"), of("page-narrow-dark", "page, 390 pixels, dark"),
			of("comment-dark", "comment, dark"), of("page-dark", "page, dark"))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
