import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

export type Rules = Schemas['ReviewRulesBody']
export type Expert = Schemas['ReviewExpert']
export type ExpertDraft = Schemas['ReviewExpertBody']
export type Declaration = Schemas['ReviewDeclarationBody']
export type PanelRow = Schemas['ReviewPanelRow']
export type Panel = Schemas['ReviewPanelBody']
export type CaseLine = Schemas['ReviewCaseLine']
export type SeatLine = Schemas['ReviewSeatLine']
export type ReviewRow = Schemas['ReviewRow']
export type Review = Schemas['ReviewBody']
export type Score = Schemas['ReviewScoreBody']
export type CaseReview = Schemas['ReviewCaseReview']
export type Sheet = Schemas['ReviewSheet']
export type Settled = Schemas['ReviewSettled']

const of = (id: string) => ({ params: { path: { id } } })

export const useRules = () => useQuery({ queryKey: ['review-rules'], queryFn: (): Promise<Rules> => answer(api.GET('/review-rules')), staleTime: 300_000 })

// The pool.
export const useExperts = (filter: { q: string; field: string }) => usePages(['experts', filter], (cursor) => answer(api.GET('/experts', { params: { query: { ...filter, cursor } } })))
export const useAllExperts = (enabled: boolean) => useQuery({ queryKey: ['experts', 'all'], queryFn: async () => (await answer(api.GET('/experts', { params: { query: { limit: 200 } } }))).items, enabled })
export const useNewcomers = () => useQuery({ queryKey: ['newcomers'], queryFn: async () => (await answer(api.GET('/expert-candidates'))).items })
export const addExpert = (body: ExpertDraft, key: string) => answer(api.POST('/experts', { body, ...once(key) }))
export const changeExpert = (id: string) => (body: ExpertDraft, key: string) => answer(api.PUT('/experts/{id}', { ...of(id), body, ...once(key) }))
export const useDeclarations = () => usePages(['declarations'], (cursor) => answer(api.GET('/declarations', { params: { query: { cursor } } })))
export const declare = (body: Schemas['ReviewDeclareInputBody'], key: string) => answer(api.POST('/declarations', { body, ...once(key) }))

// Panels.
export const usePanels = (state: string, q: string) =>
  usePages(['panels', state, q], (cursor) => answer(api.GET('/panels', { params: { query: { cursor, q, ...(state ? { state: state as PanelRow['state'] } : {}) } } })))
export const usePanel = (id: string) => useQuery({ queryKey: ['panel', id], queryFn: (): Promise<Panel> => answer(api.GET('/panels/{id}', of(id))) })
export const useCandidates = (measure: string, year: number) =>
  useQuery({ queryKey: ['panel-candidates', measure, year], queryFn: async () => (await answer(api.GET('/panel-candidates', { params: { query: { measure, year } } }))).items, enabled: measure !== '' })
export const openPanel = (body: Schemas['ReviewOpenPanelInputBody'], key: string) => answer(api.POST('/panels', { body, ...once(key) }))
export const drawPanel = (id: string) => (revision: number, key: string) => answer(api.POST('/panels/{id}/draw', { ...of(id), body: { revision }, ...once(key) }))
export const closePanel = (id: string) => (revision: number, key: string) => answer(api.POST('/panels/{id}/close', { ...of(id), body: { revision }, ...once(key) }))
export const cancelPanel = (id: string) => (body: { revision: number; reason: string }, key: string) => answer(api.POST('/panels/{id}/cancel', { ...of(id), body, ...once(key) }))
export const releaseCase = (id: string) => (body: { revision: number; case: string; reason: string }, key: string) => answer(api.POST('/panels/{id}/release', { ...of(id), body, ...once(key) }))
export const reopenScore = (id: string) => (body: { revision: number; case: string; expert: string; reason: string }, key: string) =>
  answer(api.POST('/panels/{id}/reopen', { ...of(id), body, ...once(key) }))
export const verifyPanel = (id: string) => () => answer(api.POST('/panels/{id}/verify', of(id)))
export const recordMeeting = (id: string) => (body: Schemas['ReviewMeetingInputBody'], key: string) => answer(api.POST('/panels/{id}/meetings', { ...of(id), body, ...once(key) }))

// A reviewer's cases.
export const useReviews = () => useQuery({ queryKey: ['reviews'], queryFn: () => answer(api.GET('/reviews')) })
export const useReview = (id: string) => useQuery({ queryKey: ['review', id], queryFn: (): Promise<Review> => answer(api.GET('/reviews/{id}', of(id))), retry: false })
export type ScoreInput = Schemas['ReviewScoreInputBody']
export const saveScore = (id: string, body: ScoreInput) => answer(api.PUT('/reviews/{id}/score', { ...of(id), body }))
export const submitScore = (id: string) => (body: ScoreInput, key: string) => answer(api.POST('/reviews/{id}/score', { ...of(id), body, ...once(key) }))

// A case's review.
export const useCaseReview = (id: string, enabled = true) => useQuery({ queryKey: ['case-review', id], queryFn: (): Promise<CaseReview> => answer(api.GET('/applications/{id}/review', of(id))), enabled })
export const recordCheck = (id: string) => (body: Schemas['ReviewCheckInputBody'], key: string) => answer(api.POST('/applications/{id}/checks', { ...of(id), body, ...once(key) }))
export const recordFactCheck = (id: string) => (body: Schemas['ReviewFactCheckInputBody'], key: string) => answer(api.POST('/applications/{id}/fact-checks', { ...of(id), body, ...once(key) }))
export const recordVisit = (id: string) => (body: Schemas['ReviewVisitInputBody'], key: string) => answer(api.POST('/applications/{id}/visits', { ...of(id), body, ...once(key) }))
export const addVisitFile = (id: string) => (file: File, key: string) =>
  answer(api.POST('/applications/{id}/visit-files', { ...of(id), ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
