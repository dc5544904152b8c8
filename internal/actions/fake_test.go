package actions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
)

const (
	runID     = "ce7f54c7-61c7-4aae-887f-30da475f5f1a"
	jobID     = "ca395085-040a-526b-2ce8-bdc85f692774"
	signed    = "x%2Fy%2Bz%3D"
	plainSign = "x/y+z="
)

var today = time.Date(2026, 11, 23, 8, 18, 14, 404e6, time.UTC)

func tokenWith(payload string) string {
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".secretpart"
}

func runtimeToken() string {
	return tokenWith(`{"scp":"Actions.ExampleScope Actions.Results:` + runID + ":" + jobID + `"}`)
}

// service stands for the artifact service and its store. It is strict about
// requests, and keeps them all.
type service struct {
	*httptest.Server
	t testing.TB

	camelCase bool // in answers, and whole numbers as numbers
	// faults are answers in place of the real ones, by kind of request, in turn.
	// nil is the real one.
	faults map[string][]http.HandlerFunc
	// elsewhere, when set, gives the addresses to put to and get from.
	elsewhere func(name string) (put, get string)

	mu        sync.Mutex
	seen      []request
	blobs     map[string]*blob // by name of the artifact
	artifacts []storedArtifact
}

type request struct {
	kind   string // a method of the service, or block, blocklist, download
	uri    string
	header http.Header
	body   []byte
	length int64
}

type blob struct {
	blocks  map[string][]byte
	order   []string // as the blocks came
	content []byte
}

type storedArtifact struct {
	ids    backendIDs
	id     int64
	name   string
	digest string
	size   int64
}

