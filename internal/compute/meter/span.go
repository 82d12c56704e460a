package meter

import "slices"

// span is a stretch of time [from, to) in milliseconds since its run began.
type span struct{ from, to int64 }

// spans are apart from one another and in order: adding one twice, late or in
// pieces gives the same spans.
type spans []span

// add joins a span to those that it touches.
func (s spans) add(n span) spans {
	if n.from >= n.to {
		return s
	}
	first, _ := slices.BinarySearchFunc(s, n.from, func(a span, from int64) int {
		if a.to < from {
			return -1
		}
		return 1
	})
	last := first
	for ; last < len(s) && s[last].from <= n.to; last++ {
		n.from, n.to = min(n.from, s[last].from), max(n.to, s[last].to)
	}
	return slices.Replace(s, first, last, n)
}

// length is the milliseconds in all.
func (s spans) length() (sum int64) {
	for _, one := range s {
		sum += one.to - one.from
	}
	return sum
}
