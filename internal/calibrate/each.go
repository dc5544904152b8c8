package calibrate

import (
	"context"
	"runtime"
	"sync"
)

// each computes n results on all processors, in order, until ctx ends.
func each[T any](ctx context.Context, n int, of func(i int) T) ([]T, error) {
	all := make([]T, n)
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				all[i] = of(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	wg.Wait()
	return all, ctx.Err()
}
