import { useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/api/pages'
import { tree } from './model'

/** Accounts below a prefix; the chart is read in full, page by page. */
export const useAccounts = () =>
  useQuery({
    queryKey: ['accounts'],
    queryFn: async () => {
      const all = []
      let cursor = ''
      do {
        const page = await answer(api.GET('/ledger/accounts', { params: { query: { limit: 200, cursor } } }))
        all.push(...page.items)
        cursor = page.next
      } while (cursor && all.length < MOST)
      return { nodes: tree(all), count: all.length, more: cursor !== '' }
    },
  })

/** Beyond this a tree is no reading matter; transfers still find every account. */
const MOST = 1000

export const useTransfers = (account: string) =>
  usePages(['transfers', account], (cursor) => answer(api.GET('/ledger/transfers', { params: { query: { account, cursor, limit: 20 } } })))

export const useTransfer = (id: string) => useQuery({ queryKey: ['transfer', id], queryFn: () => answer(api.GET('/ledger/transfers/{id}', { params: { path: { id } } })) })
export const useBudgets = (year: number) => useQuery({ queryKey: ['budgets', year], queryFn: async () => (await answer(api.GET('/budgets', { params: { query: { year, limit: 200 } } }))).items })
export const verify = () => answer(api.POST('/ledger/verify'))
