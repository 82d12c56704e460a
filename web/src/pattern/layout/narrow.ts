import { useSyncExternalStore } from 'react'

const QUERY = '(max-width: 1023px)'

/** Whether the side column has no room and its content belongs under the row it explains. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(QUERY)
      query.addEventListener('change', changed)
      return () => query.removeEventListener('change', changed)
    },
    () => window.matchMedia(QUERY).matches,
  )
}
