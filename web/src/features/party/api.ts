import { useQuery } from '@tanstack/react-query'
import { answer, api, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

export type Organisation = Schemas['PartyOrganisation']
export type Member = Schemas['PartyMember']
export type Payee = Schemas['PartyPayeeBody']
export type Person = Schemas['PartyPerson']
export type NewOrganisation = Schemas['PartyOrganisationBody']

const of = (org: string) => ({ params: { path: { org } } })

export const useOrganisations = (q: string, enabled = true) =>
  usePages(['organisations', q], (cursor) => answer(api.GET('/organisations', { params: { query: { q, cursor } } })), enabled)
export const useOrganisation = (org: string) => useQuery({ queryKey: ['organisation', org], queryFn: () => answer(api.GET('/organisations/{org}', of(org))) })
export const useMembers = (org: string) => useQuery({ queryKey: ['members', org], queryFn: async () => (await answer(api.GET('/organisations/{org}/members', of(org)))).items })
export const usePayees = (org: string) => useQuery({ queryKey: ['payees', org], queryFn: async () => (await answer(api.GET('/organisations/{org}/payee-accounts', of(org)))).items })
export const useInvitations = () =>
  usePages(['invitations'], (cursor) => answer(api.GET('/invitations', { params: { query: { cursor } } })))
export const usePeople = (q: string) =>
  usePages(['people', q], (cursor) => answer(api.GET('/people', { params: { query: { q, cursor } } })))
export const useAudit = (action: string) =>
  usePages(['audit', action], (cursor) => answer(api.GET('/audit', { params: { query: { cursor, action } } })))

export const invite = (body: NewOrganisation, key: string) => answer(api.POST('/invitations', { body, ...once(key) }))
export const addMember = (org: string) => (body: Schemas['PartyAddMemberInputBody'], key: string) => answer(api.POST('/organisations/{org}/members', { ...of(org), body, ...once(key) }))
export const addPerson = (body: Schemas['PartyAddPersonInputBody'], key: string) => answer(api.POST('/people', { body, ...once(key) }))
export const issueReset = (id: string, key: string) => answer(api.POST('/people/{id}/reset', { params: { path: { id } }, ...once(key) }))
export const setDisabled = (input: { id: string; disabled: boolean }) => answer(api.PUT('/people/{id}/disabled', { params: { path: { id: input.id } }, body: { disabled: input.disabled } }))
export const proposePayee = (org: string) => (body: Schemas['PartyProposePayeeAccountInputBody'], key: string) => answer(api.POST('/organisations/{org}/payee-accounts', { ...of(org), body, ...once(key) }))
export const countersignPayee = (org: string) => (id: string, key: string) =>
  answer(api.POST('/organisations/{org}/payee-accounts/{id}/countersign', { params: { path: { org, id } }, ...once(key) }))
