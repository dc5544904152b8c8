package github

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

func TestLabels(t *testing.T) {
	server, client, _ := start(t)
	server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB})
	for _, want := range [][]Label{nil, {{"slow is fine"}, {"x"}}, {{"x"}}} {
		var names []string
		for _, l := range want {
			names = append(names, l.Name)
		}
		server.SetLabels(7, names...)
		if got, err := client.Labels(t.Context(), 7); err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	server.AddPull(fakegithub.Pull{Number: 8, HeadSHA: shaA, BaseSHA: shaB, HeadRepository: fakegithub.Gone, Labels: []string{"y"}})
	if got, err := client.Labels(t.Context(), 8); err != nil || !slices.Equal(got, []Label{{"y"}}) {
		t.Errorf("of a deleted fork: got %q, %v", got, err)
	}
	if _, err := client.Labels(t.Context(), 9); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestPullRequestsForHead: the pull request of a fork's run is the one with the
// run's commit in the run's repository, whatever else looks like it.
func TestPullRequestsForHead(t *testing.T) {
	run := FinishedRun{ID: 5, HeadSHA: shaA, HeadBranch: "main", HeadRepository: &Repository{ID: 2000, Owner: Owner{"eve"}, Name: "shop"}}
	wanted := fakegithub.Pull{Number: 7, HeadSHA: shaA, HeadBranch: "main", HeadOwner: "eve", HeadRepository: 2000, BaseSHA: shaB, Labels: []string{"x"}}
	like := func(number int, change func(*fakegithub.Pull)) fakegithub.Pull {
		p := wanted
		p.Number = number
		change(&p)
		return p
	}
	others := []fakegithub.Pull{
		like(10, func(p *fakegithub.Pull) { p.HeadSHA = shaB }),
		like(11, func(p *fakegithub.Pull) { p.HeadRepository = 3000 }),
		like(12, func(p *fakegithub.Pull) { p.HeadRepository = fakegithub.Gone }),
		like(13, func(p *fakegithub.Pull) { p.HeadBranch = "faster" }),
		like(14, func(p *fakegithub.Pull) { p.HeadOwner = "octo" }),
		like(15, func(p *fakegithub.Pull) { p.Closed = true }),
	}
	for range 120 {
		others = append(others, like(20+len(others), func(p *fakegithub.Pull) { p.HeadSHA = shaB }))
	}
	find := func(r FinishedRun, pulls ...fakegithub.Pull) ([]PullRequest, error) {
		server, client, _ := start(t)
		for _, p := range pulls {
			server.AddPull(p)
		}
		return client.PullRequestsForHead(t.Context(), r)
	}
	all, err := find(run, append([]fakegithub.Pull{wanted}, others...)...)
	if err != nil || len(all) != 1 {
		t.Fatalf("got %+v, %v", all, err)
	}
	if got := all[0]; got.Number != 7 || !got.Fork() || got.Head.SHA != shaA || got.Base.SHA != shaB || got.Base.Ref != "main" || got.Head.Repo.ID != 2000 || got.User.Login != "eve" || !slices.Equal(got.Labels, []Label{{"x"}}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := find(run, others...); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "eve:main") {
		t.Errorf("got %+v, %v", got, err)
	}
	gone := run
	gone.HeadRepository = nil
	if got, err := find(gone, append(others, wanted)...); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %+v, %v", got, err)
	}
	twice := like(8, func(p *fakegithub.Pull) { p.BaseBranch = "release" })
	if got, err := find(run, wanted, twice); err != nil || len(got) != 2 || got[0].Number != 8 || got[1].Number != 7 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRemoveLabel(t *testing.T) {
	server, client, _ := start(t)
	server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB, Labels: []string{"slow/is fine?", "x"}})
	for range 2 { // the second finds it gone
		if err := client.RemoveLabel(t.Context(), 7, "slow/is fine?"); err != nil || !slices.Equal(server.Labels(7), []string{"x"}) {
			t.Errorf("left %q, %v", server.Labels(7), err)
		}
	}
	server.Inject(fakegithub.ReadOnly(""))
	if err := client.RemoveLabel(t.Context(), 7, "x"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v", err)
	}
}
