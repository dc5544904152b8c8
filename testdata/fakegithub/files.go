package fakegithub

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"path"
	"regexp"
)

// getContent answers with a file of a commit. A path in which each slash is %2F is one
// path for GitHub as well.
func (s *Server) getContent(c call) answer {
	name, _ := url.PathUnescape(c.path["path"])
	content, ok := s.files[[2]string{c.query.Get("ref"), name}]
	if !ok {
		return notFound()
	}
	here := s.URL + s.path("/contents/%s", name)
	return found(object{
		"type": "file", "name": path.Base(name), "path": name, "size": len(content), "sha": SHA(content),
		// GitHub breaks the text into lines of 60 characters.
		"encoding": "base64", "content": regexp.MustCompile(".{1,60}").ReplaceAllString(base64.StdEncoding.EncodeToString([]byte(content)), "$0\n"),
		"url": here, "git_url": here, "html_url": here, "download_url": here,
		"_links": object{"self": here, "git": here, "html": here},
	})
}

// getTag knows annotated tags alone: any other object is not found.
func (s *Server) getTag(c call) answer {
	to, ok := s.tags[c.path["tag_sha"]]
	if !ok {
		return notFound()
	}
	kind := "commit"
	if _, tag := s.tags[to]; tag {
		kind = "tag"
	}
	return answer{http.StatusOK, nil, object{
		"sha": c.path["tag_sha"], "tag": "v1", "message": "one",
		"object": object{"sha": to, "type": kind, "url": s.URL + s.path("/git/commits/%s", to)},
	}}
}
