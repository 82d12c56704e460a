import { useQuery } from '@tanstack/react-query'
import { answer, api, once } from '@/api/client'
import type { Applicants } from './model'

const path = (id: string) => ({ params: { path: { id } } })

export const useAllocations = (call: string) => useQuery({ queryKey: ['allocations', call], queryFn: async () => (await answer(api.GET('/calls/{id}/allocations', path(call)))).items })
export const useAllocation = (id: string) => useQuery({ queryKey: ['allocation', id], queryFn: () => answer(api.GET('/allocations/{id}', path(id))) })

/** Numbers and names of a call's applications, by id; a snapshot itself knows ids and credit codes alone. */
export const useApplicants = (call: string) =>
  useQuery({
    queryKey: ['applicants', call],
    queryFn: async () => {
      const found: Applicants = {}
      let cursor = ''
      do {
        const page = await answer(api.GET('/applications', { params: { query: { call, cursor, limit: 200 } } }))
        for (const row of page.items) found[row.id] = { number: row.number, name: row.org.name || row.org.code }
        cursor = page.next
      } while (cursor)
      return found
    },
  })

export const compute = (call: string) => (_: undefined, key: string) => answer(api.POST('/calls/{id}/allocations', { ...path(call), ...once(key) }))
export const settle = (id: string) => (revision: number, key: string) => answer(api.POST('/allocations/{id}/settle', { ...path(id), ...once(key), body: { revision } }))
export const rerun = (id: string) => (_: undefined, key: string) => answer(api.POST('/allocations/{id}/rerun', { ...path(id), ...once(key) }))
