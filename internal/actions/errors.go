package actions

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/org/proxy-bench-action/internal/plain"
)

// StatusError is an answer of the artifact service or of its store that says no.
type StatusError struct {
	Status  int    // of HTTP
	Message string // what the server says of it, shortened, without secrets
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// messageOf is the message in the body of a failed request: msg of the
// service's JSON, the store's code, or how the body begins.
func messageOf(resp *http.Response, body []byte) string {
	var twirp struct {
		Message string `json:"msg"`
	}
	if json.Unmarshal(body, &twirp) == nil && twirp.Message != "" {
		return shorten(twirp.Message)
	}
	if code := resp.Header.Get("x-ms-error-code"); code != "" {
		return shorten(code)
	}
	return shorten(string(body))
}

// shorten makes one line of at most 300 characters of what a server says.
func shorten(text string) string { return plain.To(text, 300) }

// signature is a signature in an address, up to what ends it.
var signature = regexp.MustCompile(`(?i)\b(sig|signature)=[^&\s"'<>]*`)

// redact hides signatures and the given secrets.
func redact(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return signature.ReplaceAllString(text, "$1=***")
}

// signatureOf is the signature in a signed address, as it stands there and as it
// is meant.
func signatureOf(u *url.URL) []string {
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if raw, ok := strings.CutPrefix(pair, "sig="); ok {
			meant, _ := url.QueryUnescape(raw)
			return []string{raw, meant}
		}
	}
	return nil
}
