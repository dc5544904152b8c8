package fakegithub

import "net/http"

func (s *Server) createCheck(c call) answer {
	check := Check{ID: s.next(), Name: text(c.body, "name"), SHA: text(c.body, "head_sha"), Status: "queued"}
	check.take(c.body)
	if check.Status == "completed" && check.Conclusion == "" {
		return problem(http.StatusUnprocessableEntity, "Validation Failed: a completed check needs a conclusion")
	}
	s.checks = append(s.checks, check)
	return answer{status: http.StatusCreated, body: s.check(check)}
}

func (s *Server) updateCheck(c call) answer {
	for i := range s.checks {
		if s.checks[i].ID == c.number("check_run_id") {
			s.checks[i].take(c.body)
			return found(s.check(s.checks[i]))
		}
	}
	return notFound()
}

// take sets what a request gives, and adds its annotations to those there are.
func (k *Check) take(body object) {
	k.Requests++
	output, _ := body["output"].(object)
	for _, f := range []struct {
		field *string
		in    object
		name  string
	}{
		{&k.Status, body, "status"},
		{&k.Conclusion, body, "conclusion"},
		{&k.Title, output, "title"},
		{&k.Summary, output, "summary"},
		{&k.Text, output, "text"},
	} {
		if given := text(f.in, f.name); given != "" {
			*f.field = given
		}
	}
	all, _ := output["annotations"].([]any)
	for _, one := range all {
		a, _ := one.(object)
		k.Annotations = append(k.Annotations, Annotation{
			text(a, "path"), whole(a, "start_line"), whole(a, "end_line"),
			text(a, "annotation_level"), text(a, "title"), text(a, "message"),
		})
	}
}

func (s *Server) check(k Check) object {
	return object{
		"id": k.ID, "name": k.Name, "head_sha": k.SHA, "status": k.Status, "conclusion": orNil(k.Conclusion),
		"html_url": s.web("/runs/%d", k.ID),
		"output":   object{"title": orNil(k.Title), "summary": orNil(k.Summary), "text": orNil(k.Text), "annotations_count": len(k.Annotations)},
	}
}
