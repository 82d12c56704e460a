import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'
import type { Ground, Proposal, Recovery, State } from './model'

export interface Filter {
  state: string
  ground: string
  q: string
}

const of = (id: string) => ({ params: { path: { id } } })

export const useRecoveries = ({ state, ground, q }: Filter) =>
  usePages(['recoveries', state, ground, q], (cursor) =>
    answer(api.GET('/recoveries', { params: { query: { cursor, q, ...(state ? { state: [state as State] } : {}), ...(ground ? { ground: ground as Ground } : {}) } } })),
  )

/** A receipt is booked in the background, so a case with money on its way is read again. */
export const useRecovery = (id: string) =>
  useQuery({
    queryKey: ['recovery', id],
    queryFn: (): Promise<Recovery> => answer(api.GET('/recoveries/{id}', of(id))),
    refetchInterval: (query) => (query.state.data?.receipts.some((r) => r.state === 'asked' || r.state === 'reversing') ? 1000 : false),
  })

export const usePayments = (org: string) =>
  useQuery({ queryKey: ['recovery-payments', org], queryFn: async () => (await answer(api.GET('/recovery-payments', { params: { query: { org } } }))).items, enabled: org.length === 18 })

export const openRecovery = (body: Schemas['RecoveryOpenInputBody'], key: string) => answer(api.POST('/recoveries', { body, ...once(key) }))

export interface Said {
  revision: number
  reason: string
}

export const cite = (id: string) => (body: Schemas['RecoveryCiteInputBody'], key: string) => answer(api.POST('/recoveries/{id}/authority', { ...of(id), body, ...once(key) }))
export const addFacts = (id: string) => (body: Schemas['RecoveryFactsInputBody'], key: string) => answer(api.POST('/recoveries/{id}/facts', { ...of(id), body, ...once(key) }))
export const addPaper = (id: string) => (file: File, key: string) =>
  answer(api.POST('/recoveries/{id}/papers', { ...of(id), ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
export const notify = (id: string) => (body: Schemas['RecoveryNoticeInputBody'], key: string) => answer(api.POST('/recoveries/{id}/notify', { ...of(id), body, ...once(key) }))
export const speak = (id: string) => (body: Schemas['RecoveryStatementInputBody'], key: string) => answer(api.POST('/recoveries/{id}/statement', { ...of(id), body, ...once(key) }))
export const decide = (id: string) => (body: Schemas['RecoveryDecisionInputBody'], key: string) => answer(api.POST('/recoveries/{id}/decide', { ...of(id), body, ...once(key) }))
export const reschedule = (id: string) => (body: Schemas['RecoveryPlanInputBody'], key: string) => answer(api.POST('/recoveries/{id}/instalments', { ...of(id), body, ...once(key) }))
export const remit = (id: string) => (body: Schemas['RecoveryRemissionInputBody'], key: string) => answer(api.POST('/recoveries/{id}/write-off', { ...of(id), body, ...once(key) }))
export const receive = (id: string) => (body: Schemas['RecoveryReceiptInputBody'], key: string) => answer(api.POST('/recoveries/{id}/receipts', { ...of(id), body, ...once(key) }))
export const reverse = (id: string) => ({ receipt, ...body }: Said & { receipt: string }, key: string) =>
  answer(api.POST('/recoveries/{id}/receipts/{receipt}/reverse', { params: { path: { id, receipt } }, body, ...once(key) }))

export const issueLetter = (id: string) => (revision: number, key: string) => answer(api.POST('/recoveries/{id}/letter', { ...of(id), ...once(key), body: { revision } }))

/** Steps with nothing but a reason. */
export type Plain = 'prove' | 'hear' | 'confirm' | 'send_back' | 'revoke' | 'drop' | 'reopen'

export const plain = (id: string, step: Plain) => (body: Said, key: string) => {
  const call = { ...of(id), body, ...once(key) }
  switch (step) {
    case 'prove':
      return answer(api.POST('/recoveries/{id}/prove', call))
    case 'hear':
      return answer(api.POST('/recoveries/{id}/hear', call))
    case 'confirm':
      return answer(api.POST('/recoveries/{id}/confirm', call))
    case 'send_back':
      return answer(api.POST('/recoveries/{id}/send-back', call))
    case 'revoke':
      return answer(api.POST('/recoveries/{id}/revoke', call))
    case 'drop':
      return answer(api.POST('/recoveries/{id}/drop', call))
    default:
      return answer(api.POST('/recoveries/{id}/reopen', call))
  }
}

export const useExclusions = (inForce: boolean, q: string) => usePages(['exclusions', inForce, q], (cursor) => answer(api.GET('/exclusions', { params: { query: { cursor, in_force: inForce, q } } })))
export const lift = (id: string) => (reason: string, key: string) => answer(api.POST('/exclusions/{id}/lift', { ...of(id), body: { reason }, ...once(key) }))

export const useProposals = (state: string) =>
  usePages(['recovery-proposals', state], (cursor) => answer(api.GET('/recovery-proposals', { params: { query: { cursor, ...(state ? { state: state as Proposal['state'] } : {}) } } })))
export const settle = (id: string) => (input: { take: boolean; reason: string }, key: string) => {
  const call = { ...of(id), body: { reason: input.reason }, ...once(key) }
  return answer(input.take ? api.POST('/recovery-proposals/{id}/take-up', call) : api.POST('/recovery-proposals/{id}/dismiss', call))
}
