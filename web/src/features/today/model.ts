import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { ClockFace } from '@/pattern/time/Clock'

/** What somebody is asked to do with a waiting thing. */
export type Verb = 'decide' | 'countersign' | 'pay' | 'supplement' | 'submit' | 'confirm' | 'rule'

export interface Waiting {
  key: string
  verb: Verb
  to: string
  number: string
  org: string
  measure: Text
  clause: Clause | null
  amount_fen: Fen | null
  note: Text | null
  clock: ClockFace | null
}

export interface Budget {
  measure: string
  name: Text
  clause: Clause | null
  ceiling_fen: Fen | null
  source: Text | null
  paid_fen: Fen
  held_fen: Fen
  free_fen: Fen | null
  /** Open question that keeps the money from being paid. */
  blocked_by: string | null
}

export interface Today {
  waiting: Waiting[]
  budgets: Budget[]
  year: number | null
}

export const overdue = (waiting: Waiting[]) => waiting.filter((w) => w.clock && w.clock.left < 0)
export const dueToday = (waiting: Waiting[]) => waiting.filter((w) => w.clock && w.clock.left === 0)

/** Least days left first; what has no clock stands last. */
export function byUrgency(waiting: Waiting[]): Waiting[] {
  const left = (w: Waiting) => w.clock?.left ?? Number.MAX_SAFE_INTEGER
  return [...waiting].sort((a, b) => left(a) - left(b))
}
