package payment

// What the tests look into.
var (
	Share       = share
	Divide      = divide
	ParseReturn = parseReturn
	Inert       = inert
)
