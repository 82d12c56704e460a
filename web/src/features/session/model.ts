import type { Text } from '@/i18n'

/** A role of the programme; "public" is whoever has not signed in. */
export type RoleName = 'office' | 'finance' | 'reviewer' | 'auditor' | 'admin' | 'org_manager' | 'org_member' | 'operator' | 'data_provider' | 'public'

/** A person's role in one body; people with several switch between them. */
export interface Membership {
  id: string
  role: RoleName
  org: { code: string; name: string } | null
}

/** A ready-made account of the sandbox, one for each role. */
export interface SandboxAccount {
  role: RoleName
  label: Text
  login: string
  password: string
}

export interface Session {
  signedIn: boolean
  /** No administrator yet: the first visitor with the server's token sets one up. */
  setupNeeded: boolean
  person: { id: string; name: string } | null
  roles: Membership[]
  active: Membership | null
  sandbox: { accounts: SandboxAccount[] } | null
  /** The programme's day, Asia/Shanghai; in a sandbox not the wall clock's. */
  businessDate: string
  region: Text
  /** Name of the OpenID provider that may sign people in; empty when there is none. */
  openId: string
}

/** A role that acts for one organisation and sees only its own. */
export const isOrganisation = (role: RoleName | undefined): boolean => role === 'org_manager' || role === 'org_member' || role === 'data_provider' || role === 'operator'

export const isOfficial = (role: RoleName | undefined): boolean => role === 'office' || role === 'finance'