func newService(t testing.TB) *service {
	s := &service{t: t, faults: map[string][]http.HandlerFunc{}, blobs: map[string]*blob{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// environ is what the runner would give.
func (s *service) environ(changes ...string) func(string) string {
	env := map[string]string{
		"ACTIONS_RUNTIME_TOKEN": runtimeToken(),
		"ACTIONS_RESULTS_URL":   s.URL + "/some/path/",
		"GITHUB_SERVER_URL":     "https://github.com",
		"GITHUB_RETENTION_DAYS": "90",
	}
	for _, c := range changes {
		name, value, _ := strings.Cut(c, "=")
		env[name] = value
	}
	return func(name string) string { return env[name] }
}

// client returns a client whose waits are noted, not waited for.
func (s *service) client(waits *[]time.Duration) *Artifacts {
	s.t.Helper()
	sleep := func(ctx context.Context, d time.Duration) error {
		if waits != nil {
			*waits = append(*waits, d)
		}
		return ctx.Err()
	}
	a, err := NewArtifacts(s.environ(), retry.Clock{Sleep: sleep, Now: func() time.Time { return today }})
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *service) kinds() (kinds []string) {
	for _, r := range s.seen {
		kinds = append(kinds, r.kind)
	}
	return kinds
}

func kindOf(r *http.Request) string {
	if method, ok := strings.CutPrefix(r.URL.Path, servicePath); ok && r.Method == http.MethodPost {
		return method
	}
	if strings.HasPrefix(r.URL.Path, "/store/") {
		switch r.Method {
		case http.MethodPut:
			return r.URL.Query().Get("comp")
		case http.MethodGet:
			return "download"
		}
	}
	return r.Method + " " + r.URL.Path
}

func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut off by a test
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := kindOf(r)
	s.seen = append(s.seen, request{kind, r.RequestURI, r.Header, body, r.ContentLength})
	if queue := s.faults[kind]; len(queue) > 0 {
		s.faults[kind] = queue[1:]
		if queue[0] != nil {
			queue[0](w, r)
			return
		}
	}
	if strings.HasPrefix(r.URL.Path, "/store/") {
		s.serveStore(w, r, body)
	} else {
		s.serveMethod(w, r, kind, body)
	}
}

func (s *service) serveMethod(w http.ResponseWriter, r *http.Request, kind string, body []byte) {
	var q struct {
		backendIDs
		Name       string `json:"name"`
		NameFilter string `json:"name_filter"`
		IDFilter   string `json:"id_filter"`
		Expires    string `json:"expires_at"`
		Version    int    `json:"version"`
		MimeType   string `json:"mime_type"`
		Size       string `json:"size"`
		Hash       string `json:"hash"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		s.t.Errorf("%s: %v in %s", kind, err, body)
	}
	if r.Header.Get("Authorization") != "Bearer "+runtimeToken() || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || q.Run != runID {
		s.t.Errorf("%s: %v %s", kind, r.Header, body)
	}
	find := func() int {
		return slices.IndexFunc(s.artifacts, func(a storedArtifact) bool { return a.name == q.Name && a.ids == q.backendIDs })
	}
	put, get := s.URL+"/store/"+url.PathEscape(q.Name)+".zip?sig="+signed+"&se=2026-11-23T09%3A18%3A13Z", ""
	get = put
	if s.elsewhere != nil && (kind == "CreateArtifact" || kind == "GetSignedArtifactURL") {
		put, get = s.elsewhere(q.Name)
	}
	switch kind {
	case "CreateArtifact":
		if slices.ContainsFunc(s.artifacts, func(a storedArtifact) bool { return a.name == q.Name }) {
			http.Error(w, `{"code":"already_exists","msg":"an artifact with this name already exists on the workflow run"}`, http.StatusConflict)
			return
		}
		s.blobs[q.Name] = &blob{blocks: map[string][]byte{}}
		s.answer(w, map[string]any{"ok": true, "signed_upload_url": put})
	case "FinalizeArtifact":
		size, err := strconv.ParseInt(q.Size, 10, 64)
		if b := s.blobs[q.Name]; err != nil || s.elsewhere == nil && (size != int64(len(b.content)) || q.Hash != fmt.Sprintf("sha256:%x", sha256.Sum256(b.content))) {
			s.t.Errorf("finalizing %s: %v", body, err)
		}
		s.artifacts = append(s.artifacts, storedArtifact{q.backendIDs, int64(1000 + len(s.seen)), q.Name, q.Hash, size})
		s.answer(w, map[string]any{"ok": true, "artifact_id": s.number(s.artifacts[len(s.artifacts)-1].id)})
	case "ListArtifacts":
		list := []any{}
		for _, a := range s.artifacts {
			if id := strconv.FormatInt(a.id, 10); (q.NameFilter == "" || q.NameFilter == a.name) && (q.IDFilter == "" || q.IDFilter == id) {
				list = append(list, map[string]any{
					"workflow_run_backend_id": a.ids.Run, "workflow_job_run_backend_id": a.ids.Job,
					"database_id": s.number(a.id), "name": a.name, "size": s.number(a.size),
					"created_at": "2026-11-23T08:18:14Z", "digest": a.digest,
				})
			}
		}
		s.answer(w, map[string]any{"artifacts": list})
	case "GetSignedArtifactURL":
		if find() < 0 {
			s.t.Errorf("no such artifact: %s", body)
		}
		s.answer(w, map[string]any{"signed_url": get})
	case "DeleteArtifact":
		i := find()
		s.artifacts = slices.Delete(s.artifacts, i, i+1)
		s.answer(w, map[string]any{"ok": true, "artifact_id": "1"})
	default:
		s.t.Errorf("no such method: %s", kind)
	}
}

// serveStore is the store of blobs, which wants no token but the signature.
func (s *service) serveStore(w http.ResponseWriter, r *http.Request, body []byte) {
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/store/"), ".zip")
	b := s.blobs[name]
	if r.Header.Get("Authorization") != "" || !strings.Contains(r.URL.RawQuery, "sig="+signed+"&se=2026-11-23T09%3A18%3A13Z") || b == nil {
		s.t.Errorf("the store got %s %s %v", r.Method, r.RequestURI, r.Header)
		return
	}
	switch kindOf(r) {
	case "block":
		id := r.URL.Query().Get("blockid")
		if _, err := base64.StdEncoding.DecodeString(id); err != nil || r.ContentLength != int64(len(body)) {
			s.t.Errorf("block %q: %v, %d bytes of %d", id, err, len(body), r.ContentLength)
		}
		b.blocks[id], b.order = body, append(b.order, id)
		w.WriteHeader(http.StatusCreated)
	case "blocklist":
		var list struct{ Latest []string }
		if err := xml.Unmarshal(body, &list); err != nil {
			s.t.Errorf("%v: %s", err, body)
		}
		for _, id := range list.Latest {
			if b.blocks[id] == nil || len(id) != len(list.Latest[0]) {
				s.t.Errorf("block %q is listed, there are %v", id, slices.Collect(maps.Keys(b.blocks)))
			}
			b.content = append(b.content, b.blocks[id]...)
		}
		w.WriteHeader(http.StatusCreated)
	case "download":
		_, _ = w.Write(b.content)
	}
}

func (s *service) number(n int64) any {
	if s.camelCase {
		return n
	}
	return strconv.FormatInt(n, 10)
}

func (s *service) answer(w http.ResponseWriter, tree map[string]any) {
	body, err := json.Marshal(tree)
	if err != nil {
		s.t.Error(err)
	}
	if s.camelCase {
		for _, key := range []string{"signed_upload_url", "artifact_id", "workflow_run_backend_id", "workflow_job_run_backend_id", "database_id", "created_at", "signed_url"} {
			first, rest, _ := strings.Cut(key, "_")
			camel := first
			for part := range strings.SplitSeq(rest, "_") {
				camel += strings.ToUpper(part[:1]) + part[1:]
			}
			body = bytes.ReplaceAll(body, []byte(`"`+key+`"`), []byte(`"`+camel+`"`))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// status is a fault: an answer with that status, text and headers in pairs.
func status(code int, text string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, text)
	}
}

// cutOff is a fault: the connection ends without an answer, or within it.
func cutOff(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }

func cutInside(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"ok":true,`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// endless is a fault: an answer without an end.
func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<16)); err != nil {
			return
		}
	}
}

// never is a fault: no answer as long as the client waits.
func never(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v\nwant one with %q", err, want)
	}
}
