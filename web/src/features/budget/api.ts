import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'
import type { Order, State } from './model'

export interface Filter {
  state: string
  year: string
  q: string
  purse: string
  measure: string
}

const of = (id: string) => ({ params: { path: { id } } })

export const useOrders = ({ state, year, q, purse, measure }: Filter) =>
  usePages(['budget-orders', state, year, q, purse, measure], (cursor) =>
    answer(api.GET('/budget-orders', { params: { query: { cursor, q, purse, measure, year: Number(year) || 0, ...(state ? { state: [state as State] } : {}) } } })),
  )

/** An order that the ledger has not answered yet is read again. */
export const useOrder = (id: string) =>
  useQuery({
    queryKey: ['budget-order', id],
    queryFn: (): Promise<Order> => answer(api.GET('/budget-orders/{id}', of(id))),
    refetchInterval: (query) => (query.state.data?.state === 'booking' ? 1000 : false),
  })

export const usePurses = () => useQuery({ queryKey: ['budget-purses'], queryFn: async () => (await answer(api.GET('/budget-purses'))).items })
export const useUnused = (year: number) => useQuery({ queryKey: ['budget-unused', year], queryFn: () => answer(api.GET('/budget-unused', { params: { query: { year } } })), enabled: year >= 2000 && year <= 2100 })

export const propose = (body: Schemas['BudgetProposeInputBody'], key: string) => answer(api.POST('/budget-orders', { body, ...once(key) }))
export const preview = (file: File, key: string) => answer(api.POST('/budget-orders/preview', { ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
export const confirm = (id: string) => (revision: number, key: string) => answer(api.POST('/budget-orders/{id}/confirm', { ...of(id), body: { revision }, ...once(key) }))
export const end = (id: string, how: 'refuse' | 'withdraw') => (body: { revision: number; reason: string }, key: string) => {
  const call = { ...of(id), body, ...once(key) }
  return answer(how === 'refuse' ? api.POST('/budget-orders/{id}/refuse', call) : api.POST('/budget-orders/{id}/withdraw', call))
}
