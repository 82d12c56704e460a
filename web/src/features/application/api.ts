import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once } from '@/api/client'
import { usePages } from '@/api/pages'
import { useTraceNames } from '@/features/policy/useTraceNames'
import { toApplication, toRow } from './adapt'
import type { Act, Application, Draft, Lane, LaneStep, State } from './model'

export interface Filter {
  state: string
  measure: string
  /** Id of a call. */
  call: string
  q: string
  lane: string
}

const path = (id: string) => ({ params: { path: { id } } })

export const readCase = (id: string) => answer(api.GET('/applications/{id}', path(id)))

export function useApplication(id: string) {
  const names = useTraceNames()
  return useQuery({
    queryKey: ['application', id],
    queryFn: () => readCase(id),
    select: (c) => toApplication(c, names),
    // The ledger answers in the background; the page moves on with it.
    refetchInterval: (query) => (query.state.data?.waits_for === 'ledger' ? 1000 : false),
  })
}

export const useApplications = (filter: Filter) =>
  usePages(['applications', filter], async (cursor) => {
      const query = { measure: filter.measure, call: filter.call, q: filter.q, cursor, ...(filter.lane ? { lane: filter.lane as Lane } : {}), ...(filter.state ? { state: [filter.state as State] } : {}) }
      const page = await answer(api.GET('/applications', { params: { query } }))
      return { items: page.items.map(toRow), next: page.next }
    })

export const saveDraft = (id: string, body: Draft & { revision: number }) => answer(api.PATCH('/applications/{id}', { ...path(id), body }))

/** What the application asks, what is known already, and what was stated. */
export const useForm = (id: string) => useQuery({ queryKey: ['application-form', id], queryFn: () => answer(api.GET('/applications/{id}/form', path(id))) })

/** What a measure asks under a call before an application is opened. */
export const useCallForm = (call: string, measure: string) =>
  useQuery({ queryKey: ['call-form', call, measure], queryFn: () => answer(api.GET('/calls/{id}/measures/{measure}/form', { params: { path: { id: call, measure } } })) })

/** A file, and which of the call's papers it is. */
export interface Upload {
  file: File
  evidence: string
}

export const attach = (id: string) => ({ file, evidence }: Upload, key: string) =>
  answer(api.POST('/applications/{id}/attachments', { ...path(id), ...once(key), body: { file: '' }, bodySerializer: () => formOf(file, { evidence }) }))

export const detach = (id: string) => (attachment: string) =>
  answer(api.DELETE('/applications/{id}/attachments/{attachment}', { params: { path: { id, attachment } } }))

export const submit = (id: string) => (revision: number, key: string) => answer(api.POST('/applications/{id}/submit', { ...path(id), ...once(key), body: { revision } }))
export const withdraw = (id: string) => (revision: number, key: string) => answer(api.POST('/applications/{id}/withdraw', { ...path(id), ...once(key), body: { revision } }))
export interface LaneAct {
  action: LaneStep['action']
  document?: string
  clause?: string
  reason: string
}

export const takeLane = (a: Pick<Application, 'id' | 'revision'>) => (act: LaneAct, key: string) => answer(api.POST('/applications/{id}/green-lane', { ...path(a.id), ...once(key), body: { ...act, revision: a.revision } }))

/** Every use of the green lane, the latest first. */
export const useLanes = () => usePages(['green-lanes'], (cursor) => answer(api.GET('/green-lanes', { params: { query: { cursor } } })))

export const issueLetter = (id: string) => (revision: number, key: string) => answer(api.POST('/applications/{id}/letters', { ...path(id), ...once(key), body: { revision } }))
export const recompute = (id: string) => (revision: number, key: string) => answer(api.POST('/applications/{id}/recompute', { ...path(id), ...once(key), body: { revision } }))

export const recall = (id: string) => (revision: number, key: string) => answer(api.POST('/applications/{id}/recall', { ...path(id), ...once(key), body: { revision } }))
export const confirm = (id: string) => (revision: number, key: string) => answer(api.POST('/applications/{id}/confirm', { ...path(id), ...once(key), body: { revision } }))

export type Verdict = Extract<Act, 'accept' | 'approve' | 'return' | 'refuse' | 'countersign' | 'send_back'>

/** A decision names the revision and, to approve, the calculation that was read. */
export const decide = (application: Pick<Application, 'id' | 'revision' | 'digest'>) => (input: { act: Verdict; opinion: string }, key: string) => {
  const { id, revision, digest } = application
  const request = { ...path(id), ...once(key), body: { opinion: input.opinion, revision, ...(input.act === 'approve' ? { digest } : {}) } }
  switch (input.act) {
    case 'accept':
      return answer(api.POST('/applications/{id}/accept', request))
    case 'approve':
      return answer(api.POST('/applications/{id}/approve', request))
    case 'return':
      return answer(api.POST('/applications/{id}/return', request))
    case 'refuse':
      return answer(api.POST('/applications/{id}/refuse', request))
    case 'countersign':
      return answer(api.POST('/applications/{id}/countersign', request))
    case 'send_back':
      return answer(api.POST('/applications/{id}/send-back', request))
  }
}
