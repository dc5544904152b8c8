package github

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// mark is ours for a run.
func mark(run int64) Mark {
	return Mark{Key: "default", SHA: shaA, RunID: run, Attempt: 1}
}

// saying is our comment of a run on pull request 7.
func saying(run int64, text string) Comment { return Comment{Pull: 7, Mark: mark(run), Text: text} }

// onPull starts a fake with pull request 7, on which others have talked.
func onPull(t *testing.T, talk int) (*fakegithub.Server, *Client) {
	t.Helper()
	server, client, _ := start(t)
	server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB})
	server.AddPull(fakegithub.Pull{Number: 8, HeadSHA: shaA, BaseSHA: shaB})
	for i := range talk {
		server.AddComment(fakegithub.Comment{Pull: 7, Author: "ann", Body: fmt.Sprint("talk ", i)})
	}
	return server, client
}

// ours are the comments on pull request 7 that carry any mark of ours.
func ours(server *fakegithub.Server) []fakegithub.Comment {
	var all []fakegithub.Comment
	for _, c := range server.Comments(7) {
		if strings.HasPrefix(c.Body, "<!-- proxy-bench") {
			all = append(all, c)
		}
	}
	return all
}

func upsert(t *testing.T, client *Client, c Comment) Posted {
	t.Helper()
	posted, err := client.UpsertComment(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return posted
}

// TestOneComment: it is made once and then edited, also when it lies beyond the
// first page, and each key has its own.
func TestOneComment(t *testing.T) {
	server, client := onPull(t, 120)
	first := upsert(t, client, saying(1, "one"))
	for i := range 130 {
		server.AddComment(fakegithub.Comment{Pull: 7, Author: "ann", Body: fmt.Sprint("more talk ", i)})
	}
	second := upsert(t, client, saying(2, "two"))
	if first.URL == "" || first != second {
		t.Errorf("%+v, then %+v", first, second)
	}
	got := ours(server)
	if len(got) != 1 || got[0].Body != mark(2).String()+"\ntwo" || len(server.Comments(7)) != 251 {
		t.Errorf("got %+v", got)
	}
	other := saying(3, "three")
	other.Mark.Key = "other --> job"
	upsert(t, client, other)
	upsert(t, client, other)
	if got := ours(server); len(got) != 2 || !strings.HasSuffix(got[0].Body, "two") || !strings.HasSuffix(got[1].Body, "three") {
		t.Errorf("got %+v", got)
	}
	if strings.Count(ours(server)[1].Body, "-->") != 1 {
		t.Error("the key ends the mark")
	}
}

// TestNewerCommit: what reports something later is left as it is.
func TestNewerCommit(t *testing.T) {
	server, client := onPull(t, 0)
	newer := upsert(t, client, saying(20, "of a later commit"))
	old := upsert(t, client, saying(10, "of an earlier one"))
	if old.URL != newer.URL || !old.Newer {
		t.Errorf("got %+v", old)
	}
	if got := ours(server); len(got) != 1 || !strings.HasSuffix(got[0].Body, "of a later commit") {
		t.Errorf("got %+v", got)
	}
	again := saying(20, "a second attempt")
	again.Mark.Attempt = 2
	if got := upsert(t, client, again); got.Newer {
		t.Errorf("got %+v", got)
	}
	if got := upsert(t, client, saying(20, "the first attempt")); !got.Newer {
		t.Errorf("got %+v", got)
	}
	if got := ours(server); len(got) != 1 || !strings.HasSuffix(got[0].Body, "a second attempt") {
		t.Errorf("got %+v", got)
	}
}

// TestHostileComments: anyone can write our mark. Such a comment is not edited,
// not deleted, not taken for ours, and cannot claim to be newer.
func TestHostileComments(t *testing.T) {
	server, client := onPull(t, 0)
	hostile := []fakegithub.Comment{
		{Pull: 7, Author: "eve", Body: mark(9e15).String() + "\nall is well"},
		{Pull: 7, Author: "github-actions", Body: mark(1).String() + "\nall is well"},
		{Pull: 7, Author: "other-app[bot]", Body: mark(1).String() + "\nall is well"},
		// Ours, but it quotes the mark, or has another's.
		{Pull: 7, Author: ActionsBot, Body: "> " + mark(1).String() + "\nquoted"},
		{Pull: 7, Author: ActionsBot, Body: "talk\n" + mark(1).String()},
		{Pull: 7, Author: ActionsBot, Body: "<!-- proxy-bench key=default -->\nbroken"},
		{Pull: 7, Author: ActionsBot, Body: strings.Replace(mark(1).String(), "proxy-bench", "proxy-benchmark", 1)},
		{Pull: 8, Author: ActionsBot, Body: mark(1).String() + "\nelsewhere"},
	}
	for i := range hostile {
		hostile[i].ID = server.AddComment(hostile[i])
	}
	upsert(t, client, saying(1, "one"))
	posted := upsert(t, client, saying(2, "two"))
	if posted.Newer {
		t.Errorf("got %+v", posted)
	}
	got := append(server.Comments(7), server.Comments(8)...)
	mine := got[len(hostile)-1]
	if mine.Author != ActionsBot || !strings.HasSuffix(mine.Body, "\ntwo") {
		t.Errorf("ours is %+v", mine)
	}
	others := append(got[:len(hostile)-1:len(hostile)-1], got[len(hostile):]...)
	if !reflect.DeepEqual(others, hostile) {
		t.Errorf("got %+v\nwant %+v", others, hostile)
	}
}

// TestNobody: an author that is gone is nobody, and least of all us.
func TestNobody(t *testing.T) {
	if got := by("", []*github.IssueComment{{}, {User: &github.User{}}}); got != nil {
		t.Errorf("got %v", got)
	}
}

// TestDuplicates: two jobs at once can make two; the oldest stays.
func TestDuplicates(t *testing.T) {
	server, client := onPull(t, 0)
	oldest := server.AddComment(fakegithub.Comment{Pull: 7, Author: ActionsBot, Body: mark(1).String() + "\r\none"})
	server.AddComment(fakegithub.Comment{Pull: 7, Author: ActionsBot, Body: mark(2).String() + "\ntwo"})
	server.AddComment(fakegithub.Comment{Pull: 7, Author: "eve", Body: mark(2).String() + "\ntwo"})
	upsert(t, client, saying(3, "three"))
	got := ours(server)
	if len(got) != 2 || got[0].ID != oldest || !strings.HasSuffix(got[0].Body, "three") || got[1].Author != "eve" {
		t.Errorf("got %+v", got)
	}

	// Someone else deletes what we want to.
	server.AddComment(fakegithub.Comment{Pull: 7, Author: ActionsBot, Body: mark(3).String() + "\nthree"})
	server.Inject(fakegithub.Failing("issues/delete-comment", 404))
	upsert(t, client, saying(3, "three again"))
	server.Mend()
	upsert(t, client, saying(3, "three at last"))
	if got := ours(server); len(got) != 2 || !strings.HasSuffix(got[0].Body, "three at last") {
		t.Errorf("got %+v", got)
	}

	newer := server.AddComment(fakegithub.Comment{Pull: 7, Author: ActionsBot, Body: mark(9).String() + "\nnine"})
	posted := upsert(t, client, saying(4, "four"))
	if got := ours(server); !posted.Newer || len(got) != 2 || got[1].ID != newer {
		t.Errorf("got %+v, %+v", posted, got)
	}
}

// TestOtherTokens: with a token of another app or person there is still one
// comment, though we are not told who that is.
func TestOtherTokens(t *testing.T) {
	for _, login := range []string{"bench-app[bot]", "Ann"} {
		server := fakegithub.Start(t, fakegithub.Config{Login: login})
		client, err := New(Options{APIURL: server.URL, Token: server.Token, Owner: server.Owner, Repo: server.Repo})
		if err != nil {
			t.Fatal(err)
		}
		server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB})
		var urls []string
		for run := range int64(3) {
			urls = append(urls, upsert(t, client, saying(run+1, fmt.Sprint("run ", run+1))).URL)
		}
		if got := ours(server); len(got) != 1 || !strings.HasSuffix(got[0].Body, "run 3") || urls[0] != urls[2] {
			t.Errorf("%s: got %+v at %q", login, got, urls)
		}
		if posted := upsert(t, client, saying(1, "late")); !posted.Newer || len(ours(server)) != 1 {
			t.Errorf("%s: got %+v, %+v", login, posted, ours(server))
		}
	}
}

