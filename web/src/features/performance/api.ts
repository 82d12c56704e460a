import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

export type Report = Schemas['PaymentReportView']
export type Performance = Schemas['PaymentPerformance']

const path = (id: string) => ({ params: { path: { id } } })

export const useReports = (state: string, q: string) =>
  usePages(['performance-reports', state, q], (cursor) => answer(api.GET('/performance/reports', { params: { query: { cursor, q, ...(state ? { state: [state as Report['state']] } : {}) } } })))
export const useReport = (id: string) => useQuery({ queryKey: ['performance-report', id], queryFn: () => answer(api.GET('/performance/reports/{id}', path(id))) })
export const useMeasurePerformance = (year: number) => useQuery({ queryKey: ['measure-performance', year], queryFn: async () => (await answer(api.GET('/performance/measures', { params: { query: { year } } }))).items, enabled: year > 0 })

export const attach = (id: string) => (file: File, key: string) => answer(api.POST('/performance/reports/{id}/files', { ...path(id), ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))
export const submit = (report: Pick<Report, 'id' | 'revision'>) => (said: { outputs: Schemas['PaymentOutput'][]; text: string }, key: string) =>
  answer(api.POST('/performance/reports/{id}/submit', { ...path(report.id), ...once(key), body: { revision: report.revision, ...said } }))
export const answerReport = (report: Pick<Report, 'id' | 'revision'>) => (said: { accept: boolean; reason: string }, key: string) =>
  answer(api.POST('/performance/reports/{id}/answer', { ...path(report.id), ...once(key), body: { revision: report.revision, ...said } }))
