package mockllm

import (
	"container/heap"

	"github.com/org/proxy-bench-action/internal/epoll"
)

// timers is a heap of the connections that wait for a moment, earliest first.
type timers []*conn

// idle is the position of a connection that does not wait.
const idle = -1

// set makes c wait until wake instead of any moment before.
func (t *timers) set(c *conn, wake int64) {
	c.wake = wake
	if c.position == idle {
		heap.Push(t, c)
	} else {
		heap.Fix(t, c.position)
	}
}

// unset makes c wait no longer.
func (t *timers) unset(c *conn) {
	if c.position != idle {
		heap.Remove(t, c.position)
	}
}

// next is the earliest moment, epoll.Never when there is none.
func (t timers) next() int64 {
	if len(t) == 0 {
		return epoll.Never
	}
	return t[0].wake
}

// The methods of heap.Interface; use set, unset and next.

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].wake < t[j].wake }

func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].position, t[j].position = i, j
}

func (t *timers) Push(c any) {
	c.(*conn).position = len(*t)
	*t = append(*t, c.(*conn))
}

func (t *timers) Pop() any {
	last := len(*t) - 1
	c := (*t)[last]
	(*t)[last] = nil
	*t = (*t)[:last]
	c.position = idle
	return c
}
