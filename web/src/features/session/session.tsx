import { createContext, useContext, type ReactNode } from 'react'
import { ErrorPanel, Loading } from '@/pattern/state/states'
import { useSessionQuery } from './api'
import type { Session } from './model'

const Context = createContext<Session | null>(null)

/** Asks once who is here; everything below can rely on an answer. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const query = useSessionQuery()
  if (!query.data) return query.isError ? <ErrorPanel error={query.error} onRetry={() => void query.refetch()} /> : <Loading lines={4} />
  return <Context value={query.data}>{children}</Context>
}

export function useSession(): Session {
  const session = useContext(Context)
  if (!session) throw new Error('useSession needs a SessionProvider above it')
  return session
}

/** For tests and stories: a session without a server. */
export function FixedSession({ session, children }: { session: Session; children: ReactNode }) {
  return <Context value={session}>{children}</Context>
}
