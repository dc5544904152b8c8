package probe

import (
	"bytes"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"github.com/org/proxy-bench-action/internal/mockllm"
)

// asMock is the argument that makes the test binary a mock process.
const asMock = "mock-process-of-the-test"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asMock {
		os.Exit(mockllm.Main(os.Stdin, os.Stdout))
	}
	// Exchanges mostly wait: more of them run at a time than there are processors. An
	// option on the command line comes later, and wins.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err) // there is such a flag
	}
	os.Exit(m.Run())
}

// Gateways that many tests use.

func clean(next http.Handler) http.Handler { return next }

// collecting has the whole answer before it sends any of it.
func collecting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		_, _ = io.Copy(w, bytes.NewReader(answer.Body.Bytes()))
	})
}

// alone serves one request at a time.
func alone(next http.Handler) http.Handler {
	var lock sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		next.ServeHTTP(w, r)
	})
}

func failing(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
}
