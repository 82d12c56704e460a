package party

import (
	"cmp"
	"context"

	"github.com/qianmo/qianmo/internal/platform/auth"
)

// Seed is a starting population, for the sandbox. Empty ids are made up.
type Seed struct {
	Organisations []Organisation
	People        []SeedPerson
	Payees        []PayeeAccount // kept as they are, state and signers included
}

// SeedPerson is a person with a password and roles.
type SeedPerson struct {
	Person
	Password    auth.Secret
	Memberships []Membership
}

// Seed writes a population in one transaction. People with the same password
// share one hash, which is computed once: for demonstration accounts, whose
// passwords are public anyway.
//
// Codes: invalid; conflict when somebody or something exists already.
func (s *Service) Seed(ctx context.Context, seed Seed) error {
	hashes := map[auth.Secret]auth.Hashed{}
	for _, p := range seed.People {
		if _, done := hashes[p.Password]; done {
			continue
		}
		hash, err := s.auth.Passwords.Hash(ctx, p.Password)
		if err != nil {
			return err
		}
		hashes[p.Password] = hash
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		for _, o := range seed.Organisations {
			if err := o.Validate(); err != nil {
				return err
			}
			o.Created = s.clock.Now()
			if err := s.store.AddOrganisation(ctx, o); err != nil {
				return err
			}
		}
		for _, p := range seed.People {
			if err := s.seedPerson(ctx, p, hashes[p.Password]); err != nil {
				return err
			}
		}
		for _, p := range seed.Payees {
			if err := p.Validate(); err != nil {
				return err
			}
			p.ID = cmp.Or(p.ID, s.ids.New("payee"))
			if err := s.store.AddPayeeAccount(ctx, p); err != nil {
				return err
			}
		}
		return s.Record(ctx, Act{Action: "party.seed", Kind: "population", Details: map[string]int{"organisations": len(seed.Organisations), "people": len(seed.People)}})
	})
}

func (s *Service) seedPerson(ctx context.Context, p SeedPerson, hash auth.Hashed) error {
	if err := p.Person.Validate(); err != nil {
		return err
	}
	p.ID, p.Created = cmp.Or(p.ID, s.ids.New("person")), s.clock.Now()
	if err := s.store.AddPerson(ctx, p.Person); err != nil {
		return err
	}
	if err := s.auth.Passwords.Keep(ctx, p.ID, hash); err != nil {
		return err
	}
	for _, m := range p.Memberships {
		m.ID, m.Person, m.Created = cmp.Or(m.ID, s.ids.New("membership")), p.ID, s.clock.Now()
		if err := m.Validate(); err != nil {
			return err
		}
		if err := s.store.AddMembership(ctx, m); err != nil {
			return err
		}
	}
	return nil
}
