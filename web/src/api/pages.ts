import { useInfiniteQuery } from '@tanstack/react-query'

interface Page<T> {
  items: T[]
  /** Where to go on; empty on the last page. */
  next: string
}

/** A list that the server gives out page by page, by cursor. */
export const usePages = <T>(queryKey: unknown[], read: (cursor: string) => Promise<Page<T>>, enabled = true) =>
  useInfiniteQuery({ queryKey, queryFn: ({ pageParam }) => read(pageParam), initialPageParam: '', getNextPageParam: (page) => page.next || undefined, enabled })
