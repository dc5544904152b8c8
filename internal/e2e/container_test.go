//go:build platform

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func ownerOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }

// gatewayJob has the reference gateway, built, a build line if need be, and what
// its start line does before.
func gatewayJob(t *testing.T, owner int, build, before string) *job {
	j := newJob(t, owner)
	binary := exec.Command("go", "build", "-o", filepath.Join(j.dir, "workspace/gateway"), "./testdata/gateways/reference")
	binary.Dir, binary.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := binary.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if build != "" {
		build = "build: " + build
	}
	j.write("workspace/.proxy-bench.yml", fmt.Sprintf(`version: 1
gateway:
  %s
  start: %q
  ready: {path: /health, timeout: 20s}
suite: {modes: [json], concurrency: [1], body: [100B]}
measure: {time_budget: 3s}
`, build, before+`exec ./gateway -listen "127.0.0.1:$PORT" -upstream "$UPSTREAM_URL"`))
	return j
}

// startLimit is how long a user waits for the first measurement of a gateway
// that is built already.
const startLimit = 3 * time.Second

func TestPlatformPrebuiltStartsSoon(t *testing.T) {
	j := gatewayJob(t, runnerUID, "", "[ -e started ] || date +%s.%N >started; ")
	r := j.run(t.Context())
	if r.exit != 0 {
		t.Fatalf("exit status %d\n%s", r.exit, r.log)
	}
	var seconds float64
	if _, err := fmt.Sscan(j.read("workspace/started"), &seconds); err != nil {
		t.Fatalf("when the gateway was started: %v", err)
	}
	took := time.Duration(seconds*1e9 - float64(r.begun.UnixNano())).Round(time.Millisecond)
	t.Logf("from the container's start to the gateway's: %v", took)
	if took > startLimit {
		t.Errorf("more than %v", startLimit)
	}
}

// toolchains is a build that uses what the image is there for, as whom and where
// builds run.
const toolchains = `set -ex
test "$(id -u)" != 0
cargo init --quiet --name native crate
cat >crate/build.rs <<'R'
fn main() { println!("cargo::rerun-if-changed=build.rs"); }
R
printf '[toolchain]\nchannel = "%s"\n' "$(rustc --version | cut -d' ' -f2)" >crate/rust-toolchain.toml
(cd crate && cargo build --release --offline && target/release/native)
test -w "$RUSTUP_HOME/toolchains" # for another one
test "$(go env GOTOOLCHAIN)" = auto
mkdir mod && cd mod
printf 'module m\n\ngo 1.26\n' >go.mod
printf 'package main\n\n// #include <openssl/crypto.h>\n// #cgo pkg-config: openssl\nimport "C"\n\nfunc main() { println(C.GoString(C.OpenSSL_version(0))) }\n' >main.go
go build -o linked . && ./linked
cd ..
printf 'syntax = "proto3";\nimport "google/protobuf/timestamp.proto";\nmessage M { google.protobuf.Timestamp t = 1; }\n' >m.proto
protoc --descriptor_set_out=m.pb m.proto
printf 'cmake_minimum_required(VERSION 3.10)\nproject(p CXX)\nadd_executable(p p.cc)\n' >CMakeLists.txt
printf '#include <iostream>\nint main() { std::cout << "cmake\\n"; }\n' >p.cc
cmake -S . -B out && cmake --build out && out/p
node -e 'require("os").userInfo(); console.log("node")'
npm --version
python3 -m venv --without-pip venv && venv/bin/python -c 'import ssl, sqlite3; print("python")'
git init --quiet repo && git -C repo status
`

// TestPlatformToolchains: gateways in the usual languages can be built, whoever owns the
// workspace, and what is built is not left as root's.
func TestPlatformToolchains(t *testing.T) {
	for name, owner := range map[string]int{"workspace of the runner": runnerUID, "workspace of root": 0} {
		t.Run(name, func(t *testing.T) {
			j := gatewayJob(t, owner, "sh tools.sh", "")
			j.write("workspace/tools.sh", toolchains)
			r := j.run(t.Context())
			if r.exit != 0 {
				t.Fatalf("exit status %d\n%s", r.exit, r.log)
			}
			for _, path := range []string{"crate/target/release/native", "mod/linked", "venv"} {
				info, err := os.Stat(filepath.Join(j.dir, "workspace", path))
				j.must(err)
				if uid := ownerOf(info); uid != owner {
					t.Errorf("%s belongs to %d", path, uid)
				}
			}
		})
	}
}

// TestPlatformImage: the image says what a container action's has to.
func TestPlatformImage(t *testing.T) {
	needImage(t)
	out, err := exec.Command("docker", "image", "inspect", "--format",
		"{{json .Config.Entrypoint}} {{json .Config.Cmd}} [{{.Config.User}}] [{{.Config.WorkingDir}}] {{.Size}}", image()).Output()
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(out))
	if got, want := strings.Join(fields[:4], " "), `["/usr/local/bin/proxy-bench"] ["gate"] [] []`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	t.Logf("size: %s bytes", fields[4])
}
