package payment

// What the tests look into.
var (
	Share       = share
	Divide      = divide
	ParseReturn = parseReturn
	Inert       = inert
)

// EncodeOne is the bank file of one order.
func EncodeOne(o Order, holder, bank string) ([]byte, error) {
	content, _, _, err := encode([]Order{o}, map[string]account{o.ID: {holder: holder, number: "62220200", bank: bank, code: "102701000018"}})
	return content, err
}