// TestNeverRepeated: when the answer to its making is lost, the comment is not
// made again, and when it was not made, it is.
func TestNeverRepeated(t *testing.T) {
	const op = "issues/create-comment"
	lost := fakegithub.Failing(op, 502)
	lost.Late = true
	for name, fault := range map[string]fakegithub.Fault{
		"answer lost":   lost.For(1),
		"answer cut":    fakegithub.CutOff(op).For(1),
		"not made":      fakegithub.Failing(op, 503).For(2),
		"edit fails":    fakegithub.Failing("issues/update-comment", 503).For(1),
		"list fails":    fakegithub.Failing("issues/list-comments", 503).For(1),
		"refused first": fakegithub.TooMany(op, 0).For(1),
	} {
		server, client := onPull(t, 0)
		server.Inject(fault)
		upsert(t, client, saying(1, "one"))
		if got := ours(server); len(got) != 1 {
			t.Errorf("%s: made %d", name, len(got))
		}
		upsert(t, client, saying(2, "two"))
		if got := ours(server); len(got) != 1 || !strings.HasSuffix(got[0].Body, "two") {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestCommentRefused(t *testing.T) {
	server, client := onPull(t, 0)
	long := saying(1, "")
	long.Text = strings.Repeat("x", CommentLimit-len(long.body()))
	upsert(t, client, long)
	before := len(server.Requests())
	long.Text += "x"
	if _, err := client.UpsertComment(t.Context(), long); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "60001 bytes") {
		t.Errorf("got %v", err)
	}
	for want, change := range map[string]func(*Mark){
		"run is 0":      func(m *Mark) { m.RunID = 0 },
		"attempt 0":     func(m *Mark) { m.Attempt = 0 },
		"mark's commit": func(m *Mark) { m.SHA = "HEAD" },
	} {
		bad := saying(1, "x")
		change(&bad.Mark)
		if _, err := client.UpsertComment(t.Context(), bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if got := len(server.Requests()); got != before {
		t.Errorf("%d requests were sent", got-before)
	}

	server, client = onPull(t, 0)
	server.Inject(fakegithub.ReadOnly(""))
	_, err := client.UpsertComment(t.Context(), saying(1, "one"))
	if !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), "pull_requests=write") {
		t.Errorf("got %v", err)
	}
	missing := saying(1, "one")
	missing.Pull = 99
	if _, err := client.UpsertComment(t.Context(), missing); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "pull request 99") {
		t.Errorf("got %v", err)
	}
}

// FuzzReadMark: what is read as a mark is one that String writes, and writing
// loses nothing.
func FuzzReadMark(f *testing.F) {
	f.Add(mark(1).String()+"\ntext", "key")
	f.Add(mark(1).String()+"\r\n", "a b --> <!-- \n ü %00")
	f.Add("<!-- proxy-bench key= sha="+shaA+" run=1 attempt=1 -->", "")
	f.Add("<!-- proxy-bench key=%zz sha="+shaA+" run=99999999999999999999 attempt=1 -->", "\xff")
	f.Fuzz(func(t *testing.T, body, key string) {
		if m, ok := readMark(body); ok {
			again, ok := readMark(m.String())
			if err := m.check(); err != nil || !ok || again != m {
				t.Errorf("%+v, %v; again %+v", m, err, again)
			}
		}
		m := mark(3)
		m.Key = key
		line := m.String()
		if got, ok := readMark(line + "\n" + body); !ok || got != m || strings.Count(line, "-->") != 1 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("%q is read as %+v, %v", line, got, ok)
		}
	})
}
