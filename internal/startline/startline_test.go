package startline

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// files is a repository; the first file is the oldest. A name may have a text after
// a blank.
func files(all ...string) fstest.MapFS {
	repo := fstest.MapFS{}
	for i, f := range all {
		name, text, _ := strings.Cut(f, " ")
		repo[name] = &fstest.MapFile{Data: []byte(text), ModTime: time.Unix(int64(i), 0)}
	}
	return repo
}

func TestProgram(t *testing.T) {
	repo := files("server.mjs", "x/server.mjs", `package.json {"scripts": {"start": "node --enable-source-maps server.mjs", "dev": "nodemon server.mjs"}}`)
	for start, want := range map[string]string{
		"target/release/gw --port $PORT":                   "target/release/gw",
		"exec ./target/release/gw":                         "target/release/gw",
		"RUST_LOG=info ./gw":                               "gw",
		"cd x && ./gw":                                     "x/gw",
		"cd x; cd y\nexec ../gw -p \"$PORT\"":              "x/gw",
		"(cd x && ./gw)":                                   "x/gw",
		"{ ./gw; }":                                        "gw",
		"env -u A B=c ./gw":                                "gw",
		"exec -a gateway ./gw":                             "gw",
		"exec nice -n 5 taskset -c 0 ./gw":                 "gw",
		"timeout -k 5 10m ./gw":                            "gw",
		"nohup ./gw & wait":                                "gw",
		"./gw || exit 1":                                   "gw",
		"./gw 2>&1 | tee log":                              "gw",
		"mkdir -p d; cat > d/c <<END\na\nEND\n./gw -c d/c": "gw",
		"if test -e x; then how=1; fi\nexec ./gw $how":     "gw",
		"trap 'kill 0' TERM; ./gw & ./gw2 & wait":          "gw2",
		`"$PWD/bin/gw" -x`:                                 "bin/gw",
		`"./a b"/gw`:                                       "a b/gw",
		"exec node server.mjs":                             "server.mjs",
		"node --import ./a.mjs x/server.mjs":               "x/server.mjs",
		"cd x && node server.mjs":                          "x/server.mjs",
		"npm start":                                        "server.mjs",
		"exec npm run start":                               "server.mjs",
		"npm run dev":                                      "",
		".venv/bin/python app.py":                          "app.py",
		".venv/bin/python -m app":                          ".venv/bin/python",
		"python3 x/app.py":                                 "x/app.py",
		"python -m pkg":                                    "",
		"haproxy -f x":                                     "",
		"/usr/sbin/haproxy -f x":                           "",
		"../gw":                                            "",
		"$GATEWAY --port $PORT":                            "",
		"cd \"$(dirname x)\" && ./gw":                      "",
		"cd .. && ./gw":                                    "",
		"./gw 'unfinished":                                 "",
		"":                                                 "",
		"env":                                              "",
	} {
		if got := Program(start, repo); got != want {
			t.Errorf("%q: %q, want %q", start, got, want)
		}
	}
}

