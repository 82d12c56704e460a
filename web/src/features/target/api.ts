import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'

const query = (year: number) => ({ params: { query: year ? { year } : {} } })

export const useBoard = (year: number) => useQuery({ queryKey: ['targets', year], queryFn: () => answer(api.GET('/targets', query(year))) })

export const useTarget = (id: string, year: number) =>
  useQuery({ queryKey: ['target', id, year], queryFn: () => answer(api.GET('/targets/{id}', { params: { path: { id }, query: year ? { year } : {} } })), enabled: id !== '' })

export const useUnits = (year: number, enabled = true) => useQuery({ queryKey: ['target-units', year], queryFn: async () => (await answer(api.GET('/target-units', query(year)))).items, enabled })

export interface TaskFilter {
  year: number
  unit: string
  document: string
  state: string
  strength: string
  q: string
}

export const useTasks = (f: TaskFilter, enabled = true) =>
  useQuery({
    queryKey: ['tasks', f],
    queryFn: async () => {
      const { year, ...rest } = f
      const given = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== ''))
      return (await answer(api.GET('/tasks', { params: { query: { ...given, ...(year ? { year } : {}) } } }))).items
    },
    enabled,
  })

export const useTask = (id: string) => useQuery({ queryKey: ['task', id], queryFn: () => answer(api.GET('/tasks/{id}', { params: { path: { id } } })) })

export const reportFigure = (id: string) => (body: Schemas['TargetFigureInputBody'], key: string) => answer(api.POST('/targets/{id}/figures', { params: { path: { id } }, body, ...once(key) }))

export const reportProgress = (id: string) => (body: Schemas['TargetReportProgressInputBody'], key: string) => answer(api.POST('/tasks/{id}/reports', { params: { path: { id } }, body, ...once(key) }))

export const upload = (file: File, key: string) => answer(api.POST('/target-files', { ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))

export const reportAddress = (year: number, format: 'pdf' | 'xlsx') => `/api/v1/target-report?year=${year}&format=${format}`

export const fileAddress = (id: string) => `/api/v1/target-files/${encodeURIComponent(id)}`
