package recovery

import "context"

// Returned lists the principal that came back, of all cases.
//
// Codes: unavailable.
func (s *Service) Returned(ctx context.Context) ([]Returned, error) {
	const page = 200
	var out []Returned
	for f := (CaseFilter{States: []State{Recovering, Closed, Revoked}, Limit: page}); ; {
		cases, err := s.Store.Cases(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			for _, p := range c.Parts {
				if p.Received.Principal > 0 {
					out = append(out, Returned{p.Application, p.Measure, p.Year, p.Received.Principal})
				}
			}
		}
		if len(cases) < page {
			return out, nil
		}
		f.Before = cases[len(cases)-1].Cursor()
	}
}
