package ledger

import "hash/maphash"

// seen is a Bloom filter over the ids that this process appended or read: an
// id that is in it but no longer in the window is looked up before the batch
// is written, instead of letting the append fail. It only saves time; ids
// from before the start are caught by the journal's unique index.
type seen struct {
	seed maphash.Seed
	bits []uint64
}

// seenBits is 16 MB, which keeps false look-ups below 2% up to 15 million ids.
const seenBits = 1 << 27

func newSeen() *seen { return &seen{seed: maphash.MakeSeed()} }

func (s *seen) positions(id string) [4]uint64 {
	h := maphash.String(s.seed, id)
	step := h>>32 | 1
	return [4]uint64{h % seenBits, (h + step) % seenBits, (h + 2*step) % seenBits, (h + 3*step) % seenBits}
}

func (s *seen) add(id string) {
	if s.bits == nil {
		s.bits = make([]uint64, seenBits/64)
	}
	for _, p := range s.positions(id) {
		s.bits[p/64] |= 1 << (p % 64)
	}
}

func (s *seen) has(id string) bool {
	if s.bits == nil {
		return false
	}
	for _, p := range s.positions(id) {
		if s.bits[p/64]&(1<<(p%64)) == 0 {
			return false
		}
	}
	return true
}
