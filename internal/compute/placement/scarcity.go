package placement

// scarcity (稀缺) is how much scarcer than the least scarce model each is, 0 to 1:
// tasks that may run on several models leave the scarce ones to those that may
// not.
type scarcity [maxModels]float64

// sweeps is how often each kind of demand is spread anew; loads settle within a
// few.
const sweeps = 30

// scarcityOf spreads the mix's demand over the models that it may run on so that
// loads (demand by what is free) are as even as they can be. What cannot be evened
// out is scarcity: the loads are those of the fairest flow (Megiddo, "Optimal
// flows in networks with multiple sources and sinks", 1974), found by spreading
// one kind of demand at a time.
func scarcityOf(mix []class, free []int64) scarcity {
	kinds := map[modelSet]float64{}
	var order []modelSet
	for _, c := range mix {
		var set modelSet
		for model := range free {
			if c.models.has(model) && free[model] > 0 {
				set |= 1 << model
			}
		}
		if demand := c.part * float64(c.demand()); demand > 0 && set != 0 {
			if _, known := kinds[set]; !known {
				order = append(order, set)
			}
			kinds[set] += demand
		}
	}
	var load [maxModels]float64 // demand that a model bears
	borne := make([][maxModels]float64, len(order))
	for range sweeps {
		for k, set := range order {
			for model := range free {
				load[model] -= borne[k][model]
			}
			borne[k] = level(kinds[set], set, &load, free)
			for model := range free {
				load[model] += borne[k][model]
			}
		}
	}
	return above(&load, free)
}

// level pours demand over models so that the lowest loads rise together.
func level(demand float64, set modelSet, load *[maxModels]float64, free []int64) (poured [maxModels]float64) {
	var wet modelSet
	for {
		// The level at which what is wet takes all of the demand; a model that lies
		// below it gets wet too.
		sum, room, lowest := demand, 0.0, -1
		for model := range free {
			switch {
			case wet.has(model):
				sum += load[model]
				room += float64(free[model])
			case set.has(model) && (lowest < 0 || load[model]*float64(free[lowest]) < load[lowest]*float64(free[model])):
				lowest = model
			}
		}
		if lowest >= 0 && (wet == 0 || load[lowest]*room < sum*float64(free[lowest])) {
			wet |= 1 << lowest
			continue
		}
		for model := range free {
			if wet.has(model) {
				poured[model] = max(0, sum/room*float64(free[model])-load[model])
			}
		}
		return poured
	}
}

// above is how much each load is above the lowest, as a part of it, 1 at most.
func above(load *[maxModels]float64, free []int64) (x scarcity) {
	least := -1.0
	for model := range free {
		if free[model] > 0 && load[model] > 0 {
			if rho := load[model] / float64(free[model]); least < 0 || rho < least {
				least = rho
			}
		}
	}
	for model := range free {
		if free[model] > 0 && least > 0 {
			x[model] = min(max(load[model]/float64(free[model])/least-1, 0), 1)
		}
	}
	return x
}
