package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// many are the exchanges of many requests, after which nothing must be left.
var many = []situation{{
	name: exchange.Many, cases: []string{"well", exchange.ClientGone, "429", "500", "cut"},
	repeats: 1, takes: 700 * time.Millisecond, requests: exchange.FewestKept / crowdSize,
	make: manyOf,
}}

// classes are how the requests of each case go.
var classes = map[string]class{
	"well": {},
	// The stream lasts long enough that nobody has it whole, and not long after.
	exchange.ClientGone: {play: exchange.Play{FirstEvent: time.Millisecond, Interval: 5 * time.Millisecond}, leaves: true},
	"429":               {play: exchange.Play{Status: 429}},
	"500":               {play: exchange.Play{Status: 500}},
	"cut":               {play: exchange.Play{Cut: true}},
}

const (
	// The first requests of a class fill pools and caches: they do not count.
	manyWarm  = 125 * time.Millisecond
	manyBatch = 125 * time.Millisecond
	// manyPause is what a gateway has before its memory is read.
	manyPause = 40 * time.Millisecond
	// Memory that does not move after so many requests, or after so long, is steady.
	manyEnough  = 1500
	manyLong    = 375 * time.Millisecond
	manyTooLong = time.Second // for too few
	manySlow    = 2 * manyTooLong * crowdSize / exchange.FewestKept
	// manyMost is how long it may go on growing before it is given up.
	manyMost = 3 * time.Second
	// leaveWithin is how long threads and descriptors may stay after the last request.
	leaveWithin = time.Second
	// A runtime starts a few threads for its own ends.
	ownThreads = 8
)

// manyOf has what the gateway holds before, while and after many requests of a class
// are made, several at a time.
func manyOf(ctx context.Context, p *player) (x exchange.Exchange, err error) {
	if p.Holding == nil {
		return x, nil
	}
	if p.slow > manySlow {
		return x, fmt.Errorf("a request takes %v: too slow for %d in a second", p.slow.Round(time.Millisecond), exchange.FewestKept)
	}
	c, err := p.newCrowd(ctx, classes[p.name])
	if err != nil {
		return x, err
	}
	defer c.close()
	k := &exchange.Kept{}
	x.Kept = k
	// What a gateway was doing before may be in the way of the first.
	for warm := manyWarm; ; warm *= 2 {
		first := c.work(ctx, warm)
		if int64(first)*int64(manyTooLong) > int64(warm)*exchange.FewestKept/2 {
			break
		}
		if warm > manyWarm {
			k.Requests, k.Took = first, warm
			return x, ctx.Err()
		}
	}
	if err := sleep(ctx, manyPause); err != nil {
		return x, err
	}
	k.Before = p.Holding()
	for !over(k) {
		k.Requests += c.work(ctx, manyBatch)
		k.Took += manyBatch
		if err := sleep(ctx, manyPause); err != nil {
			return x, err
		}
		k.Course = append(k.Course, exchange.Step{At: moment(), Requests: k.Requests, Holding: p.Holding()})
	}
	c.close()
	k.After, err = p.left(ctx, k.Before)
	return x, err
}

// over says whether enough is known of the memory, or will never be.
func over(k *exchange.Kept) bool {
	switch {
	case k.Took >= manyMost:
		return true
	case k.Requests < exchange.FewestKept:
		return k.Took >= manyTooLong
	case k.Requests < manyEnough && k.Took < manyLong:
		return false
	}
	growth, _ := k.Growth()
	return growth != exchange.Unclear || !k.WillGrow(manyMost)
}

// left is what the gateway holds a moment after the last request, or as soon as it has
// hardly more threads, and no more descriptors than before.
func (p *player) left(ctx context.Context, before exchange.Holding) (h exchange.Holding, err error) {
	for end := time.Now().Add(leaveWithin); ; {
		h = p.Holding()
		if h.Threads <= before.Threads+ownThreads && h.Descriptors <= before.Descriptors || time.Now().After(end) {
			return h, nil
		}
		if err := sleep(ctx, manyPause); err != nil {
			return h, err
		}
	}
}
