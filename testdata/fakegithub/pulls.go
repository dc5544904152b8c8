package fakegithub

import (
	"net/http"
	"net/url"
	"slices"
)

// listPulls filters by the owner and branch of the head, the newest first.
func (s *Server) listPulls(c call) answer {
	all := []object{}
	for _, p := range slices.Backward(s.pulls) {
		state := map[bool]string{false: "open", true: "closed"}[p.Closed]
		wanted := c.query.Get("state")
		or(&wanted, "open")
		if (wanted == "all" || wanted == state) && fits(c.query, "head", p.HeadOwner+":"+p.HeadBranch) && fits(c.query, "base", p.BaseBranch) {
			all = append(all, s.pull(p))
		}
	}
	some, header := s.page(c, s.path("/pulls"), all)
	return answer{http.StatusOK, header, some}
}

func (s *Server) getPull(c call) answer {
	for _, p := range s.pulls {
		if int64(p.Number) == c.number("pull_number") {
			return found(s.pull(p))
		}
	}
	return notFound()
}

func (s *Server) pull(p Pull) object {
	labels := []object{}
	for _, name := range p.Labels {
		labels = append(labels, object{"name": name})
	}
	return object{
		"number": p.Number, "state": map[bool]string{false: "open", true: "closed"}[p.Closed], "labels": labels,
		"html_url": s.web("/pull/%d", p.Number), "user": user(p.Author),
		"head": object{"ref": p.HeadBranch, "sha": p.HeadSHA, "label": p.HeadOwner + ":" + p.HeadBranch, "user": user(p.HeadOwner), "repo": s.repository(p.HeadRepository, p.HeadOwner)},
		"base": object{"ref": p.BaseBranch, "sha": p.BaseSHA, "label": s.Owner + ":" + p.BaseBranch, "user": user(s.Owner), "repo": s.repository(s.ID, s.Owner)},
	}
}

func (s *Server) listComments(c call) answer {
	number, all := c.number("issue_number"), []object{}
	if !slices.ContainsFunc(s.pulls, func(p Pull) bool { return int64(p.Number) == number }) {
		return notFound()
	}
	for _, one := range s.comments {
		if int64(one.Pull) == number {
			all = append(all, s.comment(one))
		}
	}
	some, header := s.page(c, s.path("/issues/%d/comments", number), all)
	return answer{http.StatusOK, header, some}
}

func (s *Server) comment(c Comment) object {
	return object{
		"id": c.ID, "body": c.Body, "user": user(c.Author),
		"html_url": s.web("/pull/%d#issuecomment-%d", c.Pull, c.ID),
		"url":      s.URL + s.path("/issues/comments/%d", c.ID), "issue_url": s.URL + s.path("/issues/%d", c.Pull),
	}
}

// maxBody: longer ones GitHub refuses.
const maxBody = 65536

func (s *Server) createComment(c call) answer {
	number, body := int(c.number("issue_number")), text(c.body, "body")
	switch {
	case !slices.ContainsFunc(s.pulls, func(p Pull) bool { return p.Number == number }):
		return notFound()
	case len([]rune(body)) > maxBody:
		return problem(http.StatusUnprocessableEntity, "Validation Failed: body is too long (maximum is 65536 characters)")
	}
	made := Comment{s.next(), number, s.Login, body}
	s.comments = append(s.comments, made)
	return answer{status: http.StatusCreated, body: s.comment(made)}
}

// updateComment edits any comment, as GitHub lets a token that may write.
func (s *Server) updateComment(c call) answer {
	for i := range s.comments {
		if s.comments[i].ID != c.number("comment_id") {
			continue
		}
		body := text(c.body, "body")
		if len([]rune(body)) > maxBody {
			return problem(http.StatusUnprocessableEntity, "Validation Failed: body is too long (maximum is 65536 characters)")
		}
		s.comments[i].Body = body
		return found(s.comment(s.comments[i]))
	}
	return notFound()
}

func (s *Server) deleteComment(c call) answer {
	id, before := c.number("comment_id"), len(s.comments)
	s.comments = slices.DeleteFunc(s.comments, func(c Comment) bool { return c.ID == id })
	if len(s.comments) == before {
		return notFound()
	}
	return answer{status: http.StatusNoContent}
}

// removeLabel answers with the labels that are left.
func (s *Server) removeLabel(c call) answer {
	name, _ := url.PathUnescape(c.path["name"])
	for i := range s.pulls {
		p := &s.pulls[i]
		if at := slices.Index(p.Labels, name); int64(p.Number) == c.number("issue_number") && at >= 0 {
			p.Labels = slices.Delete(slices.Clone(p.Labels), at, at+1)
			left := []object{}
			for _, l := range p.Labels {
				left = append(left, object{"name": l})
			}
			return found(left)
		}
	}
	return notFound()
}
