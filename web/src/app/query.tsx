import { QueryClient } from '@tanstack/react-query'
import { Problem } from '@/api/problem'

/**
 * Answers below 500 will not change by asking again; the rest are asked twice
 * more. Requests go out even when the browser believes it is offline: a request
 * that fails is told, one that is held back would look like a dead button.
 */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: 15_000,
        retry: (failures, error) => {
          const status = Problem.from(error).status
          return failures < 2 && (status === 0 || status >= 500)
        },
      },
    },
  })
}
