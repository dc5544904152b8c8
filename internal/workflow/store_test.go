package workflow

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// store is the artifact service of a run, as far as the steps need it. The tests of
// actions are strict about each request; here counts what has come.
type store struct {
	url string

	mu        sync.Mutex
	blocks    map[string][]byte
	artifacts map[string][]byte // by name
	jobs      map[string]string // that have stored them, by name
	down      bool              // answers with errors that are not temporary
}

// tokenOf is what a runner gives to a job for the service.
func tokenOf(job string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"scp":"Actions.Results:run-backend-id:`+job+`"}`)) + ".signature"
}

func startStore(t *testing.T) *store {
	s := &store{blocks: map[string][]byte{}, artifacts: map[string][]byte{}, jobs: map[string]string{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		http.Error(w, `{"msg":"not here"}`, http.StatusForbidden)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/blob/"); ok && r.Method == http.MethodGet {
		_, _ = w.Write(s.artifacts[name])
		return
	} else if ok {
		s.put(r, name, body)
		w.WriteHeader(http.StatusCreated)
		return
	}
	var q struct {
		Name       string
		NameFilter string `json:"name_filter"`
		Job        string `json:"workflow_job_run_backend_id"`
	}
	_ = json.Unmarshal(body, &q)
	answer := map[string]any{"ok": true, "signed_upload_url": s.url + "/blob/" + q.Name + "?sig=x", "artifact_id": "501"}
	switch _, method, _ := strings.Cut(r.URL.Path, "ArtifactService/"); method {
	case "CreateArtifact":
		if s.artifacts[q.Name] != nil {
			http.Error(w, `{"msg":"taken"}`, http.StatusConflict)
			return
		}
		s.jobs[q.Name] = q.Job
	case "ListArtifacts":
		all := []any{}
		for name := range s.artifacts {
			if q.NameFilter == "" || q.NameFilter == name {
				all = append(all, map[string]any{"name": name, "database_id": "501", "workflow_run_backend_id": "run-backend-id", "workflow_job_run_backend_id": s.jobs[name]})
			}
		}
		answer = map[string]any{"artifacts": all}
	case "GetSignedArtifactURL":
		answer = map[string]any{"signed_url": s.url + "/blob/" + q.Name + "?sig=x"}
	case "DeleteArtifact":
		delete(s.artifacts, q.Name)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// put takes a block, or the list that makes an artifact of the blocks.
func (s *store) put(r *http.Request, name string, body []byte) {
	if r.URL.Query().Get("comp") == "block" {
		s.blocks[r.URL.Query().Get("blockid")] = body
		return
	}
	var list struct{ Latest []string }
	_ = xml.Unmarshal(body, &list)
	s.artifacts[name] = nil
	for _, id := range list.Latest {
		s.artifacts[name] = append(s.artifacts[name], s.blocks[id]...)
	}
}

// files are those of an artifact, by name; none of one that was not stored.
func (s *store) files(t *testing.T, artifact string) map[string][]byte {
	t.Helper()
	s.mu.Lock()
	content := s.artifacts[artifact]
	s.mu.Unlock()
	all := map[string][]byte{}
	if content == nil {
		return all
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("artifact %s: %v", artifact, err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
