package session

import (
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// Base and head are asked as head's configuration says; the direct arm is asked at
// the API's own path, with the same headers.
func TestEndpointsOfTheArms(t *testing.T) {
	t.Setenv("GATEWAY_KEY", "sk-very-secret")
	c, err := config.Load(config.ForMock, config.Sources{File: []byte(`version: 1
request:
  path: /x/v1/responses
  query: a=b
  headers: {Authorization: Bearer $GATEWAY_KEY, x-host: "${UPSTREAM_URL}/v1", x-port: $UPSTREAM_PORT, x-tls: $UPSTREAM_TLS_URL}
`)})
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{Options: Options{Config: c}}
	mock := &mockllm.Process{Addr: "127.0.0.1:4711", TLSAddr: "127.0.0.1:4712"}
	want := []llmapi.Header{
		{Name: "Authorization", Value: "Bearer sk-very-secret"},
		{Name: "x-host", Value: "http://127.0.0.1:4711/v1"},
		{Name: "x-port", Value: "4711"},
		{Name: "x-tls", Value: "https://127.0.0.1:4712"},
	}
	for arm, target := range map[bench.Arm]string{
		bench.Base: "/x/v1/responses?a=b", bench.Head: "/x/v1/responses?a=b", bench.Direct: "/v1/responses",
	} {
		e := s.endpoint(arm, mock)
		if got := e.Target(llmapi.Responses); got != target || !slices.Equal(e.Headers, want) || !slices.Equal(e.Secrets, []string{"sk-very-secret"}) {
			t.Errorf("%s: %s with %v, secrets %v", arm, got, e.Headers, e.Secrets)
		}
	}
}
