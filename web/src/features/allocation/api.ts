import { useQuery } from '@tanstack/react-query'
import { answer, api, once } from '@/api/client'
import { usePages } from '@/api/pages'
import type { Fate } from './model'

const path = (id: string) => ({ params: { path: { id } } })

export const useAllocations = (call: string) => useQuery({ queryKey: ['allocations', call], queryFn: async () => (await answer(api.GET('/calls/{id}/allocations', path(call)))).items })
export const useAllocation = (id: string) => useQuery({ queryKey: ['allocation', id], queryFn: () => answer(api.GET('/allocations/{id}', path(id))) })

/** What a list of cases is narrowed to. */
export interface Narrowed {
  q: string
  fate: string
}

export const useCases = (id: string, measure: string, { q, fate }: Narrowed, enabled: boolean) =>
  usePages(['allocation-cases', id, measure, q, fate], (cursor) => answer(api.GET('/allocations/{id}/cases', { params: { path: { id }, query: { cursor, measure, q, ...(fate ? { fate: fate as Fate } : {}) } } })), enabled)
export const useProspects = (id: string, measure: string, q: string) =>
  usePages(['allocation-prospects', id, measure, q], (cursor) => answer(api.GET('/allocations/{id}/prospects', { params: { path: { id }, query: { cursor, measure, q } } })))

export const compute = (call: string) => (_: undefined, key: string) => answer(api.POST('/calls/{id}/allocations', { ...path(call), ...once(key) }))
export const settle = (id: string) => (revision: number, key: string) => answer(api.POST('/allocations/{id}/settle', { ...path(id), ...once(key), body: { revision } }))
export const rerun = (id: string) => (_: undefined, key: string) => answer(api.POST('/allocations/{id}/rerun', { ...path(id), ...once(key) }))
