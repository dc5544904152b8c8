package session

import (
	"net"
	"os"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// endpoint is where the requests of an arm go, with a mock behind it. The direct arm asks the mock, which has the API's own path; the headers are
// the same, so that both are sent equal bytes.
func (s *Session) endpoint(arm bench.Arm, mock *mockllm.Process) llmapi.Endpoint {
	host, port, _ := net.SplitHostPort(mock.Addr) // the mock's own word
	upstream := map[string]string{
		"UPSTREAM_URL": "http://" + mock.Addr, "UPSTREAM_HOST": host, "UPSTREAM_PORT": port, "UPSTREAM_TLS_URL": "https://" + mock.TLSAddr,
	}
	e := s.Config.Request.Endpoint(func(name string) string {
		if value, ok := upstream[name]; ok {
			return value
		}
		return os.Getenv(name)
	})
	if arm == bench.Direct {
		e.Path, e.Query = "", ""
	}
	return e
}
