package ledger

// window remembers the newest entries by id, so that a repeated or followed-up
// id is mostly answered from memory. What fell out of it is in the store.
type window struct {
	byID map[string]*Entry
	ring []*Entry
	next int
}

func newWindow(size int) *window {
	return &window{byID: make(map[string]*Entry, size), ring: make([]*Entry, size)}
}

func (w *window) get(id string) *Entry { return w.byID[id] }

func (w *window) put(e *Entry) {
	if old := w.ring[w.next]; old != nil && w.byID[old.ID] == old {
		delete(w.byID, old.ID)
	}
	w.ring[w.next] = e
	w.next = (w.next + 1) % len(w.ring)
	w.byID[e.ID] = e
}

// drop forgets an entry that never became durable.
func (w *window) drop(e *Entry) {
	if w.byID[e.ID] == e {
		delete(w.byID, e.ID)
	}
}
