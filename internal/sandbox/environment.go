package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// passedNames and passedPrefixes are what a build in the action may see of our
// environment: language and time, proxies and certificates, and what compilers
// are commonly told. Everything else may be a secret of another step, or a
// setting for a machine that is not ours (CARGO_HOME, GOROOT, GOTOOLCHAIN=local).
var (
	passedNames = strings.Fields(`
		CI LANG LANGUAGE SOURCE_DATE_EPOCH TERM TZ
		http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
		CURL_CA_BUNDLE GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS PIP_CERT REQUESTS_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE
		AR CC CFLAGS CPPFLAGS CXX CXXFLAGS LD LDFLAGS
		CARGO_ENCODED_RUSTFLAGS CARGO_INCREMENTAL RUSTFLAGS RUST_BACKTRACE
		CGO_ENABLED GOAMD64 GOARM64 GOEXPERIMENT GOFLAGS GONOPROXY GONOSUMDB GOPRIVATE GOPROXY GOSUMDB
		NODE_ENV PIP_INDEX_URL`)
	passedPrefixes = strings.Fields(`LC_ CARGO_BUILD_ CARGO_HTTP_ CARGO_NET_ CARGO_PROFILE_ CARGO_TARGET_ CARGO_TERM_ OPENSSL_`)
	// keptPrefixes are what a build outside the action may not see.
	keptPrefixes = []string{"INPUT_", "ACTIONS_", "GITHUB_", "RUNNER_"}
)

// single are the variables that name one place for what is built or installed, where
// base's build would write over head's.
var single = strings.Fields(`CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_INSTALL_ROOT GOBIN PIP_PREFIX PIP_TARGET npm_config_prefix NPM_CONFIG_PREFIX`)

// Environment is that of a build or gateway, with what is its own. Equal names have the
// same places for what they build and install; base has others than head.
func (s *Sandbox) Environment(of string, own map[string]string) []string {
	var env []string
	add := func(name, value string) {
		if _, replaced := own[name]; !replaced {
			env = append(env, name+"="+value)
		}
	}
	for _, pair := range s.world.Environ {
		if name, value, _ := strings.Cut(pair, "="); s.passes(name, value) {
			if of == string(bench.Base) && slices.Contains(single, name) {
				value = filepath.Join(s.homeOf(bench.Base), name)
			}
			add(name, value)
		}
	}
	if s.user != nil {
		for name, value := range s.places(bench.Arm(of)) {
			add(name, value)
		}
	}
	for name, value := range own {
		env = append(env, name+"="+value)
	}
	return env
}

// passes says whether a variable of ours is a gateway's too.
func (s *Sandbox) passes(name, value string) bool {
	has := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	if s.user == nil {
		return !slices.ContainsFunc(keptPrefixes, has)
	}
	if scheme := strings.Index(value, "://"); scheme >= 0 && strings.Contains(value[scheme:], "@") {
		return false // an address with a password
	}
	return slices.Contains(passedNames, name) || slices.ContainsFunc(passedPrefixes, has)
}

// cacheOf is where an arm keeps what it downloads and compiles. Only head's is kept for
// another run: tools believe what they find there, and head's build can have written it, so
// that base uses none of it.
func (s *Sandbox) cacheOf(arm bench.Arm) string {
	if arm == bench.Base {
		return filepath.Join(s.homeOf(arm), ".cache")
	}
	return s.cache
}

// places says where tools keep their files. By default they would use the runner's, which
// the user may not.
func (s *Sandbox) places(arm bench.Arm) map[string]string {
	home, cache := s.homeOf(arm), s.cacheOf(arm)
	cargo, gopath := filepath.Join(home, "cargo"), filepath.Join(home, "go")
	places := map[string]string{
		"HOME":                home,
		"XDG_CACHE_HOME":      cache,
		"CARGO_HOME":          filepath.Join(cache, "cargo"),
		"CARGO_INSTALL_ROOT":  cargo,
		"RUSTUP_HOME":         s.rustupOf(arm),
		"RUSTUP_AUTO_INSTALL": "1", // for rust-toolchain.toml
		"GOPATH":              gopath,
		"GOCACHE":             filepath.Join(cache, "go-build"),
		"GOMODCACHE":          filepath.Join(cache, "go-mod"),
		"GOTOOLCHAIN":         "auto", // for go.mod's toolchain line
		"npm_config_cache":    filepath.Join(cache, "npm"),
		"PATH": strings.Join([]string{
			filepath.Join(cargo, "bin"), filepath.Join(gopath, "bin"), s.world.Getenv("PATH"),
		}, string(os.PathListSeparator)),
	}
	if s.world.Getenv("GOFLAGS") == "" {
		// Or a later step could not delete the cache, whose directories are read-only.
		places["GOFLAGS"] = "-modcacherw"
	}
	return places
}
