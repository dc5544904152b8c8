//go:build platform

package session

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// Gateways that pass bytes on, in the languages that gateways are written in.
const (
	pythonGateway = `import os, socket, threading
def pump(a, b):
    while data := a.recv(65536):
        b.sendall(data)
    b.close()
def serve():
    at = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
    while True:
        client, _ = at.accept()
        backend = socket.create_connection(("127.0.0.1", int(os.environ["UPSTREAM_PORT"])))
        for pair in (client, backend), (backend, client):
            threading.Thread(target=pump, args=pair, daemon=True).start()
`
	nodeGateway = `import net from 'node:net'
export const serve = () => net.createServer((client) => {
  const backend = net.connect(process.env.UPSTREAM_PORT, '127.0.0.1')
  client.pipe(backend).pipe(client)
  for (const end of [client, backend]) end.on('error', () => { client.destroy(); backend.destroy() })
}).listen(process.env.PORT, '127.0.0.1')
`
	goGateway = `package main

import (
	"io"
	"net"
	"os"
)

func main() {
	at, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	for err == nil {
		var client, backend net.Conn
		if client, err = at.Accept(); err == nil {
			if backend, err = net.Dial("tcp", "127.0.0.1:"+os.Getenv("UPSTREAM_PORT")); err == nil {
				go func() { io.Copy(backend, client); backend.Close() }()
				go func() { io.Copy(client, backend); client.Close() }()
			}
		}
	}
	panic(err)
}
`
	rustGateway = `use std::{env, io, net::{Shutdown, TcpListener, TcpStream}, thread};
fn main() {
    let at = |name: &str| format!("127.0.0.1:{}", env::var(name).unwrap());
    for client in TcpListener::bind(at("PORT")).unwrap().incoming() {
        let client = client.unwrap();
        let backend = TcpStream::connect(at("UPSTREAM_PORT")).unwrap();
        for (mut from, mut to) in [(client.try_clone().unwrap(), backend.try_clone().unwrap()), (backend, client)] {
            thread::spawn(move || { let _ = io::copy(&mut from, &mut to); let _ = to.shutdown(Shutdown::Both); });
        }
    }
}
`
	venvLine = `python3 -m venv --without-pip .venv && cd .venv/lib/python3*/site-packages`
	// A console script as pip writes it.
	consoleLine = ` && cd "$TOP" && printf '#!%s/.venv/bin/python\nimport sys\nfrom gw import serve\nsys.exit(serve())\n' "$TOP" >.venv/bin/gw && chmod +x .venv/bin/gw`
)

// TestPlatformCarried: gateways of every kind run from a baseline when what they were
// built in is gone, and count as the same program when they are built again.
func TestPlatformCarried(t *testing.T) {
	for _, program := range []string{"python3", "node", "rustc"} {
		testenv.NeedsProgram(t, program, program)
	}
	for name, c := range map[string]struct {
		files        map[string]string
		build, start string
		carried      string
	}{
		"a console script": {
			map[string]string{"gw.py": pythonGateway},
			venvLine + ` && cp "$TOP/gw.py" .` + consoleLine,
			"exec .venv/bin/gw", ".venv",
		},
		"installed in place": {
			map[string]string{"src/gw.py": pythonGateway},
			venvLine + ` && echo "$TOP/src" >gw.pth` + consoleLine,
			"exec .venv/bin/gw", ".venv, src",
		},
		"a file for Python": {
			map[string]string{"app.py": "import gw\ngw.serve()\n", "gw/__init__.py": pythonGateway},
			"python3 -m venv --without-pip .venv",
			"exec .venv/bin/python app.py", ".venv, app.py, gw",
		},
		"a module for Python": {
			map[string]string{"gw/__main__.py": "from gw.run import serve\nserve()\n", "gw/run.py": pythonGateway},
			"python3 -m venv --copies --without-pip .venv",
			"exec .venv/bin/python -m gw", ".venv, gw",
		},
		"Node": {
			map[string]string{"server.mjs": "import {serve} from 'gw'\nserve()\n"},
			"mkdir -p store/gw node_modules/.bin && cp server.mjs store/gw/cli.mjs && ln -sfn ../store/gw node_modules/gw && ln -sf ../gw/cli.mjs node_modules/.bin/gw && echo '{\"type\": \"module\", \"exports\": \"./gw.mjs\"}' >store/gw/package.json && cat >store/gw/gw.mjs <<'END'\n" + nodeGateway + "END\n",
			"exec node server.mjs", "node_modules, server.mjs",
		},
		"a command of Node": {
			map[string]string{"gw.mjs": nodeGateway},
			"mkdir -p node_modules/.bin node_modules/gw && cp gw.mjs node_modules/gw/ && printf '#!/usr/bin/env node\\nimport {serve} from \"./gw.mjs\"\\nserve()\\n' >node_modules/gw/cli.mjs && chmod +x node_modules/gw/cli.mjs && ln -sf ../gw/cli.mjs node_modules/.bin/gw",
			"exec node_modules/.bin/gw", "node_modules",
		},
		"Go":   {map[string]string{"go.mod": "module gw\n\ngo 1.26\n", "main.go": goGateway}, "go build -o gw .", "exec ./gw", "gw"},
		"Rust": {map[string]string{"main.rs": rustGateway}, "rustc -O -o gw main.rs", "exec ./gw", "gw"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			for path, text := range c.files {
				r.write(path, text)
			}
			r.write(".gitignore", "/gw\n/out\n/*.zip\n/.venv\n/node_modules\n/store\n")
			if strings.HasPrefix(c.carried, ".venv, gw") || strings.HasPrefix(c.carried, ".venv, app") {
				r.write(".gitignore", "/out\n/*.zip\n/.venv\n")
			}
			r.commit()
			build := func() {
				t.Helper()
				sh := exec.Command("sh", "-ec", c.build)
				sh.Env = append(os.Environ(), "TOP="+r.git("rev-parse", "--show-toplevel"))
				if out, err := sh.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			}
			build()
			recipe := bench.Recipe{Start: c.start, Env: map[string]string{}, Ready: bench.Ready{Timeout: 30}}
			run := recordtest.Run(1, recordtest.SSE10)
			run.Commit.SHA = r.head
			var content bytes.Buffer
			if err := WriteBaseline(&content, Result{Run: run}, recipe, &Lines{W: r.log}); err != nil {
				t.Fatal(err)
			}
			r.says("bundled " + c.carried + ": ")
			base := filepath.Join(t.TempDir(), "base.zip")
			r.write(base, content.String())
			empty := func() { r.git("clean", "-fdxq", "."); r.git("rm", "-rq", ".") }
			empty()
			s := r.open("gateway.start", c.start, "suite.modes", "json", "suite.concurrency", "1", "suite.body", "1KB")
			choice := choice{Session: s, BaseSources: BaseSources{File: base, BundleOnly: true}, began: s.Now()}
			chosen, err := choice.choose(t.Context())
			if err != nil || chosen.Info.Source != bench.SourceBundle {
				t.Fatalf("%v: %s\n%s", err, chosen.Notes, r.log)
			}
			r.git("reset", "--hard", "--quiet")
			build()
			s.sides[bench.Head] = side{Recipe: recipe}
			if how := s.difference(t.Context(), chosen, DefaultConfig); how != "" {
				t.Errorf("it counts as another program: %s", how)
			}
		})
	}
}
