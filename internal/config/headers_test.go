package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// environ are the variables of the tests.
var environ = map[string]string{"KEY": "sk-very-secret", "LINES": "sk-very\nsecret", "EMPTY": "", "GITHUB_TOKEN": "ghs-very-secret"}

func lookup(name string) (string, bool) {
	value, ok := environ[name]
	return value, ok
}

func loadHeaders(file string, overrides ...Override) (Config, error) {
	return Load(ForMeasuring, Sources{Name: "f", File: []byte(file), Overrides: overrides, Env: lookup})
}

func TestHeadersAndWhereRequestsGo(t *testing.T) {
	c, err := loadHeaders(header + `request:
  api: chat
  path: /openai/v1/chat/completions
  query: api-version=1&x=%20
  model: gpt-5
  headers:
    Authorization: Bearer ${KEY}
    x-portkey-custom-host: $UPSTREAM_URL/v1
    X-Number: 12
    x-price: 5$ or $5
`)
	if err != nil {
		t.Fatal(err)
	}
	upstream := map[string]string{"UPSTREAM_URL": "http://127.0.0.1:1"}
	e := c.Request.Endpoint(func(name string) string { return environ[name] + upstream[name] })
	if got := e.Target(llmapi.Chat); got != "/openai/v1/chat/completions?api-version=1&x=%20" {
		t.Errorf("target %s", got)
	}
	want := []llmapi.Header{
		{Name: "Authorization", Value: "Bearer sk-very-secret"},
		{Name: "x-portkey-custom-host", Value: "http://127.0.0.1:1/v1"},
		{Name: "X-Number", Value: "12"},
		{Name: "x-price", Value: "5$ or $5"},
	}
	if !slices.Equal(e.Headers, want) || !slices.Equal(e.Secrets, []string{"sk-very-secret", "5$ or $5"}) {
		t.Errorf("headers %v, secrets %v", e.Headers, e.Secrets)
	}
	if c.Request.Extra["model"] != "gpt-5" || len(llmapi.Chat.Extra()) != 0 {
		t.Errorf("extra %v", c.Request.Extra)
	}
	if strings.Contains(fmt.Sprintf("%+v", c), "sk-very-secret") {
		t.Error("the configuration holds the value of a variable")
	}
}

func TestMistakesInHeaders(t *testing.T) {
	const at = "f:3:"
	for request, want := range map[string]string{
		`{headers: {Auth orization: x}}`:          at + `21: request.headers: "Auth orization" is not the name of a header; use letters, digits and -`,
		`{headers: {"": x}}`:                      at + `21: request.headers: "" is not the name of a header; use letters, digits and -`,
		`{headers: {HOST: x}}`:                    at + `21: request.headers: "HOST" is not yours to set; the client writes the address that it connects to`,
		`{headers: {Content-Length: 7}}`:          at + `21: request.headers: "Content-Length" is not yours to set; the client writes the length of the body`,
		`{headers: {transfer-encoding: chunked}}`: at + `21: request.headers: "transfer-encoding" is not yours to set; the client sends bodies with a length`,
		`{headers: {Connection: close}}`:          at + `21: request.headers: "Connection" is not yours to set; the client keeps its connections open`,
		`{headers: {a: x, A: y}}`:                 at + `27: request.headers: "A" is not a new header; it is there already, remove one`,
		`{headers: {a: "sk-secret\r\nx: y"}}`:     at + `24: request.headers.a: its value is not one line; remove the line end, which would begin another header`,
		`{headers: {a: "sk-secret\u0001"}}`:       at + `24: request.headers.a: its value is not text; remove the control character in it`,
		`{headers: {a: [sk-secret]}}`:             at + `24: request.headers.a: a list is not text; write {Authorization: Bearer $KEY}`,
		`{headers: {a: }}`:                        at + `24: request.headers.a: an empty value is not text; write {Authorization: Bearer $KEY}`,
		`{headers: {a: "secret${NONE"}}`:          at + `24: request.headers.a: a ${ in its value is not the beginning of a variable; write ${NAME}, with letters, digits and _ in the name`,
		`{headers: {a: "${NONE:-secret}"}}`:       at + `24: request.headers.a: a ${ in its value is not the beginning of a variable; write ${NAME}, with letters, digits and _ in the name`,
		`{headers: {a: "Bearer $NONE"}}`:          at + `24: request.headers.a: $NONE is not set in the environment; set it; a dollar sign itself must come from a variable, too`,
		`{headers: {a: "${EMPTY}"}}`:              at + `24: request.headers.a: $EMPTY is not set in the environment; set it; a dollar sign itself must come from a variable, too`,
		`{headers: {a: "$LINES"}}`:                at + `24: request.headers.a: the value of $LINES is not one line; remove the line end, which would begin another header`,
		`{headers: {a: "$GITHUB_TOKEN"}}`:         at + `24: request.headers.a: $GITHUB_TOKEN is not yours to send; the runner's variables are kept from gateways; put the value into a variable of another name`,
		`{headers: [Authorization, sk-secret]}`:   at + `20: request.headers: a list is not a mapping of header names to values; write {Authorization: Bearer $KEY}`,
		`{path: v1/chat}`:                         at + `17: request.path: "v1/chat" is not the path of a URL; begin it with a slash: /v1/chat/completions`,
		`{path: "/v1?a=b"}`:                       at + `17: request.path: "/v1?a=b" is not the path of a URL; put what follows the question mark into request.query`,
		`{path: "/v1 HTTP/1.1\r\nx: y"}`:          at + `17: request.path: "/v1 HTTP/1.1\r\nx: y" is not the path of a URL; write spaces and letters beyond ASCII as %20 and the like`,
		`{query: "?a=b"}`:                         at + `18: request.query: "?a=b" is not the query of a URL; leave the question mark out`,
		`{query: "a=b#c"}`:                        at + `18: request.query: "a=b#c" is not the query of a URL; remove what follows the #, which is never sent`,
		`{model: ""}`:                             at + `18: request.model: blank text is not the name of a model; write gpt-5`,
		`{model: a, extra: {model: b}}`:           at + `18: request.model: a second model is not possible; remove request.extra.model`,
	} {
		_, err := loadHeaders(header + "request: " + request + "\n")
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%s\n got %s\nwant %s", request, got, want)
		}
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("the mistake shows a value: %v", err)
		}
	}
}

