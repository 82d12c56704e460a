import type { ReactNode } from 'react'

/** A pattern on its own, in the states that matter. */
export interface Story {
  title: string
  note: string
  render: () => ReactNode
}
