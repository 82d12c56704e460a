import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answer, api, once } from '@/api/client'
import { usePages } from '@/api/pages'
import { settling, type Act, type Programme, type State, type Voucher } from './model'

const of = (id: string) => ({ params: { path: { id } } })

export const useProgrammes = () => useQuery({ queryKey: ['voucher-programmes'], queryFn: async (): Promise<Programme[]> => (await answer(api.GET('/voucher-programmes'))).items })

/** A voucher is booked in the background, so a list with one on its way is read again. */
export function useVouchers(state: string, q: string) {
  const list = usePages(['vouchers', state, q], (cursor) => answer(api.GET('/vouchers', { params: { query: { cursor, q, ...(state ? { state: [state as State] } : {}) } } })))
  const { refetch } = list
  const waits = list.data?.pages.some((page) => page.items.some((row) => settling(row.state))) ?? false
  useEffect(() => {
    if (!waits) return
    const timer = setInterval(() => void refetch(), 1000)
    return () => clearInterval(timer)
  }, [waits, refetch])
  return list
}

export const useVoucher = (id: string) =>
  useQuery({
    queryKey: ['voucher', id],
    queryFn: (): Promise<Voucher> => answer(api.GET('/vouchers/{id}', of(id))),
    refetchInterval: (query) => (query.state.data && settling(query.state.data.state) ? 1000 : false),
  })

export const useExpiry = (by: string) =>
  useQuery({ queryKey: ['voucher-expiry', by], queryFn: () => answer(api.GET('/voucher-expiry', { params: { query: { by } } })), enabled: /^\d{4}-\d\d-\d\d$/.test(by) })

export const claim = (measure: string) => (face: string, key: string) =>
  answer(api.POST('/voucher-programmes/{measure}/claims', { params: { path: { measure } }, body: { face_fen: face }, ...once(key) }))

export const allocate = (measure: string) => (reason: string, key: string) =>
  answer(api.POST('/voucher-programmes/{measure}/allocations', { params: { path: { measure } }, body: { reason }, ...once(key) }))

export const act = (id: string, step: Act) => (body: { revision: number; reason: string }, key: string) => {
  const call = { ...of(id), body, ...once(key) }
  switch (step) {
    case 'approve':
      return answer(api.POST('/vouchers/{id}/approve', call))
    case 'decline':
      return answer(api.POST('/vouchers/{id}/decline', call))
    case 'withdraw':
      return answer(api.POST('/vouchers/{id}/withdraw', call))
    case 'recall':
      return answer(api.POST('/vouchers/{id}/recall', call))
    default:
      return answer(api.POST('/vouchers/{id}/return', call))
  }
}
