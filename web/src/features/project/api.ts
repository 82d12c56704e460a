import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'
import type { Project } from './model'

export type Fit = Schemas['ReferralFitView']
export type Sending = Schemas['ReferralSendingView']

const of = (id: string) => ({ params: { path: { id } } })

export const useProjects = (q: string, judge: boolean) => usePages(['projects', q, judge], (cursor) => answer(api.GET('/projects', { params: { query: { cursor, q, judge } } })))
export const read = (id: string): Promise<Project> => answer(api.GET('/projects/{id}', of(id)))
export const useProject = (id: string) => useQuery({ queryKey: ['project', id], queryFn: () => read(id) })
export const useMatches = (id: string) => useQuery({ queryKey: ['matches-of', id], queryFn: async () => (await answer(api.GET('/projects/{id}/matches', of(id)))).items })

export type Edition = Schemas['ReferralEditionView']
/** The revision is part of the key: a write adds one. */
export const useEditions = (id: string, revision: number) => usePages(['editions', id, revision], (cursor) => answer(api.GET('/projects/{id}/editions', { params: { path: { id }, query: { cursor, limit: 20 } } })))
export const useEdition = (id: string, version: string) => useQuery({ queryKey: ['edition', id, version], queryFn: () => answer(api.GET('/projects/{id}/editions/{version}', { params: { path: { id, version: Number(version) } } })) })

export const describe = (org: string) => (body: Schemas['ReferralFileBody'], key: string) => answer(api.POST('/organisations/{org}/projects', { params: { path: { org } }, body, ...once(key) }))
export const edit = (id: string) => (body: Schemas['ReferralEditInputBody'], key: string) => answer(api.PUT('/projects/{id}', { ...of(id), body, ...once(key) }))
export const send = (id: string) => (body: Schemas['ReferralSendInputBody'], key: string) => answer(api.POST('/projects/{id}/sendings', { ...of(id), body, ...once(key) }))
export const record = (id: string) => (body: Schemas['ReferralAnswerInputBody'], key: string) => answer(api.POST('/sendings/{id}/answers', { ...of(id), body, ...once(key) }))
export const judge = (id: string) => (body: Schemas['ReferralJudgeInputBody'], key: string) => answer(api.POST('/sendings/{id}/judge', { ...of(id), body, ...once(key) }))
export const withdraw = (id: string) => (body: Schemas['ReferralWithdrawInputBody'], key: string) => answer(api.POST('/sendings/{id}/withdraw', { ...of(id), body, ...once(key) }))
export const upload = (file: File, key: string) => answer(api.POST('/project-papers', { ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
