import { useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { Text } from '@/i18n'
import type { Membership, RoleName, SandboxAccount, Session } from './model'

interface SessionAnswer {
  signed_in: boolean
  setup_needed: boolean
  person?: { id: string; name: string } | null
  roles?: { membership: string; role: string; org?: { code: string; name: string } | null }[] | null
  active?: { membership: string; role: string; org?: { code: string; name: string } | null } | null
  sandbox?: { accounts: { role: string; label: Text; login: string; password: string }[] | null } | null
  business_date: string
  region: { id: string; name: Text }
}

function membership(m: NonNullable<SessionAnswer['active']>): Membership {
  return { id: m.membership, role: m.role as RoleName, org: m.org?.code ? m.org : null }
}

export function toSession(a: SessionAnswer): Session {
  return {
    signedIn: a.signed_in,
    setupNeeded: a.setup_needed,
    person: a.person ?? null,
    roles: (a.roles ?? []).map(membership),
    active: a.active ? membership(a.active) : null,
    sandbox: a.sandbox ? { accounts: (a.sandbox.accounts ?? []) as SandboxAccount[] } : null,
    businessDate: a.business_date,
    region: a.region.name,
  }
}

export const useSessionQuery = () =>
  useQuery({ queryKey: ['session'], queryFn: async () => toSession(await request<SessionAnswer>('GET', '/session')), staleTime: 60_000 })

export const signIn = (input: { login: string; password: string }) => request('POST', '/session', { body: input })
export const signOut = () => request('DELETE', '/session')
export const switchRole = (membership: string) => request('PUT', '/session/role', { body: { membership } })
export const setUp = (input: { token: string; name: string; login: string; password: string }) => request('POST', '/setup', { body: input })
export const enrol = (input: { token: string; name: string; login: string; password: string }) => request('POST', '/enrolments', { body: input })
export const resetPassword = (input: { token: string; password: string }) => request('POST', '/password-reset', { body: input })
