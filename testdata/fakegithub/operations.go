package fakegithub

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// operations are those that the fake knows, by GitHub's names. They are called
// with the lock held, after the request has been checked.
var operations = map[string]func(*Server, call) answer{
	"repos/get":                           (*Server).getRepository,
	"repos/compare-commits-with-basehead": (*Server).compare,
	"repos/create-commit-status":          (*Server).createStatus,
	"repos/get-content":                   (*Server).getContent,
	"git/get-tag":                         (*Server).getTag,
	"repos/get-latest-release":            (*Server).latestRelease,
	"actions/list-workflow-runs":          (*Server).listWorkflowRuns,
	"actions/list-workflow-run-artifacts": (*Server).listArtifacts,
	"actions/download-artifact":           (*Server).downloadArtifact,
	"issues/list-comments":                (*Server).listComments,
	"issues/create-comment":               (*Server).createComment,
	"issues/update-comment":               (*Server).updateComment,
	"issues/delete-comment":               (*Server).deleteComment,
	"issues/remove-label":                 (*Server).removeLabel,
	"pulls/get":                           (*Server).getPull,
	"pulls/list":                          (*Server).listPulls,
	"checks/create":                       (*Server).createCheck,
	"checks/update":                       (*Server).updateCheck,
}

// Operations are the names of those that the fake knows.
func Operations() []string { return slices.Sorted(maps.Keys(operations)) }

func found(body any) answer { return answer{status: http.StatusOK, body: body} }

func notFound() answer { return problem(http.StatusNotFound, "Not Found") }

// number is an id in the path.
func (c call) number(name string) int64 {
	n, _ := strconv.ParseInt(c.path[name], 10, 64)
	return n
}

// text is a string in the body or in an object of it, empty when it is not there.
func text(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

func whole(o object, name string) int {
	n, _ := o[name].(float64)
	return int(n)
}

// page cuts a list as the query asks and names the next and last page, as
// https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
// has it.
func (s *Server) page(c call, path string, all []object) ([]object, http.Header) {
	size, err := strconv.Atoi(c.query.Get("per_page"))
	if err != nil || size < 1 {
		size = 30
	}
	size = min(size, 100)
	page, err := strconv.Atoi(c.query.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	last := max(1, (len(all)+size-1)/size)
	header := http.Header{}
	if page < last {
		link := func(page int, rel string) string {
			q := url.Values{}
			for name, values := range c.query {
				q[name] = values
			}
			q.Set("page", strconv.Itoa(page))
			return fmt.Sprintf("<%s%s?%s>; rel=%q", s.URL, path, q.Encode(), rel)
		}
		header.Set("Link", link(page+1, "next")+", "+link(last, "last"))
	}
	from := min(len(all), (page-1)*size)
	return all[from:min(len(all), from+size)], header
}

func (s *Server) path(format string, args ...any) string {
	return fmt.Sprintf("/repos/%s/%s", s.Owner, s.Repo) + fmt.Sprintf(format, args...)
}

// web is the address that people would open.
func (s *Server) web(format string, args ...any) string {
	return fmt.Sprintf("https://github.example/%s/%s", s.Owner, s.Repo) + fmt.Sprintf(format, args...)
}

func user(login string) object {
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return object{"login": login, "type": kind}
}

// repository is this one, a fork by its id, or null when it is gone.
func (s *Server) repository(id int64, owner string) any {
	switch id {
	case Gone:
		return nil
	case s.ID:
		owner = s.Owner
	}
	return object{"id": id, "name": s.Repo, "full_name": owner + "/" + s.Repo, "owner": user(owner), "fork": id != s.ID, "default_branch": s.Branch}
}

func (s *Server) getRepository(call) answer { return found(s.repository(s.ID, s.Owner)) }

// compare walks the history: ahead is what only the head has, behind what only
// the base has.
func (s *Server) compare(c call) answer {
	base, head, ok := strings.Cut(c.path["basehead"], "...")
	base, head = s.named(base), s.named(head)
	baseHas, headHas := s.ancestors(base), s.ancestors(head)
	if !ok || baseHas == nil || headHas == nil {
		return notFound()
	}
	ahead, behind, common := 0, 0, ""
	for sha := range headHas {
		if !baseHas[sha] {
			ahead++
		}
	}
	for sha := range baseHas {
		if !headHas[sha] {
			behind++
		}
	}
	for _, sha := range s.newestFirst(base) {
		if headHas[sha] {
			common = sha
			break
		}
	}
	if common == "" {
		return notFound() // GitHub has no answer for two histories
	}
	status := map[[2]bool]string{{false, false}: "identical", {true, false}: "ahead", {false, true}: "behind", {true, true}: "diverged"}[[2]bool{ahead > 0, behind > 0}]
	return found(object{
		"status": status, "ahead_by": ahead, "behind_by": behind, "total_commits": ahead,
		"base_commit": object{"sha": base}, "merge_base_commit": object{"sha": common},
	})
}

// named is the commit of a branch or tag as a path has it, else what is given.
func (s *Server) named(name string) string {
	if plain, err := url.PathUnescape(name); err == nil { // a slash in it is escaped
		name = plain
	}
	return cmp.Or(s.refs[name], name)
}

func (s *Server) latestRelease(call) answer {
	if s.release == "" {
		return notFound()
	}
	return found(object{"tag_name": s.release, "author": user("ann")})
}

// newestFirst lists a commit and what leads to it, breadth first.
func (s *Server) newestFirst(sha string) []string {
	all := []string{sha}
	for i := 0; i < len(all); i++ {
		for _, parent := range s.parents[all[i]] {
			if !slices.Contains(all, parent) {
				all = append(all, parent)
			}
		}
	}
	return all
}

// ancestors is a commit with all that leads to it; nil if it is not known.
func (s *Server) ancestors(sha string) map[string]bool {
	if _, ok := s.parents[sha]; !ok {
		return nil
	}
	all := map[string]bool{}
	for _, one := range s.newestFirst(sha) {
		all[one] = true
	}
	return all
}

func (s *Server) createStatus(c call) answer {
	status := Status{c.path["sha"], text(c.body, "state"), text(c.body, "context"), text(c.body, "description"), text(c.body, "target_url")}
	if len([]rune(status.Description)) > 140 {
		return problem(http.StatusUnprocessableEntity, "Validation Failed: description is too long (maximum is 140 characters)")
	}
	s.statuses = append(s.statuses, status)
	return answer{status: http.StatusCreated, body: object{
		"id": s.next(), "state": status.State, "context": status.Context, "description": status.Description, "target_url": status.URL, "creator": user(s.Login),
		"created_at": moment, "updated_at": moment, // for the description, any text would do
	}}
}
