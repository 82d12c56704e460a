import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { clockTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { ErrorPanel, Loading } from './states'

interface Props<T> {
  query: UseQueryResult<T>
  lines?: number
  children: (data: T) => ReactNode
}

/** Shows a query's answer; stale data keeps showing, with its time, when a refresh fails. */
export function Loaded<T>({ query, lines, children }: Props<T>) {
  const { d } = useLang()
  if (query.data === undefined) {
    return query.isError ? <ErrorPanel error={query.error} onRetry={() => void query.refetch()} /> : <Loading lines={lines ?? 3} />
  }
  return (
    <>
      {query.isError && <p className="stale note lacking">{fill(d.state.stale, { at: clockTime(new Date(query.dataUpdatedAt).toISOString()) })}</p>}
      {children(query.data)}
    </>
  )
}