func TestBuild(t *testing.T) {
	const lock = "node_modules/.package-lock.json"
	withBuild := `package.json {"scripts": {"build": "tsc", "start": "node dist/server.js"}}`
	for _, tc := range []struct {
		start string
		files fstest.MapFS
		want  string
	}{
		{"target/release/gw --port $PORT", files("Cargo.toml"), "cargo build --locked --release"},
		{"exec ./target/release/gw", files("Cargo.toml", "target/release/gw"), "cargo build --locked --release"},
		{"RUST_LOG=info target/debug/gw", files("Cargo.toml"), "cargo build --locked"},
		{"gateway/target/release/gw", files("gateway/Cargo.toml"), "cd gateway && cargo build --locked --release"},
		{"cd gateway && target/release/gw", files("gateway/Cargo.toml"), "cd gateway && cargo build --locked --release"},
		{"target/release/gw", files(), ""},

		{"./gw -p $PORT", files("go.mod"), "go build -o ./ ./..."},
		{"exec bin/gw", files("go.mod"), "go build -o bin/ ./..."},
		{"cd x && ./gw", files("x/go.mod"), "cd x && go build -o ./ ./..."},
		{"x/bin/gw", files("x/go.mod", "go.mod"), "cd x && go build -o bin/ ./..."},
		{"./gw", files("go.mod", "in/x.go", "gw"), ""}, // built by somebody else
		{"./gw", files("go.mod", "gw", "in/x.go"), "go build -o ./ ./..."},
		{"./gw", files("in/x.go", "gw", "go.mod"), "go build -o ./ ./..."},
		{"./gw", files("go.mod", "gw", "README.md", ".cache/x.go", "node_modules/x.go"), ""},
		{"../gw", files("go.mod"), ""},
		{"haproxy -f x", files("go.mod"), ""},
		{"/usr/sbin/haproxy -f x", files("go.mod"), ""},
		{"", files("go.mod"), ""},
		{"go run .", files("go.mod"), ""},

		{"node server.mjs", files("server.mjs"), ""},
		{"node server.mjs", files("server.mjs", "package.json {}", "package-lock.json"), "npm ci"},
		{"node server.mjs", files("server.mjs", "package.json {}", "package-lock.json", lock), ""},
		{"node server.mjs", files("server.mjs", "package.json {}", lock, "package-lock.json"), "npm ci"},
		{"node server.mjs", files("server.mjs", "package.json {}", "package-lock.json", "yarn.lock"), ""},
		{"cd x && npm start", files("x/package.json {}", "x/package-lock.json"), "cd x && npm ci"},
		{"npm start", files(withBuild, "package-lock.json"), "npm ci && npm run build"},
		{"node dist/server.js", files(withBuild, "package-lock.json", lock), "npm run build"},
		{"node dist/server.js", files(withBuild, "package-lock.json", lock, "src/server.ts", "dist/server.js"), ""},
		{"node dist/server.js", files(withBuild, "package-lock.json", lock, "dist/server.js", "src/server.ts"), "npm run build"},

		{".venv/bin/python app.py", files("requirements.txt"), "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"},
		{"exec venv/bin/uvicorn app:app", files("pyproject.toml"), "python3 -m venv venv && venv/bin/pip install ."},
		{".venv/bin/python app.py", files("requirements.txt", ".venv/bin/python"), ""},
		{".venv/bin/python app.py", files("requirements.txt", "pyproject.toml"), ""},
		{".venv/bin/python app.py", files("requirements.txt", "uv.lock"), ""},
		{"python app.py", files("requirements.txt"), ""},
	} {
		if got := Build(tc.start, tc.files); got != tc.want {
			t.Errorf("%q with %v: %q, want %q", tc.start, tc.files, got, tc.want)
		}
	}
}

