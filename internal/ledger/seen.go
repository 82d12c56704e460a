package ledger

import "hash/maphash"

// seen is a Bloom filter over the ids that this process decided or read. A new
// id, as most are, is known to be new without a look into the maps; one that
// is in it but no longer in the window is looked up before the batch is
// written, instead of letting the append fail. Ids from before the start are
// caught by the journal's unique index.
//
// All bits of an id lie in one block, a line of the processor's cache: at this
// size each line fetched costs more than the hash.
type seen struct {
	seed   maphash.Seed
	blocks [][8]uint64
}

// seenBlocks is 16 MB, which keeps false look-ups below 2% up to 15 million ids.
const seenBlocks = 1 << 18

func newSeen() *seen { return &seen{seed: maphash.MakeSeed()} }

// place returns the block of an id and its four bits there.
func (s *seen) place(id string) (block uint64, bits [4]uint64) {
	h := maphash.String(s.seed, id)
	for i := range bits {
		bits[i] = h >> (9 * i) % 512
	}
	return h >> 36 % seenBlocks, bits
}

func (s *seen) add(id string) {
	if s.blocks == nil {
		s.blocks = make([][8]uint64, seenBlocks)
	}
	block, bits := s.place(id)
	for _, b := range bits {
		s.blocks[block][b/64] |= 1 << (b % 64)
	}
}

func (s *seen) has(id string) bool {
	if s.blocks == nil {
		return false
	}
	block, bits := s.place(id)
	for _, b := range bits {
		if s.blocks[block][b/64]&(1<<(b%64)) == 0 {
			return false
		}
	}
	return true
}
