package scaffold

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
)

// repository is one of files by their names.
func repository(files map[string]string) fstest.MapFS {
	repo := fstest.MapFS{}
	for name, text := range files {
		repo[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return repo
}

// TestStart: the start line of gateways as they are written in the field.
func TestStart(t *testing.T) {
	cargo, gomod := "[package]\nname = \"gw\"\n", "module example.com/gw\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string // the start line
	}{
		"clap, built": {
			map[string]string{"Cargo.toml": cargo, "src/main.rs": `Arg::new("port").long("port"), Arg::new("backend").long("backend-url")`},
			`exec target/release/gw --port "$PORT" --backend-url "$UPSTREAM_URL"`,
		},
		"clap, derived, with other attributes": {
			map[string]string{"Cargo.toml": cargo, "src/main.rs": "#[arg(short, long, default_value_t = 3000)]\n    /// where\n    pub(crate) listen_addr: SocketAddr,\n#[clap(long)]\nupstream: Url,"},
			`exec target/release/gw --listen-addr "127.0.0.1:$PORT" --upstream "$UPSTREAM_URL"`,
		},
		"variables of Rust": {
			map[string]string{"Cargo.toml": cargo, "src/main.rs": `env::var("GATEWAY_PORT"); std::env::var("OPENAI_BASE_URL")`},
			`OPENAI_BASE_URL="$UPSTREAM_URL/v1" GATEWAY_PORT="$PORT" exec target/release/gw`,
		},
		"an address without /v1": {
			map[string]string{"go.mod": gomod, "main.go": "package main\n\nfunc main() {\n\tup := os.Getenv(\"OPENAI_BASE_URL\")\n\tif up == \"\" {\n\t\tup = \"https://api.openai.com\"\n\t}\n}\n"},
			`OPENAI_BASE_URL="$UPSTREAM_URL" exec .proxy-bench/bin/gw`,
		},
		"an address with /v1": {
			map[string]string{"requirements.txt": "", "app.py": "p.add_argument('--backend-url', default='https://api.openai.com/v1/')\np.add_argument('--port')\n"},
			`exec .venv/bin/python app.py --port "$PORT" --backend-url "$UPSTREAM_URL/v1"`,
		},
		"the address of something else": {
			map[string]string{"requirements.txt": "", "app.py": "p.add_argument('--backend-url')\np.add_argument('--port')\np.add_argument('--docs', default='https://example.com/v1')\n"},
			`exec .venv/bin/python app.py --port "$PORT" --backend-url "$UPSTREAM_URL"`,
		},
		"Go with pflag": {
			map[string]string{"go.mod": gomod, "main.go": "package main\n\nfunc main() {\n\tflags.StringVarP(&a, \"addr\", \"a\", \":80\", \"\")\n\tcmd.Flags().String(\"target\", \"\", \"\")\n}\n"},
			`exec .proxy-bench/bin/gw --addr "127.0.0.1:$PORT" --target "$UPSTREAM_URL"`,
		},
		"variables that every gateway finds": {
			map[string]string{"go.mod": gomod, "main.go": "package main\n\nfunc main() {\n\tos.Getenv(\"PORT\"); os.Getenv(\"UPSTREAM_URL\")\n}\n"},
			`exec .proxy-bench/bin/gw`,
		},
		"an option is better than another variable": {
			map[string]string{"package.json": `{"name": "@org/gw", "bin": {"gw": "bin/gw.js"}}`, "bin/gw.js": "program.option('-p, --port <n>').option('--openai-base-url <url>')\nprocess.env.SERVER_PORT"},
			`exec node bin/gw.js --port "$PORT" --openai-base-url "$UPSTREAM_URL/v1"`,
		},
		"a start script that is more than node": {
			map[string]string{"package.json": `{"scripts": {"start": "tsx watch src/index.ts"}}`, "src/index.ts": "parseArgs({options: {port: {type: 'string'}, upstream: {type: 'string'}}})"},
			`exec npm start -- --port "$PORT" --upstream "$UPSTREAM_URL"`,
		},
		"FastAPI": {
			map[string]string{"requirements.txt": "fastapi\nuvicorn\n", "gw/api.py": "app = FastAPI(title='gw')\nurl = os.environ[\"VLLM_URL\"]\n"},
			`VLLM_URL="$UPSTREAM_URL" exec .venv/bin/python -m uvicorn gw.api:app --host 127.0.0.1 --port "$PORT"`,
		},
		"beside a program with a table of its own, and another port": {
			map[string]string{
				"Cargo.toml":                       "[workspace]\nmembers = [\"crates/*\"]\n",
				"crates/gw-server/Cargo.toml":      "[package]\nname = \"gw-server\"\n[[bin]]\nname = \"tool\"\npath = \"src/bin/tool.rs\"\n",
				"crates/gw-server/src/main.rs":     "#[arg(long)]\nllm_api_base: String,\n#[arg(long, default_value_t = 9000, global = true)]\ngateway_port: u16,\n#[arg(long, default_value_t = 8000)]\nport: u16,",
				"crates/gw-server/src/bin/tool.rs": "",
			},
			`exec target/release/gw-server --gateway-port "$PORT" --llm-api-base "$UPSTREAM_URL"`,
		},
		"argparse": {
			map[string]string{
				"pyproject.toml":  "[project]\nname = \"router\"\n[project.scripts]\nvllm-router = \"router:main\"\n",
				"src/r/parser.py": "parser.add_argument(\n    \"--host\", type=str)\nparser.add_argument(\n    \"--port\", type=int)\nparser.add_argument(\"--static-backends\")\nparser.add_argument(\"--k8s-port\")",
			},
			`exec .venv/bin/vllm-router --host "127.0.0.1" --port "$PORT" --static-backends "$UPSTREAM_URL"`,
		},
		"the image says which program": {
			map[string]string{
				"Cargo.toml": cargo, "src/bin/alpha.rs": "", "src/bin/beta.rs": "env::var(\"PORT\")",
				"Dockerfile": "FROM scratch\nENTRYPOINT [\"/usr/bin/beta\", \"--verbose\"]\n",
			},
			`exec target/release/beta`,
		},
		"options of tests do not count": {
			map[string]string{"go.mod": gomod, "main.go": "package main\n\nfunc main() {\n}\n", "main_test.go": `flag.String("listen", "", "")`, "vendor/x/x.go": `flag.String("upstream", "", "")`},
			`exec .proxy-bench/bin/gw`,
		},
		"an admin port is no port to listen on": {
			map[string]string{"Cargo.toml": cargo, "src/main.rs": `.long("admin-port") .long("metrics-port") .long("listen")`},
			`exec target/release/gw --listen "127.0.0.1:$PORT"`,
		},
		"names that a shell would take apart": {
			map[string]string{"package.json": `{"main": "./my gate'way$(x).js"}`},
			`exec node 'my gate'\''way$(x).js'`,
		},
		"python without a manifest": {
			map[string]string{"main.py": `port = int(os.environ["PORT"]); upstream = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")`},
			`OPENAI_BASE_URL="$UPSTREAM_URL/v1" exec python3 main.py`,
		},
		"a library":        {map[string]string{"Cargo.toml": cargo, "src/lib.rs": ""}, ""},
		"a broken file":    {map[string]string{"Cargo.toml": "[package", "package.json": "{"}, ""},
		"nothing":          {map[string]string{"README.md": ""}, ""},
		"no file of Go's":  {map[string]string{"go.mod": gomod}, ""},
		"node, empty file": {map[string]string{"package.json": "{}"}, ""},
	} {
		g := Of(repository(c.files))
		if g.Start != c.want {
			t.Errorf("%s: start %q, want %q", name, g.Start, c.want)
		}
		if g.Start == "" && len(g.Missing) == 0 {
			t.Errorf("%s: does not say what is missing", name)
		}
	}
}

// TestKeysAndLatency: a gateway gets a key where it reads one of a provider, and a mock that
// takes its time where Go's reverse proxy would cut its answers.
func TestKeysAndLatency(t *testing.T) {
	const proxy = "package main\n\nfunc main() {\n\tos.Getenv(\"OPENAI_API_KEY\")\n\tos.Getenv(\"GATEWAY_API_KEY\")\n\thttputil.NewSingleHostReverseProxy(to)\n}\n"
	for name, c := range map[string]struct {
		files map[string]string
		env   string // of the configuration
		mock  string
	}{
		"go":              {map[string]string{"go.mod": "module gw\n", "main.go": proxy}, "env: {OPENAI_API_KEY: mock}", "mock: {latency: 1ms}"},
		"bodies that end": {map[string]string{"go.mod": "module gw\n", "main.go": proxy + "// io.LimitReader(body, n)\n"}, "env: {OPENAI_API_KEY: mock}", ""},
		"two keys":        {map[string]string{"app.py": `os.environ["ANTHROPIC_API_KEY"] + os.getenv("OPENAI_API_KEY")`}, "env: {ANTHROPIC_API_KEY: mock, OPENAI_API_KEY: mock}", ""},
		"none":            {map[string]string{"package.json": `{"main": "a.js"}`, "a.js": `process.env.PROXY_API_KEY`}, "", ""},
	} {
		repo := repository(c.files)
		text := Files(repo, Of(repo))[0].Text
		if !strings.Contains(text, c.env) || strings.Contains(text, "env: ") != (c.env != "") {
			t.Errorf("%s: no %q in\n%s", name, c.env, text)
		}
		if !strings.Contains(text, c.mock) || strings.Contains(text, "latency") != (c.mock != "") {
			t.Errorf("%s: no %q in\n%s", name, c.mock, text)
		}
	}
}

func TestAPI(t *testing.T) {
	for text, want := range map[string]string{
		`app.post("/v1/chat/completions")`:                                             "chat",
		`.route("/v1/responses", a).route("/v1/responses", b); "/v1/chat/completions"`: "responses",
		`mux.Handle("POST /v1/messages", h)`:                                           "messages",
		"`${base}/chat/completions`":                                                   "chat",
		`router.nest("/v1").route("/messages")`:                                        "messages",
		`"/v1/conversations" "/v1/messagesx"`:                                          "",
	} {
		if g := Of(repository(map[string]string{"package.json": "{}", "a.js": text})); string(g.API) != want {
			t.Errorf("%s: %q, want %q", text, g.API, want)
		}
	}
}

// TestWorkflows: without anything to cache, the workflows are those that the
// README shows; with it, they have its steps.
func TestWorkflows(t *testing.T) {
	shown := func(name string) string {
		text, err := os.ReadFile("../../testdata/workflows/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	plain := Files(repository(nil), Guess{Branch: "main"})
	if plain[1].Text != shown("fork-measure.yml") || plain[2].Text != shown("fork-publish.yml") {
		t.Errorf("the README shows other workflows than\n%s\n%s", plain[1].Text, plain[2].Text)
	}
	for name, g := range map[string]Guess{
		"rust.yml": Of(repository(map[string]string{"Cargo.toml": "[package]\nname = \"gw\"\n"})),
		"go.yml":   Of(repository(map[string]string{"go.mod": "module gw\n"})),
	} {
		_, steps, _ := strings.Cut(shown(name), "      - uses: actions/cache@")
		cache, _, _ := strings.Cut(steps, "      - uses: org/")
		if made := Files(repository(nil), g)[1].Text; cache == "" || !strings.Contains(made, cache) {
			t.Errorf("%s caches otherwise:\n%s\nwant\n%s", name, made, cache)
		}
	}
}

// TestConfig: whatever was found, the file is YAML that says it.
func TestConfig(t *testing.T) {
	for _, g := range []Guess{
		{},
		{Build: `echo "a: b" # 'c' && make`, Start: `A="$UPSTREAM_URL/v1" exec ./gw --x "127.0.0.1:$PORT"`, API: "chat", Ready: "/health"},
		{Start: "- {x: *y}\n\tz: " + strings.Repeat("word ", 60)},
	} {
		text := Files(repository(nil), g)[0].Text
		var read struct {
			Version int
			Gateway struct {
				Build, Start string
				Ready        struct{ Path string }
			}
			Request *struct{ API string }
		}
		if err := yaml.Unmarshal([]byte(text), &read); err != nil || read.Version != 1 {
			t.Errorf("%v in\n%s", err, text)
		}
		if read.Gateway.Build != g.Build || read.Gateway.Start != g.Start || read.Gateway.Ready.Path != g.Ready {
			t.Errorf("%+v, want %+v", read.Gateway, g)
		}
		if (read.Request != nil) != (g.API != "") || read.Request != nil && read.Request.API != string(g.API) {
			t.Errorf("%+v, want %s", read.Request, g.API)
		}
	}
}

func TestIgnore(t *testing.T) {
	python := Guess{Ignore: []string{"/.venv/"}}
	for _, c := range []struct{ have, add, kept string }{
		{"", "# proxy-bench: builds, baselines\n/.proxy-bench/\n/.venv/\n", ""},
		{"target", "\n# proxy-bench: builds, baselines\n/.proxy-bench/\n/.venv/\n", ""},
		{".venv\n", "# proxy-bench: builds, baselines\n/.proxy-bench/\n", ""},
		{".venv/\n.proxy-bench\n", "", "it has the entry already"},
	} {
		files := Files(repository(map[string]string{IgnorePath: c.have}), python)
		if f := files[3]; f.Text != c.add || f.Kept != c.kept || !f.Append {
			t.Errorf("%q: %+v", c.have, f)
		}
	}
}

func TestBranch(t *testing.T) {
	for _, c := range []struct {
		files map[string]string
		want  string
	}{
		{nil, "main"},
		{map[string]string{".git": "gitdir: /x"}, "main"},
		{map[string]string{".git/HEAD": "ref: refs/heads/master\n"}, "master"},
		{map[string]string{".git/HEAD": "ref: refs/heads/my-change\n"}, "main"},
		{map[string]string{".git/HEAD": "ref: refs/heads/x\n", ".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/next\n"}, "next"},
		{map[string]string{".git/HEAD": "0123456789\n"}, "main"},
	} {
		if got := branch(repository(c.files)); got != c.want {
			t.Errorf("%v: %s, want %s", c.files, got, c.want)
		}
	}
}

// FuzzGuess: whatever a repository holds, there is no panic, and the configuration
// says what was guessed.
func FuzzGuess(f *testing.F) {
	f.Add("Cargo.toml", "[package]\nname = \"gw\"\n[[bin]]\nname = \"a: b\"\n", "src/main.rs", `.long("port")`)
	f.Add("go.mod", "module x/y\n", "main.go", "package main\n\nfunc main() { flag.String(\"listen\", \"\", \"\") }\n")
	f.Add("package.json", `{"bin": {"x": "# a.js"}, "scripts": {"build": "x"}}`, "a.js", `process.env.PORT; '/v1/messages'`)
	f.Add("pyproject.toml", "[project.scripts]\n\"a 'b\" = \"x\"\n", "a.py", "app = FastAPI()")
	f.Add("Dockerfile", "CMD [\"x\", 1]", ".gitignore", "x")
	f.Fuzz(func(t *testing.T, manifest, text, file, code string) {
		if !fs.ValidPath(manifest) || !fs.ValidPath(file) || strings.HasPrefix(file, manifest) || strings.HasPrefix(manifest, file) {
			return // no repository can have both
		}
		repo := repository(map[string]string{manifest: text, file: code})
		g := Of(repo)
		var read struct{ Gateway struct{ Build, Start string } }
		files := Files(repo, g)
		if err := yaml.Unmarshal([]byte(files[0].Text), &read); err != nil || read.Gateway.Start != g.Start || read.Gateway.Build != g.Build {
			t.Errorf("%v: %+v of %q, %q in\n%s", err, read, g.Build, g.Start, files[0].Text)
		}
	})
}
