import { useQuery } from '@tanstack/react-query'
import { answer, api, once } from '@/api/client'
import { usePages } from '@/api/pages'
import type { Alarm, Follow, State } from './model'

export interface Filter {
  rule: string
  state: string
  measure: string
  q: string
}

export const useAlarms = (filter: Filter) =>
  usePages(['alarms', filter], (cursor) => {
    const { state, ...rest } = filter
    return answer(api.GET('/alarms', { params: { query: { ...rest, cursor, ...(state ? { state: [state as State] } : {}) } } }))
  })

export const useAlarm = (id: string) => useQuery({ queryKey: ['alarm', id], queryFn: () => answer(api.GET('/alarms/{id}', { params: { path: { id } } })) })

export const useRules = () => useQuery({ queryKey: ['alarm-rules'], queryFn: async () => (await answer(api.GET('/alarm-rules'))).items })

export type Verdict = Alarm['allowed'][number]

/** A decision names the revision that was read. */
export const dispose = (alarm: Pick<Alarm, 'id' | 'revision'>) => (input: { act: Verdict; reason: string; follow: Follow }, key: string) => {
  const path = { params: { path: { id: alarm.id } }, ...once(key) }
  const body = { revision: alarm.revision, reason: input.reason }
  switch (input.act) {
    case 'confirm':
      return answer(api.POST('/alarms/{id}/confirm', { ...path, body: { ...body, follow: input.follow } }))
    case 'consent':
    case 'object':
      return answer(api.POST('/alarms/{id}/answer', { ...path, body: { ...body, agree: input.act === 'consent' } }))
    default:
      return answer(api.POST('/alarms/{id}/dismiss', { ...path, body }))
  }
}

export const rerun = (_: undefined, key: string) => answer(api.POST('/alarm-runs', once(key)))