func TestBundle(t *testing.T) {
	node := files(
		"server.mjs import http from 'node:http'\nimport {a} from \"./lib/a.mjs\"; const express = require('express')\n// from './gone.mjs'",
		"lib/a.mjs import './b.json'\nexport * from '../server.mjs'\nimport fastify from '@fastify/core/x'",
		"lib/b.json {}", "alone.mjs import {x} from 'fs'", "dynamic.mjs const m = await import(process.env.X)", "lib/unused.mjs",
		`package.json {"scripts": {"start": "node server.mjs"}}`, "node_modules/express/index.js", "node_modules/@fastify/core/x.js", "node_modules/.bin/gw",
	)
	const place = ".venv/lib/python3.11/site-packages/"
	venv := func(more ...string) fstest.MapFS {
		return files(append([]string{
			".venv/pyvenv.cfg", ".venv/bin/python", ".venv/bin/uvicorn", ".venv/bin/gunicorn", ".venv/bin/litellm", ".venv/bin/gw",
			"app.py import os, x as y\nif True:\n    from own import web\nopen('settings.yml')", "settings.yml", "x.py", "unused.py", "conf.yml",
			"own/__init__.py", "own/web.py import x",
		}, more...)...)
	}
	for _, tc := range []struct {
		start string
		files fstest.MapFS
		want  string // paths
		why   string // is part of why
	}{
		{"RUST_LOG=info ./gw", files("gw"), "gw", ""},
		{"cd x && ./gw", files("x/gw"), "x/gw", ""},
		{"./gw --config conf/gw.toml --log=conf/log.ini -c /etc/x", files("gw", "conf/gw.toml", "conf/log.ini"), "conf/gw.toml conf/log.ini gw", ""},
		{"./gw --data conf", files("gw", "conf/x"), "gw", ""}, // a directory may be a large one
		{"./start.sh", files("start.sh #!/bin/sh\n./gw"), "start.sh", "start.sh is a script"},
		{"sh start.sh", files("start.sh"), "start.sh", "start.sh is a script"},
		{"./gw", files(), "", "gw is not there"},
		{"nginx -c bench/nginx.conf", files("bench/nginx.conf"), "bench/nginx.conf", ""},
		{"nginx -c $BENCH_DIR/nginx.conf", files(), "", "nginx is a program of the machine"},

		{"exec node server.mjs", node, "lib/a.mjs lib/b.json node_modules package.json server.mjs", ""},
		{"npm start", node, "lib/a.mjs lib/b.json node_modules package.json server.mjs", ""},
		{"node alone.mjs", node, "alone.mjs package.json", ""},
		{"node alone.mjs lib/b.json", node, "alone.mjs lib/b.json package.json", ""},
		{"node dynamic.mjs", node, "", "dynamic.mjs loads modules whose names are known only when it runs"},
		{"node gone.mjs", node, "", "gone.mjs is not there"},
		{"node $FILE", node, "", "not one of the repository"},
		{"npm run gone", node, "", "package.json does not say"},
		{"exec node_modules/.bin/gw --config lib/b.json", node, "lib/b.json node_modules", ""},
		{"node_modules/.bin/gone", node, "", "node_modules/.bin/gone is not there"},
		{"npx gateway", node, "", "npx"},
		{"tsx lib/unused.mjs", node, "", "tsx runs lib/unused.mjs"},

		{".venv/bin/python app.py --port $PORT", venv(), ".venv app.py own settings.yml x.py", ""},
		{".venv/bin/python -u x.py", venv(), ".venv x.py", ""},
		{".venv/bin/python -m own --verbose", venv(), ".venv own x.py", ""},
		{".venv/bin/python -um litellm --config conf.yml", venv(), ".venv conf.yml", ""},
		{"exec .venv/bin/uvicorn app:app --host 127.0.0.1", venv(), ".venv app.py own settings.yml x.py", ""},
		{".venv/bin/gunicorn 'own.web:make()'", venv(), ".venv own x.py", ""},
		{".venv/bin/uvicorn --app-dir src main:app", venv("src/main.py import y", "src/y.py", "main.py"), ".venv src/main.py src/y.py", ""},
		{".venv/bin/litellm --config conf.yml", venv(), ".venv conf.yml", ""},
		{".venv/bin/gone", venv(), "", ".venv/bin/gone is not there"},
		{".venv/bin/python", venv(), "", "neither a file nor a module"},
		{".venv/bin/python gone.py", venv(), "", "gone.py, which python runs, is not a file"},
		{".venv/bin/python dynamic.py", venv("dynamic.py importlib.import_module(name)"), "", "dynamic.py loads modules"},
		{".venv/bin/gw", venv(place+"a.pth /repo/src\nimport z\n", "src/gw/a.py"), ".venv src", ""},
		{".venv/bin/gw", venv(place+"__editable___gw_finder.py MAPPING = {'gw': '/repo/lib/gw'}", "lib/gw/a.py"), ".venv lib/gw", ""},
		{".venv/bin/gw", venv(place + "a.pth /repo\n"), "", "the whole repository is installed in place"},
		{".venv/bin/gw", venv(place + "a.pth /elsewhere/src\n"), ".venv", ""},
		{"/tmp/x/gw --config conf/a.yml", files("conf/a.yml"), "", "/tmp/x/gw is neither of the repository nor installed"},
		{"/usr/sbin/nginx -c bench/nginx.conf", files("bench/nginx.conf"), "bench/nginx.conf", ""},
		{"python -m pkg", files("pkg/__main__.py"), "", "python loads modules"},
		{"go run .", files("go.mod"), "", "gateway.build to go build"},
		{"cargo run --release", files("Cargo.toml"), "", "gateway.build to cargo build"},
		{"docker run gw", files(), "", "container"},
		{"while true; do ./gw; done", files("gw"), "", "known only when it runs"},
		{"./gw 'unfinished", files("gw"), "", "the shell would not read it"},
		{"cd $X && ./gw", files("gw"), "", "changes to a directory"},
	} {
		got := BundleOf(tc.start, tc.files, "/repo")
		slices.Sort(got.Paths)
		if strings.Join(got.Paths, " ") != tc.want || !strings.Contains(got.Why, tc.why) || (got.Why == "") != (tc.why == "") {
			t.Errorf("%q: %q, %q\nwant %q, %q", tc.start, got.Paths, got.Why, tc.want, tc.why)
		}
		if got.Why != "" && !strings.Contains(got.Why, "gateway.bundle") {
			t.Errorf("%q: %q names no setting", tc.start, got.Why)
		}
	}
}

// FuzzStart: no start line and no file makes it fail.
func FuzzStart(f *testing.F) {
	for _, start := range []string{"exec node a.mjs", "cd x && ./gw", "npm start", "timeout 1", "env A=b", "nice -n", "taskset", "a=$(", "exec -a", "\\", "node --import", "cat <<E\nE\n./gw", "for a in gw; do ./$a; done", "./gw ${A:-gw} $((1 + A)) `cat gw` \"\" ''", "f() { ./gw; }; f", "case $1 in a) ./gw;; esac"} {
		f.Add(start, "import './b.mjs'", `{"scripts": {"start": "npm start"}}`)
	}
	f.Fuzz(func(t *testing.T, start, module, manifest string) {
		repo := files("a.mjs "+module, "b.mjs "+module, "package.json "+manifest, "package-lock.json", "go.mod", "gw")
		Program(start, repo)
		Build(start, repo)
		named := NamedBy(start, map[string]string{"A": module, "B": start}, repo)
		for _, p := range append(BundleOf(start, repo, "/repo").Paths, named.Paths...) {
			if strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") {
				t.Errorf("%q leads out of the repository", p)
			}
		}
	})
}
