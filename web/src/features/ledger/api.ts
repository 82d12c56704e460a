import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { Budget } from '@/features/today/model'
import type { Account, Check, Transfer, TransferDetail } from './model'

interface Page<T> {
  items: T[]
  next: string
}

export const useAccounts = () => useQuery({ queryKey: ['accounts'], queryFn: async () => (await request<Page<Account>>('GET', '/ledger/accounts', { query: { limit: 500 } })).items })

export const useTransfers = (account: string) =>
  useInfiniteQuery({
    queryKey: ['transfers', account],
    queryFn: ({ pageParam }) => request<Page<Transfer>>('GET', '/ledger/transfers', { query: { account, cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
  })

export const useTransfer = (id: string) => useQuery({ queryKey: ['transfer', id], queryFn: () => request<TransferDetail>('GET', `/ledger/transfers/${encodeURIComponent(id)}`) })
export const useBudgets = (year: string) => useQuery({ queryKey: ['budgets', year], queryFn: async () => (await request<Page<Budget>>('GET', '/budgets', { query: { year } })).items })
export const verify = () => request<Check>('POST', '/ledger/verify')
