import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once } from '@/api/client'
import { usePages } from '@/api/pages'

const path = (id: string) => ({ params: { path: { id } } })

export const useImport = (id: string) => useQuery({ queryKey: ['import', id], queryFn: () => answer(api.GET('/imports/{id}', path(id))) })

export const useProblems = (id: string) =>
  usePages(['import-problems', id], (cursor) => answer(api.GET('/imports/{id}/problems', { params: { path: { id }, query: { cursor } } })))

export const upload = (file: File, key: string) => answer(api.POST('/imports', { ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
export const accept = (id: string, key: string) => answer(api.POST('/imports/{id}/accept', { ...path(id), ...once(key) }))
export const discard = (id: string) => answer(api.DELETE('/imports/{id}', path(id)))
