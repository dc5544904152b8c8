//go:build platform

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// smallSuite is what is measured where only the workflow is tried. Behaviours and counts
// are in TestPlatformStory, and take more time than all else together.
const smallSuite = `gate: {behaviour: off, instructions: off}
suite: {modes: [json], concurrency: [1], body: [1KB]}
measure: {rounds: 8, time_budget: 10s}
`

// leastSuite is what is measured where nothing is compared.
const leastSuite = `gate: {behaviour: off, instructions: off}
suite: {modes: [json], concurrency: [1], body: [1KB]}
measure: {rounds: 7, time_budget: 4s}
`

// tunnel is a gateway in Rust without a dependency: it passes bytes on.
const tunnel = `use std::{env, io, net::{TcpListener, TcpStream}, thread};

fn option(name: &str) -> String {
    let all: Vec<String> = env::args().collect();
    let at = all.iter().position(|a| a == name).expect(name);
    all[at + 1].clone()
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Write);
}

fn main() {
    let upstream = option("--upstream").replace("http://", "");
    let listener = TcpListener::bind(("127.0.0.1", option("--port").parse().unwrap())).unwrap();
    for client in listener.incoming().flatten() {
        let Ok(server) = TcpStream::connect(&upstream) else { continue };
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let (c, s) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || pass(c, s));
        thread::spawn(move || pass(server, client));
    }
}
`

// crate is a repository with that gateway.
func crate() map[string]string {
	return map[string]string{
		"Cargo.toml":       "[package]\nname = \"my-gateway\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
		"Cargo.lock":       "version = 4\n\n[[package]]\nname = \"my-gateway\"\nversion = \"0.1.0\"\n",
		"src/main.rs":      tunnel,
		".proxy-bench.yml": "version: 1\n" + smallSuite,
	}
}

// goTunnel is the same in Go. It takes the address in whatever way an example
// starts its gateway.
const goTunnel = `package main

import (
	"flag"
	"io"
	"net"
	"strings"
)

func main() {
	listen, upstream := flag.String("listen", "", ""), ""
	flag.StringVar(&upstream, "upstream", "", "")
	flag.StringVar(&upstream, "backend", "", "")
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		panic(err)
	}
	for {
		client, err := l.Accept()
		if err != nil {
			panic(err)
		}
		server, err := net.Dial("tcp", strings.TrimPrefix(upstream, "http://"))
		if err != nil {
			client.Close()
			continue
		}
		go pass(server, client)
		go pass(client, server)
	}
}

func pass(to, from net.Conn) {
	io.Copy(to, from)
	to.(*net.TCPConn).CloseWrite()
}
`

// module is a repository with that gateway in a directory, and what the
// configuration says of it beside the suite.
func module(in, gateway string) map[string]string {
	return map[string]string{
		"go.mod":                     "module example.com/gateway\n\ngo 1.26\n",
		filepath.Join(in, "main.go"): goTunnel,
		".proxy-bench.yml":           "version: 1\n" + gateway + smallSuite,
	}
}

// TestPlatformExamples runs every example as it stands, on a push to main of a
// repository that fits it: each leaves a baseline.
func TestPlatformExamples(t *testing.T) {
	matrix := map[string]string{}
	for _, name := range []string{"chat", "responses"} {
		for path, text := range inPlace() {
			matrix[filepath.Join("gateways", name, path)] = text
		}
	}
	edge := map[string]string{}
	for path, text := range inPlace() {
		edge[filepath.Join("services/edge", path)] = text
	}
	prebuilt := module("cmd/gateway", "")
	prebuilt["Makefile"] = "dist/gateway:\n\tCGO_ENABLED=0 GOCACHE=/tmp/cache go build -buildvcs=false -o dist/gateway ./cmd/gateway\n"
	for example, c := range map[string]struct {
		files     map[string]string
		baselines []string
	}{
		"single.yml":       {crate(), []string{"proxy-bench-baseline"}},
		"rust.yml":         {crate(), []string{"proxy-bench-baseline"}},
		"go.yml":           {module("cmd/gateway", ""), []string{"proxy-bench-baseline"}},
		"prebuilt.yml":     {prebuilt, []string{"proxy-bench-baseline"}},
		"report-only.yml":  {inPlace(), []string{"proxy-bench-baseline"}},
		"fork-measure.yml": {inPlace(), []string{"proxy-bench-baseline"}},
		"node.yml":         {nodeGateway(), []string{"proxy-bench-baseline"}},
		"python.yml":       {pythonGateway(), []string{"proxy-bench-baseline"}},
		"prebuilt-job.yml": {prebuilt, []string{"proxy-bench-baseline"}},
		"required.yml":     {inPlace(), []string{"proxy-bench-baseline"}},
		"merge-queue.yml":  {inPlace(), []string{"proxy-bench-baseline"}},
		"self-hosted.yml":  {inPlace(), []string{"proxy-bench-baseline"}},
		"labeled.yml":      {inPlace(), []string{"proxy-bench-baseline"}},
		"monorepo.yml":     {edge, []string{"proxy-bench-baseline-edge"}},
		"matrix.yml":       {matrix, []string{"proxy-bench-baseline-chat", "proxy-bench-baseline-responses"}},
	} {
		t.Run(example, func(t *testing.T) {
			files := maps.Clone(c.files)
			for path, text := range files {
				files[path] = strings.Replace(text, smallSuite, leastSuite, 1)
			}
			files[".github/workflows/"+example] = inTurn(exampleText(t, example))
			s := openShop(t, files)
			e := s.start(run{event: "push", payload: s.push(strings.Repeat("0", 40), s.head()), file: example})
			if !e.ok {
				t.Fatal(e.log)
			}
			for _, name := range c.baselines {
				if e.artifacts[name] == nil {
					t.Errorf("no artifact %s\n%s", name, e.log)
				}
			}
		})
	}
}

// TestPlatformPublishExample runs the second workflow for forks after a run that has left
// nothing: it says so and fails nothing. TestPlatformStory has the rest.
func TestPlatformPublishExample(t *testing.T) {
	const example = "fork-publish.yml"
	s := openShop(t, map[string]string{".github/workflows/" + example: exampleText(t, example)})
	sha, stranger := fakegithub.SHA("fork"), s.repository(4242, "stranger")
	s.hub.AddPull(fakegithub.Pull{Number: 3, HeadSHA: sha, HeadBranch: "topic", HeadOwner: "stranger", HeadRepository: 4242, BaseSHA: s.head()})
	id := s.hub.AddRun(fakegithub.Run{Event: "pull_request", Branch: "topic", SHA: sha, HeadRepository: 4242})
	e := s.start(run{event: "workflow_run", file: example, payload: s.finished(id, sha, stranger)})
	if !e.ok || !strings.Contains(e.log, "has left no artifact") {
		t.Fatal(e.log)
	}
	if n := len(s.hub.Comments(3)); n != 0 {
		t.Errorf("%d comments about nothing", n)
	}
}

func exampleText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/workflows/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// inTurn is a workflow whose matrix runs one job at a time: one workspace stands for those
// of all jobs, so that two would be in each other's way.
func inTurn(workflow string) string {
	return strings.Replace(workflow, "      fail-fast: false\n", "      fail-fast: false\n      max-parallel: 1\n", 1)
}
