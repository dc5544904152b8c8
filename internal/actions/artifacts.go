package actions

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
)

// Artifacts is a client of the artifact service, version 4: it stores and reads artifacts
// of the workflow run we are in. Reading those of other runs is a matter of the REST
// interface.
//
// It follows what the official client sends, as it was recorded in
// testdata/github/artifact-trace.json. Every request has a time limit and up to
// five attempts, every answer a size limit; no error shows the token or the
// signature of an address.
type Artifacts struct {
	service   string // scheme and host
	token     string
	ids       backendIDs
	retention int // days at most; 0 is unknown
	client    *http.Client
	clock     retry.Clock

	callLimit, blobLimit time.Duration // of one attempt
}

// NewArtifacts returns a client from what the runner gives to an action:
// ACTIONS_RUNTIME_TOKEN, ACTIONS_RESULTS_URL, GITHUB_SERVER_URL and
// GITHUB_RETENTION_DAYS. It fails where they are missing and on GitHub Enterprise
// Server, which has no version 4.
func NewArtifacts(getenv func(string) string, clock retry.Clock) (*Artifacts, error) {
	if server := getenv("GITHUB_SERVER_URL"); server != "" && !hasArtifacts(server) {
		return nil, fmt.Errorf("no artifact service: %s looks like GitHub Enterprise Server, which lacks version 4 of it", server)
	}
	token, err := variable(getenv, "ACTIONS_RUNTIME_TOKEN")
	if err != nil {
		return nil, err
	}
	address, err := variable(getenv, "ACTIONS_RESULTS_URL")
	if err != nil {
		return nil, err
	}
	u, err := webAddress(address)
	if err != nil {
		return nil, fmt.Errorf("ACTIONS_RESULTS_URL: %w", err)
	}
	ids, err := idsOf(token)
	if err != nil {
		return nil, fmt.Errorf("ACTIONS_RUNTIME_TOKEN: %w", err)
	}
	// Without a positive number the service applies its own limit.
	retention, _ := strconv.Atoi(getenv("GITHUB_RETENTION_DAYS"))
	return &Artifacts{
		service:   u.Scheme + "://" + u.Host,
		token:     token,
		ids:       ids,
		retention: max(retention, 0),
		client:    newHTTPClient(),
		clock:     clock,
		callLimit: time.Minute,
		blobLimit: 5 * time.Minute,
	}, nil
}

func variable(getenv func(string) string, name string) (string, error) {
	if v := strings.TrimSpace(getenv(name)); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("no artifact service: %s is not set; the runner gives it to actions, not to run: steps", name)
}

// hasArtifacts tells github.com, GitHub Enterprise Cloud and local stand-ins
// from GitHub Enterprise Server.
func hasArtifacts(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "github.com" || strings.HasSuffix(host, ".ghe.com") ||
		host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// webAddress parses an address. The error does not repeat it: it may be secret.
func webAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("not an address that starts with https://")
	}
	return u, nil
}

// newHTTPClient follows no redirects: the service and the store give none, and
// Go would tell the signed address to where they lead. It leaves bodies as they
// are stored, so that sizes and digests are those of the artifact.
func newHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
