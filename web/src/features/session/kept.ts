import { useMemo } from 'react'
import { useSession } from './session'

export interface Kept<T> {
  read: () => T | null
  write: (value: T) => void
  forget: () => void
}

/**
 * What a person typed and the server does not have yet. It stays with this tab
 * and this person, so an ended session, a reload or the back button loses none.
 */
export function useKept<T>(place: string): Kept<T> {
  const key = `qianmo.kept.${useSession().person?.id ?? ''}.${place}`
  return useMemo(
    () => ({
      read: () => JSON.parse(sessionStorage.getItem(key) ?? 'null') as T | null,
      write: (value: T) => sessionStorage.setItem(key, JSON.stringify(value)),
      forget: () => sessionStorage.removeItem(key),
    }),
    [key],
  )
}
