import type { RoleName } from '@/features/session/model'

export interface Organisation {
  code: string
  name: string
  kind: string
}

export interface Member {
  membership: string
  person: { id: string; name: string; login: string }
  role: RoleName
  active: boolean
}

export interface Invitation {
  id: string
  role: RoleName
  name: string
  /** The one-time token; shown once, to whoever wrote the invitation. */
  token: string | null
  expires: string | null
  used: boolean
}

/** Where an organisation is paid. A new account counts only after a second person has countersigned it. */
export interface PayeeAccount {
  id: string
  bank: string
  holder: string
  number: string
  state: string
  proposed_by: string
  can_countersign: boolean
}

export interface AuditEntry {
  id: string
  at: string
  who: string
  role: string
  action: string
  object: string
}

export interface ApiKey {
  id: string
  name: string
  prefix: string
  created: string
  last_used: string | null
}
