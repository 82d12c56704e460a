import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

export type Order = Schemas['PaymentOrderView']
export type OneOrder = Schemas['PaymentOneOrder']
export type OrderState = Order['state']
export type Sides = Schemas['PaymentCaseSides']
export type Side = Schemas['PaymentSideView']
export type BankFile = Schemas['PaymentFileView']
export type BankReturn = Schemas['PaymentReturnView']
export type Line = Schemas['PaymentLineView']
export type CasePayment = Schemas['PaymentCasePayment']
export type Part = Schemas['PaymentPartView']
export type Overview = Schemas['PaymentOverview']

const path = (id: string) => ({ params: { path: { id } } })
const ofCase = (id: string) => ({ params: { path: { case: id } } })

/** "city-520100", as addresses and queries name a purse. */
export const purseKey = (purse: Schemas['PaymentPurseView']) => `${purse.level}-${purse.place}`

export const useOverview = () => useQuery({ queryKey: ['payment-overview'], queryFn: () => answer(api.GET('/payment/overview')) })
export const useSides = (differs: boolean) => usePages(['payment-sides', differs], (cursor) => answer(api.GET('/payment/cases', { params: { query: { differs, cursor, limit: 20 } } })))
export const useBankFiles = () => usePages(['bank-files'], (cursor) => answer(api.GET('/payment/files', { params: { query: { cursor, limit: 10 } } })))
export const useReturns = () => usePages(['bank-returns'], (cursor) => answer(api.GET('/payment/returns', { params: { query: { cursor, limit: 10 } } })))
export const useReturn = (id: string) => useQuery({ queryKey: ['bank-return', id], queryFn: () => answer(api.GET('/payment/returns/{id}', path(id))) })
export const useLines = (id: string, which: 'bad' | 'good') =>
  usePages(['return-lines', id, which], (cursor) => answer(api.GET('/payment/returns/{id}/lines', { params: { path: { id }, query: { which, cursor, limit: 100 } } })))
export const useUnmatched = () => usePages(['unmatched'], (cursor) => answer(api.GET('/payment/unmatched', { params: { query: { cursor } } })))
export const useOrder = (id: string) => useQuery({ queryKey: ['payment-order', id], queryFn: () => answer(api.GET('/payment/orders/{id}', path(id))) })
export const useCasePayment = (id: string, enabled: boolean) => useQuery({ queryKey: ['payment-case', id], queryFn: () => answer(api.GET('/payment/cases/{case}', ofCase(id))), enabled })

export interface OrderFilter {
  state: string
  purse: string
  q: string
}

export const useOrders = (filter: OrderFilter) =>
  usePages(['payment-orders', filter], (cursor) => answer(api.GET('/payment/orders', { params: { query: { purse: filter.purse, q: filter.q, cursor, ...(filter.state ? { state: [filter.state as OrderState] } : {}) } } })))

export const makeFile = (purse: string, key: string) => answer(api.POST('/payment/files', { ...once(key), body: { purse, orders: [] } }))

export interface Noted {
  id: string
  note: string
}
export const release = ({ id, note }: Noted, key: string) => answer(api.POST('/payment/files/{id}/release', { ...path(id), ...once(key), body: { note } }))
export const withdraw = ({ id, note }: Noted, key: string) => answer(api.POST('/payment/files/{id}/withdraw', { ...path(id), ...once(key), body: { note } }))

export const uploadReturn = (purse: string) => (file: File, key: string) =>
  answer(api.POST('/payment/purses/{purse}/returns', { params: { path: { purse } }, ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
export const acceptReturn = (id: string, key: string) => answer(api.POST('/payment/returns/{id}/accept', { ...path(id), ...once(key) }))
export const discardReturn = (id: string) => answer(api.DELETE('/payment/returns/{id}', path(id)))
export const resolveLine = ({ id, line, resolution }: { id: string; line: number; resolution: string }, key: string) =>
  answer(api.POST('/payment/returns/{id}/lines/{line}/resolve', { params: { path: { id, line } }, ...once(key), body: { resolution } }))

export type OrderAct = 'reissue' | 'ask_cancel' | 'cancel' | 'refuse_cancel'

/** An act on an order names the revision that was read. */
export const actOn = (order: Pick<Order, 'id' | 'revision'>) => ({ act, reason }: { act: OrderAct; reason: string }, key: string) => {
  const request = { ...path(order.id), ...once(key), body: { revision: order.revision, reason } }
  switch (act) {
    case 'reissue':
      return answer(api.POST('/payment/orders/{id}/reissue', request))
    case 'ask_cancel':
      return answer(api.POST('/payment/orders/{id}/cancel', request))
    default:
      return answer(api.POST('/payment/orders/{id}/cancel/answer', { ...request, body: { ...request.body, consent: act === 'cancel' } }))
  }
}

export const confirmMilestone = (id: string) => ({ n, note }: { n: number; note: string }, key: string) =>
  answer(api.POST('/payment/cases/{case}/milestones/{n}/confirm', { params: { path: { case: id, n } }, ...once(key), body: { note } }))
export const showEvidence = (id: string, n: number) => (file: File, key: string) =>
  answer(api.POST('/payment/cases/{case}/milestones/{n}/evidence', { params: { path: { case: id, n } }, ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
export const setPlan = (id: string) => (body: Schemas['PaymentPlanInputBody'], key: string) => answer(api.PUT('/payment/cases/{case}/plan', { ...ofCase(id), ...once(key), body }))
