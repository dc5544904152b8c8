package fakegithub

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// listWorkflowRuns filters as GitHub does: by what a run says of itself, so that
// a fork's run on its own branch main is among those of main.
func (s *Server) listWorkflowRuns(c call) answer {
	workflow, all := c.path["workflow_id"], []object{}
	for _, r := range slices.Backward(s.runs) {
		if workflow != r.Workflow && workflow != strconv.FormatInt(r.WorkflowID, 10) {
			continue
		}
		if fits(c.query, "branch", r.Branch) && fits(c.query, "event", r.Event) &&
			fits(c.query, "head_sha", r.SHA) && fits(c.query, "status", r.Status, r.Conclusion) {
			all = append(all, s.run(r))
		}
	}
	some, header := s.page(c, s.path("/actions/workflows/%s/runs", workflow), all)
	return answer{http.StatusOK, header, object{"total_count": len(all), "workflow_runs": some}}
}

// fits says whether a query is not asked, or is one of the values.
func fits(q url.Values, name string, values ...string) bool {
	return !q.Has(name) || slices.Contains(values, q.Get(name))
}

func (s *Server) run(r Run) object {
	return object{
		"id": r.ID, "workflow_id": r.WorkflowID, "path": ".github/workflows/" + r.Workflow, "run_number": r.ID,
		"event": r.Event, "status": r.Status, "conclusion": orNil(r.Conclusion), "head_branch": r.Branch, "head_sha": r.SHA,
		"html_url": s.web("/actions/runs/%d", r.ID), "pull_requests": []object{},
		"repository": s.repository(s.ID, s.Owner), "head_repository": s.repository(r.HeadRepository, "stranger"),
	}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (s *Server) listArtifacts(c call) answer {
	id, all := c.number("run_id"), []object{}
	for _, a := range slices.Backward(s.artifacts) {
		if a.Run == id && fits(c.query, "name", a.Name) {
			all = append(all, s.artifact(a))
		}
	}
	some, header := s.page(c, s.path("/actions/runs/%d/artifacts", id), all)
	return answer{http.StatusOK, header, object{"total_count": len(all), "artifacts": some}}
}

func (s *Server) artifact(a Artifact) object {
	o := object{
		"id": a.ID, "name": a.Name, "size_in_bytes": len(a.Zip), "expired": a.Expired, "digest": a.Digest,
		"expires_at": "2026-03-04T05:06:07Z", "workflow_run": object{"id": a.Run, "repository_id": s.ID},
	}
	if a.Digest == NoDigest {
		o["digest"] = nil
	}
	return o
}

// downloadArtifact redirects to the store, under a URL that cannot be guessed.
func (s *Server) downloadArtifact(c call) answer {
	for _, a := range s.artifacts {
		if a.ID != c.number("artifact_id") {
			continue
		}
		if a.Expired {
			return problem(http.StatusGone, "Artifact has expired")
		}
		place := fmt.Sprintf("/artifacts/%d.zip?sig=%s", a.ID, strings.ToLower(rand.Text()))
		s.signed[place] = a.Zip
		return answer{status: http.StatusFound, header: http.Header{"Location": {s.storeURL + place}}}
	}
	return notFound()
}
