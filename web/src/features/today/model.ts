import type { Dictionary, Text } from '@/i18n'
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

/** What waits beside applications. */
export type TodoKind = keyof Dictionary['todo']['kind']

export interface Todo {
  kind: TodoKind
  count: number
  /** Since when the oldest waits. */
  since: string
  /** Working days since then. */
  waited: number
}

/** The page on which each kind is done, with the filter that finds it. */
export const placeOf: Record<TodoKind, string> = {
  'alarm.answer': '/alarms?state=proposed',
  'alarm.dispose': '/alarms?state=open',
  'allocation.settle': '/calls',
  'budget.confirm': '/budgets?state=proposed',
  'exception.judge': '/exceptions?state=proposed',
  'lane.confirm': '/applications?lane=marked',
  'notice.answer': '/objections',
  'notice.publish': '/notices',
  'payee.countersign': '/people?tab=payees',
  'payment.accept': '/payment',
  'payment.cancel': '/payment/orders?state=cancelling',
  'payment.file': '/payment',
  'payment.reissue': '/payment/orders?state=failed',
  'payment.release': '/payment',
  'payment.resolve': '/payment/unmatched',
  'payment.return': '/payment',
  'recovery.confirm': '/recoveries',
  'recovery.hear': '/recoveries?state=notified',
  'recovery.pay': '/recoveries?state=recovering',
  'recovery.propose': '/recovery-proposals?state=open',
  'recovery.pursue': '/recoveries',
  'recovery.state': '/recoveries?state=notified',
  'referral.judge': '/projects?judge=1',
  'report.answer': '/performance?state=submitted',
  'report.mend': '/performance?state=returned',
  'report.submit': '/performance?state=due',
  'review.close': '/panels?state=complete',
  'review.draw': '/panels?state=open',
  'review.score': '/review',
  'voucher.issue': '/vouchers?state=requested',
  'voucher.use': '/vouchers?state=live',
}