func TestMistakesInHeaderOverrides(t *testing.T) {
	for value, want := range map[string]string{
		"Authorization Bearer sk-secret":     `--header: line 1 is not a header as "Name: value"; write Authorization: Bearer $KEY`,
		"a: b\nHost: secret":                 `--header: "Host" is not yours to set; the client writes the address that it connects to`,
		"Authorization: Bearer sk-secret$NO": `--header: $NO is not set in the environment; set it; a dollar sign itself must come from a variable, too`,
	} {
		_, err := loadHeaders(header, Override{"request.headers", value, "--header"})
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%q\n got %s\nwant %s", value, got, want)
		}
	}
	c, err := loadHeaders(header+"request: {headers: {a: b}}\n", Override{"request.headers", "Authorization:Bearer $KEY\nX: y: z", "--header"})
	if want := []llmapi.Header{{Name: "Authorization", Value: "Bearer $KEY"}, {Name: "X", Value: "y: z"}}; err != nil || !slices.Equal(c.Request.Headers, want) {
		t.Errorf("%v, %v", c.Request.Headers, err)
	}
}

// A model is part of every body, and a size of the user's own has to hold it.
func TestModelsHaveToFit(t *testing.T) {
	long := strings.Repeat("m", 200)
	for body, want := range map[string]string{
		"[100B, 1KB]": "<nil>",
		"[150, 1KB]":  `f:4:16: suite.body[0]: 150B is not enough for the request; a responses request of 150 bytes is not possible: it needs at least 313`,
	} {
		_, err := loadHeaders(header + "request: {model: " + long + "}\nsuite: {body: " + body + "}\n")
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%s\n got %s\nwant %s", body, got, want)
		}
	}
}

// A gateway may show a part of a header's value, or the value as JSON has it.
func TestSecretsOfParts(t *testing.T) {
	r := Request{Headers: []llmapi.Header{{Name: "x-auth", Value: "key=$KEY;v=1"}, {Name: "x-up", Value: "$UPSTREAM_URL/v1"}}}
	e := r.Endpoint(func(name string) string {
		return map[string]string{"KEY": `long"secret`, "UPSTREAM_URL": "http://127.0.0.1:1234"}[name]
	})
	for _, text := range []string{`wrong key long"secret`, `{"message":"wrong key long\"secret"}`, `got key=long"secret;v=1`} {
		if got := e.Redact(text); strings.Contains(got, "long") || strings.Contains(got, "secret") {
			t.Errorf("%s becomes %s", text, got)
		}
	}
	if text := "http://127.0.0.1:1234/v1 refused"; e.Redact(text) != text {
		t.Errorf("%s becomes %s", text, e.Redact(text))
	}
}
