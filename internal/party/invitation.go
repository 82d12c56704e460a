package party

import "time"

// invitationLife is how long an organisation has to enrol.
const invitationLife = 14 * 24 * time.Hour

// InvitationState is where an invitation stands.
type InvitationState string

// The states of an invitation.
const (
	Open     InvitationState = "open"
	Accepted InvitationState = "accepted"
	Expired  InvitationState = "expired"
	Revoked  InvitationState = "revoked"
)

// Invitation (邀请入驻) lets an organisation enrol itself and its first
// manager. The office names the organisation, so that nobody enrols another's.
type Invitation struct {
	ID       string
	Org      Organisation // as the office entered it; enrolment makes it real
	By       string       // person who invites
	Created  time.Time
	Expires  time.Time
	Accepted time.Time // zero: not yet
	Revoked  time.Time // zero: not
}

// State tells where the invitation stands at an instant.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.Accepted.IsZero():
		return Accepted
	case !i.Revoked.IsZero():
		return Revoked
	case !now.Before(i.Expires):
		return Expired
	}
	return Open
}
