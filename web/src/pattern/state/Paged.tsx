import './state.css'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useLang } from '@/i18n'
import { ErrorPanel, Loading } from './states'

interface Page<T> {
  items: T[]
}

type Query<T> = UseInfiniteQueryResult<InfiniteData<Page<T>>>

interface Props<T> {
  query: Query<T>
  /** What stands there when nothing was found. */
  empty: ReactNode
  children: (rows: T[]) => ReactNode
}

/** Rows of the pages read so far. */
export const rowsOf = <T,>(query: Query<T>): T[] => query.data?.pages.flatMap((page) => page.items) ?? []

/** "50+" while there is more to read. */
export const countOf = <T,>(query: Query<T>): string => `${rowsOf(query).length.toLocaleString('en-US')}${query.hasNextPage ? '+' : ''}`

/** A list that is read page by page. What was read stays when the next page fails. */
export function Paged<T>({ query, empty, children }: Props<T>) {
  const { d } = useLang()
  const rows = rowsOf(query)
  const more = () => void query.fetchNextPage()
  return (
    <>
      {query.isPending && <Loading lines={6} />}
      {query.data && (rows.length === 0 ? empty : children(rows))}
      {query.isError && <ErrorPanel error={query.error} onRetry={query.isFetchNextPageError ? more : () => void query.refetch()} />}
      {query.hasNextPage && (
        <div className="card-body">
          <Button disabled={query.isFetchingNextPage} onClick={more}>
            {d.app.more}
          </Button>
        </div>
      )}
    </>
  )
}
