package knowledge

import "sync"

// Remembered is f with what it gave lately kept: at most n results, after which
// all are forgotten. f gives the same for the same, and what it gives is not
// altered. The same passages answer most questions; taking them apart again for
// each was three quarters of a turn. Safe for concurrent use if f is.
func Remembered[K comparable, V any](n int, f func(K) V) func(K) V {
	var mu sync.RWMutex
	kept := map[K]V{}
	return func(k K) V {
		mu.RLock()
		v, ok := kept[k]
		mu.RUnlock()
		if ok {
			return v
		}
		v = f(k)
		mu.Lock()
		defer mu.Unlock()
		if len(kept) >= n {
			clear(kept)
		}
		kept[k] = v
		return v
	}
}
