package scaffold

import (
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// meaning is a kind of name, and the value that such an argument takes.
type meaning struct {
	names *regexp.Regexp // of options, in small letters with dashes
	value string
}

// What options and variables are called that say where to listen, the best first.
var listening = []meaning{
	{regexp.MustCompile(`^(gateway|listen|proxy|router)-port$`), "$PORT"}, // beside the port of something else
	{regexp.MustCompile(`^port$`), "$PORT"},
	{regexp.MustCompile(`^(server|http|app)-port$`), "$PORT"},
	{regexp.MustCompile(`^(http-|server-|gateway-|proxy-)?(listen|bind|addr|address)(-addr|-address|-on)?$`), "127.0.0.1:$PORT"},
}

// The same for the backend.
var backend = []meaning{
	{regexp.MustCompile(`^(upstream|backend|target)(-url|-base|-base-url|-uri|-endpoint)?$`), "$UPSTREAM_URL"},
	{regexp.MustCompile(`^(llm|vllm)-(api-)?(base|base-url|url|endpoint)$`), "$UPSTREAM_URL"},
	{regexp.MustCompile(`^worker-urls?$|^static-backends$`), "$UPSTREAM_URL"},
	{regexp.MustCompile(`^(upstream|backend|target)-(addr|address|host-port)$`), "$UPSTREAM_HOST:$UPSTREAM_PORT"},
	{regexp.MustCompile(`^(openai)-(api-)?(base|base-url|url|endpoint)$`), "$UPSTREAM_URL/v1"},
	{regexp.MustCompile(`^(provider|model|api|anthropic)-(api-)?(base|base-url|url|endpoint)$|^base-url$`), "$UPSTREAM_URL"},
}

var hosts = []meaning{{regexp.MustCompile(`^(gateway-|listen-|http-|server-)?host$`), "127.0.0.1"}}

// providerKey are variables for the key of a provider. A gateway may refuse to start
// without one, or send a header that is none.
var providerKey = regexp.MustCompile(`^(OPENAI|ANTHROPIC|AZURE_OPENAI|MISTRAL|GROQ|GEMINI|COHERE|TOGETHER|OPENROUTER|LLM|UPSTREAM|BACKEND|PROVIDER|MODEL)_(API_)?(KEY|TOKEN)$`)

func (g *Guess) keys(code sources) {
	for _, a := range code.arguments() {
		if a.variable && providerKey.MatchString(a.name) && !slices.Contains(g.Env, a.name) {
			g.Env = append(g.Env, a.name)
			g.found("gateway.env", a.name+": mock", a.at)
		}
	}
}

var reverseProxy = regexp.MustCompile(`httputil\.(NewSingleHost)?ReverseProxy\b`)

// latency lets the mock take its time for a gateway on Go's reverse proxy, which cuts
// answers that come at once: https://go.dev/issue/40747. One that ends bodies at their
// length has the fault no more.
func (g *Guess) latency(code sources) {
	for _, s := range code {
		at := reverseProxy.FindStringIndex(s.text)
		if s.language != "Go" || at == nil || strings.Contains(s.text, "io.LimitReader(") {
			continue
		}
		g.Latency = "1ms"
		g.found("mock.latency", g.Latency, "httputil.ReverseProxy in "+s.at(at[0])+" can cut answers that come at once, go.dev/issue/40747")
		return
	}
}

// given are the variables that every gateway finds in its environment.
var given = []string{"PORT", "UPSTREAM_URL", "UPSTREAM_HOST", "UPSTREAM_PORT"}

// find is the argument with the best of these meanings: a variable that is given
// anyway, else an option, else a variable.
func (all sources) find(meanings []meaning, ready string) argument {
	arguments := all.arguments()
	for _, a := range arguments {
		if a.variable && a.name == ready {
			return a
		}
	}
	for _, variable := range []bool{false, true} {
		for _, m := range meanings {
			i := slices.IndexFunc(arguments, func(a argument) bool {
				name := strings.ToLower(strings.ReplaceAll(a.name, "_", "-"))
				return a.variable == variable && !slices.Contains(given, a.name) && m.names.MatchString(name)
			})
			if i >= 0 {
				a := arguments[i]
				a.value = m.value
				return a
			}
		}
	}
	return argument{}
}

func (all sources) listen() argument { return all.find(listening, "PORT") }

// upstream is what says where the backend is. Its usual address tells, better than its
// name, whether the gateway wants /v1 at the end.
func (all sources) upstream() argument {
	a := all.find(backend, "UPSTREAM_URL")
	plain := strings.TrimSuffix(a.value, "/v1")
	if plain != "$UPSTREAM_URL" || a.usual == "" {
		return a
	}
	a.value = plain
	if strings.HasSuffix(strings.TrimSuffix(a.usual, "/"), "/v1") {
		a.value += "/v1"
	}
	return a
}

// host is what says only at which address to listen.
func (all sources) host() argument { return all.find(hosts, "") }

// api is the API whose route the sources name most often. A gateway names it as a
// route, or as what it asks its backend for: mostly the same.
func (g *Guess) api(code sources) {
	most, at := 0, ""
	for _, api := range llmapi.All() {
		route := strings.TrimPrefix(api.Path(), "/v1")
		count, first := 0, ""
		for _, s := range code {
			for _, m := range regexp.MustCompile(`["'`+"`"+`/\w}]`+regexp.QuoteMeta(route)+`["'`+"`"+`]`).FindAllStringIndex(s.text, -1) {
				if count++; first == "" {
					first = s.at(m[0])
				}
			}
		}
		if count > most {
			most, at, g.API = count, first, api
		}
	}
	if most == 0 {
		g.Missing = append(g.Missing, "request.api: no route of an LLM API was found in the sources; "+string(llmapi.Default)+" is the default")
		return
	}
	g.found("request.api", string(g.API), g.API.Path()+" in "+at)
}

// readyPaths are where gateways answer that they are ready, the likely first.
var readyPaths = []string{"/health", "/healthz", "/ready", "/readyz", "/livez", "/ping"}

func (g *Guess) ready(code sources) {
	for _, p := range readyPaths {
		for _, s := range code {
			for _, quote := range []string{`"`, `'`} {
				if i := strings.Index(s.text, quote+p+quote); i >= 0 {
					g.Ready = p
					g.found("gateway.ready", p, s.at(i))
					return
				}
			}
		}
	}
	g.Missing = append(g.Missing, "gateway.ready: no path such as /health was found in the sources; an open port has to be enough")
}
