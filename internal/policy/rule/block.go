package rule

type blockAmount struct{}

func columnRateOf(*operator, *blockAmount)   {}
func columnCap(*operator, *blockAmount)      {}
func columnFlat(*operator, *blockAmount)     {}
func columnTier(*operator, *blockAmount)     {}
func columnBestOf(*operator, *blockAmount)   {}
func columnTopUp(*operator, *blockAmount)    {}
func columnNoAmount(*operator, *blockAmount) {}
func columnKeep(*operator, *blockAmount)     {}
