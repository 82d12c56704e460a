import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { Fact, InclusionProof, Log } from './model'

export const useLog = () => useQuery({ queryKey: ['log'], queryFn: () => request<Log>('GET', '/log'), staleTime: 30_000 })

export const checkpoint = () => request<string>('GET', '/log/checkpoint')
export const inclusion = (index: number, size: number) => request<InclusionProof>('GET', '/log/proof/inclusion', { query: { index, size } })

export const useFact = (id: string) => useQuery({ queryKey: ['fact', id], queryFn: () => request<Fact>('GET', `/facts/${encodeURIComponent(id)}`) })

interface Page<T> {
  items: T[]
  next: string
}

export const useFacts = (org: string, q: string) =>
  useInfiniteQuery({
    queryKey: ['facts', org, q],
    queryFn: ({ pageParam }) => request<Page<Fact>>('GET', `/organisations/${org}/facts`, { query: { q, cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    enabled: org !== '',
  })
