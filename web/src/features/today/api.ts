import { useQuery } from '@tanstack/react-query'
import { request } from '@/api/request'
import type { Today } from './model'

const useTodayQuery = (enabled: boolean) =>
  useQuery({ queryKey: ['today'], queryFn: () => request<Today>('GET', '/today'), enabled, refetchInterval: 60_000 })

export const useToday = () => useTodayQuery(true)

/** Number of things that wait for the signed-in role, for the rail. */
export function useWaiting(signedIn: boolean): number {
  return useTodayQuery(signedIn).data?.waiting.length ?? 0
}
