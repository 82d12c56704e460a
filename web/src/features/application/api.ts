import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { Act, Application, Row } from './model'

export interface Filter {
  state: string
  measure: string
  q: string
}

export const useApplication = (id: string) =>
  useQuery({ queryKey: ['application', id], queryFn: () => request<Application>('GET', `/applications/${encodeURIComponent(id)}`) })

export const useApplications = (filter: Filter) =>
  useInfiniteQuery({
    queryKey: ['applications', filter],
    queryFn: ({ pageParam }) => request<{ items: Row[]; next: string }>('GET', '/applications', { query: { ...filter, cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
  })

export const saveDraft = (id: string) => (input: { fields: Record<string, string>; revision: number }) =>
  request<Application>('PUT', `/applications/${id}`, { body: input })

export const attach = (id: string) => (input: { file: File; kind: string }, key: string) => {
  const form = new FormData()
  form.set('kind', input.kind)
  form.set('file', input.file)
  return request('POST', `/applications/${id}/attachments`, { body: form, key })
}

export const submit = (id: string) => (input: { revision: number }, key: string) => request('POST', `/applications/${id}/submit`, { body: input, key })

export interface Decision {
  act: Exclude<Act, 'edit' | 'submit'>
  opinion: string
  revision: number
}

export const decide = (id: string) => ({ act, ...body }: Decision, key: string) => request('POST', `/applications/${id}/${act}`, { body, key })
