import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { ApiKey, AuditEntry, Invitation, Member, Organisation, PayeeAccount } from './model'

interface Page<T> {
  items: T[]
  next: string
}

const org = (code: string) => `/organisations/${encodeURIComponent(code)}`

export const useOrganisations = (q: string) => useQuery({ queryKey: ['organisations', q], queryFn: async () => (await request<Page<Organisation>>('GET', '/organisations', { query: { q } })).items })
export const useMembers = (code: string) => useQuery({ queryKey: ['members', code], queryFn: async () => (await request<Page<Member>>('GET', `${org(code)}/members`)).items, enabled: code !== '' })
export const usePayeeAccounts = (code: string) => useQuery({ queryKey: ['payees', code], queryFn: async () => (await request<Page<PayeeAccount>>('GET', `${org(code)}/payee-accounts`)).items, enabled: code !== '' })
export const useInvitations = () => useQuery({ queryKey: ['invitations'], queryFn: async () => (await request<Page<Invitation>>('GET', '/invitations')).items })
export const useAudit = () =>
  useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => request<Page<AuditEntry>>('GET', '/audit', { query: { cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
  })
export const useApiKeys = () => useQuery({ queryKey: ['api-keys'], queryFn: async () => (await request<Page<ApiKey>>('GET', '/api-keys')).items })

export const invite = (input: { name: string; role: string; org: string }, key: string) => request<Invitation>('POST', '/invitations', { body: input, key })
export const addPayee = (code: string) => (input: { bank: string; holder: string; number: string }, key: string) => request('POST', `${org(code)}/payee-accounts`, { body: input, key })
export const countersignPayee = (code: string) => (id: string, key: string) => request('POST', `${org(code)}/payee-accounts/${id}/countersign`, { key })
export const resetPerson = (id: string, key: string) => request<{ token: string }>('POST', `/people/${id}/reset`, { key })
export const newApiKey = (input: { name: string }, key: string) => request<{ key: string }>('POST', '/api-keys', { body: input, key })
export const revokeApiKey = (id: string) => request('DELETE', `/api-keys/${id}`)
