import { QueryClient } from '@tanstack/react-query'
import { Problem } from '@/api/problem'

/** Answers below 500 will not change by asking again; the rest are asked twice more. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => {
          const status = Problem.from(error).status
          return failures < 2 && (status === 0 || status >= 500)
        },
      },
    },
  })
}
