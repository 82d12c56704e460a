package placement

import "testing"

// TestMarketFollows: however long a pool has run, what tasks ask for now is worked
// in.
func TestMarketFollows(t *testing.T) {
	market := &Market{}
	market.Join(mustPool(t, &market.Models, Node{Name: "n", CPU: 8000, Devices: 8, Model: "a"}))
	learn := func(task Task, times int) {
		for range times {
			market.Learn(task)
			market.refresh()
		}
	}
	learn(Task{CPU: 1000}, 5*memory)
	before := market.version
	learn(Task{CPU: 2000, Devices: 1, Share: Whole}, memory)
	if market.version == before || market.classes[0].cpu != 2000 {
		t.Errorf("after %d tasks of another kind worth is of version %d, was %d; the commonest is %+v", memory, market.version, before, market.classes[0])
	}
	if most := 2*6*memory/seldom + 20; market.version > most {
		t.Errorf("worth was worked out %d times for %d tasks", market.version, 6*memory)
	}
}
