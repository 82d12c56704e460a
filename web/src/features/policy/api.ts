import { useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { DocumentRow, Guide, Measure, MeasureRow, PolicyDocument, Question, SearchHit, TryResult } from './model'

interface Page<T> {
  items: T[]
}

export const useDocuments = () => useQuery({ queryKey: ['documents'], queryFn: async () => (await request<Page<DocumentRow>>('GET', '/policy/documents')).items })
export const useDocument = (id: string) => useQuery({ queryKey: ['document', id], queryFn: () => request<PolicyDocument>('GET', `/policy/documents/${encodeURIComponent(id)}`) })
export const useMeasures = () => useQuery({ queryKey: ['measures'], queryFn: async () => (await request<Page<MeasureRow>>('GET', '/policy/measures')).items })
export const useMeasure = (id: string) => useQuery({ queryKey: ['measure', id], queryFn: () => request<Measure>('GET', `/policy/measures/${encodeURIComponent(id)}`), enabled: id !== '' })
export const useQuestions = () => useQuery({ queryKey: ['questions'], queryFn: async () => (await request<Page<Question>>('GET', '/policy/questions')).items })
export const useGuides = () => useQuery({ queryKey: ['guides'], queryFn: async () => (await request<Page<Guide>>('GET', '/policy/guides')).items })
export const useSearch = (q: string) =>
  useQuery({ queryKey: ['search', q], queryFn: async () => (await request<Page<SearchHit>>('GET', '/policy/search', { query: { q } })).items, enabled: q.length > 0 })

export const tryMeasure = (id: string, inputs: Record<string, string>) => request<TryResult>('POST', `/policy/measures/${encodeURIComponent(id)}/try`, { body: { inputs } })
