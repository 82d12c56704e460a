import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { Import, RowProblem } from './model'

export const useImport = (id: string) => useQuery({ queryKey: ['import', id], queryFn: () => request<Import>('GET', `/imports/${id}`) })
export const useProblems = (id: string) =>
  useInfiniteQuery({
    queryKey: ['import-problems', id],
    queryFn: ({ pageParam }) => request<{ items: RowProblem[]; next: string }>('GET', `/imports/${id}/problems`, { query: { cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
  })

export const upload = (file: File, key: string) => {
  const form = new FormData()
  form.set('file', file)
  return request<Import>('POST', '/imports', { body: form, key })
}
export const accept = (id: string, key: string) => request<Import>('POST', `/imports/${id}/accept`, { key })
export const discard = (id: string) => request('DELETE', `/imports/${id}`)
