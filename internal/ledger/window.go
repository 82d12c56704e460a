package ledger

// window remembers the newest entries by id, so that a repeated or followed-up
// id is mostly answered from memory. What fell out of it is in the store.
type window struct {
	byID map[string]*Entry
	line []*Entry // oldest first, from first on
	first,
	size int
}

func newWindow(size int) *window { return &window{byID: make(map[string]*Entry, size), size: size} }

func (w *window) get(id string) *Entry { return w.byID[id] }

func (w *window) put(e *Entry) {
	w.line = append(w.line, e)
	w.byID[e.ID] = e
}

// drop forgets an entry that never became durable.
func (w *window) drop(e *Entry) {
	if w.byID[e.ID] == e {
		delete(w.byID, e.ID)
	}
}

// trim forgets the oldest entries. It runs between batches only: within one,
// what was found in memory must stay there until it is used.
func (w *window) trim() {
	for ; len(w.line)-w.first > w.size; w.first++ {
		w.drop(w.line[w.first])
		w.line[w.first] = nil
	}
	if w.first > len(w.line)/2 {
		w.line = append(w.line[:0], w.line[w.first:]...)
		w.first = 0
	}
}
