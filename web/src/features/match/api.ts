import { useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { Match } from './model'

export const useMatches = (org: string) =>
  useQuery({ queryKey: ['matches', org], queryFn: () => request<{ results: Match[] }>('GET', `/organisations/${org}/matches`).then((r) => r.results), enabled: org !== '' })

export const startApplication = (org: string) => (input: { measure: string; object: string }, key: string) =>
  request<{ id: string }>('POST', `/organisations/${org}/applications`, { body: input, key })
