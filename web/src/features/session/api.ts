import { useQuery } from '@tanstack/react-query'
import { answer, api, once, type Schemas } from '@/api/client'
import type { Membership, RoleName, Session } from './model'

function membership(m: Schemas['PartySessionRole']): Membership {
  return { id: m.membership, role: m.role as RoleName, org: m.org ?? null }
}

export function toSession(a: Schemas['PartySession']): Session {
  return {
    signedIn: a.signed_in,
    setupNeeded: a.setup_needed,
    person: a.person ?? null,
    roles: a.roles.map(membership),
    active: a.active ? membership(a.active) : null,
    sandbox: a.sandbox ? { accounts: a.sandbox.accounts.map((x) => ({ ...x, role: x.role as RoleName })) } : null,
    businessDate: a.business_date,
    region: a.region.name,
    openId: a.openid,
  }
}

export const useSessionQuery = () => useQuery({ queryKey: ['session'], queryFn: async () => toSession(await answer(api.GET('/session'))), staleTime: 60_000 })

export type Newcomer = Schemas['PartyNewcomerBody']

export const signIn = (body: Schemas['PartySignInInputBody']) => answer(api.POST('/session', { body }))
export const signInWithOpenId = async () => window.location.assign((await answer(api.POST('/session/oidc', { body: {} }))).url)
export const signOut = () => answer(api.DELETE('/session'))
export const switchRole = (id: string) => answer(api.PUT('/session/role', { body: { membership: id } }))
export const setUp = (body: Newcomer) => answer(api.POST('/setup', { body }))
export const enrol = (body: Newcomer) => answer(api.POST('/enrolments', { body }))
export const resetPassword = (body: Schemas['PartyResetPasswordInputBody']) => answer(api.POST('/password-reset', { body }))
export const changePassword = (body: Schemas['PartyChangePasswordInputBody']) => answer(api.PUT('/password', { body }))

export const usePasskeys = () => useQuery({ queryKey: ['passkeys'], queryFn: async () => (await answer(api.GET('/passkeys'))).items })
export const removePasskey = (id: string) => answer(api.DELETE('/passkeys/{id}', { params: { path: { id } } }))

export const useApiKeys = () => useQuery({ queryKey: ['api-keys'], queryFn: async () => (await answer(api.GET('/api-keys'))).items })
export const newApiKey = (body: { name: string }, key: string) => answer(api.POST('/api-keys', { body, ...once(key) }))
export const revokeApiKey = (id: string) => answer(api.DELETE('/api-keys/{id}', { params: { path: { id } } }))
