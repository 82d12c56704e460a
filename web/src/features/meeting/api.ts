import { useQuery } from '@tanstack/react-query'
import { answer, api, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

export type Meeting = Schemas['TargetMeetingView']
export type Sitting = Schemas['TargetSittingView']
export type Decision = Schemas['TargetDecisionView']
export type KeyList = Schemas['TargetKeyListView']
export type Listing = Schemas['TargetListingView']

const path = (id: string) => ({ params: { path: { id } } })

export const useMeetings = (body: string) => usePages(['meetings', body], (cursor) => answer(api.GET('/meetings', { params: { query: { cursor, ...(body ? { unit: body } : {}) } } })))
export const useMeeting = (id: string) => useQuery({ queryKey: ['meeting', id], queryFn: () => answer(api.GET('/meetings/{id}', path(id))) })
export const useBodies = () => useQuery({ queryKey: ['meeting-bodies'], queryFn: async () => (await answer(api.GET('/meeting-bodies'))).items })
export const useKeyLists = (year: number) => useQuery({ queryKey: ['key-lists', year], queryFn: async () => (await answer(api.GET('/key-lists', { params: { query: year ? { year } : {} } }))).items })

export const meet = (body: Schemas['TargetMeetInputBody'], key: string) => answer(api.POST('/meetings', { ...once(key), body }))
export const decide = (id: string) => (body: Schemas['TargetDecideInputBody'], key: string) => answer(api.POST('/meetings/{id}/decisions', { ...path(id), ...once(key), body }))
export const closeDecision = (id: string) => (note: string, key: string) => answer(api.POST('/decisions/{id}/close', { ...path(id), ...once(key), body: { note } }))
export const listProject = (id: string, year: number) => (body: Schemas['TargetListProjectInputBody'], key: string) => answer(api.POST('/key-lists/{id}/{year}', { params: { path: { id, year } }, ...once(key), body }))
export const unlistProject = (id: string) => (note: string, key: string) => answer(api.POST('/listings/{id}/remove', { ...path(id), ...once(key), body: { note } }))
