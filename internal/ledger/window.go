package ledger

// window remembers the newest entries by id, so that a repeated or followed-up
// id is mostly answered from memory. What fell out of it is in the store.
//
// It keeps two generations and forgets the older one whole: taking entries out
// one by one would cost as much as putting them in.
type window struct {
	young, old map[string]*Entry
	size       int // entries of one generation, so at least so many are kept
}

func newWindow(size int) *window {
	return &window{young: make(map[string]*Entry, size), size: size}
}

func (w *window) get(id string) *Entry {
	if e := w.young[id]; e != nil {
		return e
	}
	return w.old[id]
}

func (w *window) put(e *Entry) { w.young[e.ID] = e }

// drop forgets an entry that never became durable.
func (w *window) drop(e *Entry) {
	for _, generation := range []map[string]*Entry{w.young, w.old} {
		if generation[e.ID] == e {
			delete(generation, e.ID)
		}
	}
}

// trim forgets the older generation when the younger one is full. It runs
// between batches only: within one, what was found in memory must stay there
// until it is used.
func (w *window) trim() {
	if len(w.young) >= w.size {
		w.young, w.old = w.old, w.young
		clear(w.young)
		if w.young == nil {
			w.young = make(map[string]*Entry, w.size)
		}
	}
}
