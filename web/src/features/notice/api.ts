import { useQuery } from '@tanstack/react-query'
import { answer, api, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

const path = (id: string) => ({ params: { path: { id } } })
const paged = (id: string, cursor: string) => ({ params: { path: { id }, query: { cursor } } })

export const useNotices = ({ q = '', call = '' }: { q?: string; call?: string }) => usePages(['notices', q, call], (cursor) => answer(api.GET('/notices', { params: { query: { cursor, q, call } } })))
export const useNotice = (id: string) => useQuery({ queryKey: ['notice', id], queryFn: () => answer(api.GET('/notices/{id}', path(id))) })
export const useRows = (id: string) => usePages(['notice-rows', id], (cursor) => answer(api.GET('/notices/{id}/rows', paged(id, cursor))))
export const useObjections = (id: string) => usePages(['objections', id], (cursor) => answer(api.GET('/notices/{id}/objections', paged(id, cursor))))

export const useOpenObjections = () => usePages(['objections'], (cursor) => answer(api.GET('/objections', { params: { query: { cursor } } })))

export const draft = (body: Schemas['NoticeDraftInputBody'], key: string) => answer(api.POST('/notices', { ...once(key), body }))
export const publish = (id: string) => (revision: number, key: string) => answer(api.POST('/notices/{id}/publish', { ...path(id), ...once(key), body: { revision } }))
export const object = (id: string) => (body: Schemas['NoticeObjectInputBody'], key: string) => answer(api.POST('/notices/{id}/objections', { ...path(id), ...once(key), body }))
export const reply = (id: string) => (body: Schemas['NoticeAnswerInputBody'], key: string) => answer(api.POST('/objections/{id}/answer', { ...path(id), ...once(key), body }))
