import { useQuery } from '@tanstack/react-query'
import { answer, api, once } from '@/api/client'
import { usePages } from '@/api/pages'
import type { Call, CallState, Terms } from './model'

export interface Filter {
  measure: string
  state: string
}

const path = (id: string) => ({ params: { path: { id } } })

export const useCalls = (filter: Filter) =>
  usePages(['calls', filter], (cursor) => answer(api.GET('/calls', { params: { query: { cursor, measure: filter.measure, ...(filter.state ? { state: [filter.state as CallState] } : {}) } } })))

export const useCall = (id: string) => useQuery({ queryKey: ['call', id], queryFn: () => answer(api.GET('/calls/{id}', path(id))), enabled: id !== '' })
export const useCallHistory = (id: string) => useQuery({ queryKey: ['call-history', id], queryFn: async () => (await answer(api.GET('/calls/{id}/history', path(id)))).items })

/** What the form writes: a new draft, a draft's terms, or a revision with its reason. */
export interface Written {
  terms: Terms
  reason: string
}

export const write = (call: Pick<Call, 'id' | 'revision' | 'state'> | null) => ({ terms, reason }: Written, key: string) => {
  if (call === null) return answer(api.POST('/calls', { ...once(key), body: terms }))
  const { id, revision } = call
  if (call.state === 'draft') return answer(api.PUT('/calls/{id}', { ...path(id), ...once(key), body: { revision, terms } }))
  return answer(api.POST('/calls/{id}/revise', { ...path(id), ...once(key), body: { revision, terms, reason } }))
}

export const publish = (id: string) => (revision: number, key: string) => answer(api.POST('/calls/{id}/publish', { ...path(id), ...once(key), body: { revision } }))
export const close = (id: string) => (body: { revision: number; reason: string }, key: string) => answer(api.POST('/calls/{id}/close', { ...path(id), ...once(key), body }))

/** One decision on all ready cases of a call. */
export type BatchAct = 'accept' | 'approve' | 'countersign'
export const decideAll = (id: string, act: BatchAct) => (opinion: string, key: string) => {
  const request = { ...path(id), ...once(key), body: { opinion } }
  if (act === 'accept') return answer(api.POST('/calls/{id}/acceptances', request))
  return answer(act === 'approve' ? api.POST('/calls/{id}/approvals', request) : api.POST('/calls/{id}/countersignatures', request))
}

/** Lets the sandbox's firms apply. */
export const letApply = (id: string) => (count: number, key: string) => answer(api.POST('/sandbox/calls/{id}/applications', { ...path(id), ...once(key), body: { count } }))
