import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { BudgetLine } from '@/pattern/money/BudgetTable'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { ClockFace } from '@/pattern/time/Clock'

/** What somebody is asked to do with a waiting thing. */
export type Verb = 'decide' | 'review' | 'countersign' | 'confirm' | 'submit' | 'supplement'

export interface Waiting {
  key: string
  verb: Verb
  to: string
  number: string
  org: string
  measure: Text
  object: string
  clause: Clause | null
  amount_fen: Fen | null
  /** Why the last step did not go through. */
  note: Text
  /** Since when it waits. */
  since: string
  /** Working days since then. */
  waited: number
  clock: ClockFace | null
  /** Stands in the green lane, ahead of the others. */
  green: boolean
}

export interface Today {
  waiting: Waiting[]
  budgets: BudgetLine[]
  /** Applications by state: the organisation's own, or all. */
  counts: Record<string, number>
  year: number
}

export const overdue = (waiting: Waiting[]) => waiting.filter((w) => w.clock && w.clock.left < 0)
export const dueToday = (waiting: Waiting[]) => waiting.filter((w) => w.clock && w.clock.left === 0)

/** The green lane first, then the least days left; what has no clock stands last. */
export function byUrgency(waiting: Waiting[]): Waiting[] {
  const left = (w: Waiting) => w.clock?.left ?? Number.MAX_SAFE_INTEGER
  return [...waiting].sort((a, b) => Number(b.green) - Number(a.green) || left(a) - left(b))
}
