import type { Schemas } from '@/api/client'
import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { OutcomeName } from '@/pattern/outcome/Outcome'
import type { StepFact, TraceStep } from '@/pattern/trace/Trace'

export type State = Schemas['PolicyCase']['state']
export type Half = Schemas['PolicyHalfView']
export type Attachment = Schemas['PolicyFileView']

/** What the signed-in person may do now; the server decides and the page only offers. */
export type Act = 'edit' | 'attach' | 'detach' | 'submit' | 'withdraw' | 'approve' | 'return' | 'refuse' | 'recompute' | 'countersign' | 'send_back'

/** An item of the form that facts fill, and the facts that do. */
export interface Prefilled {
  key: string
  label: Text
  amount_fen: Fen | null
  holds: boolean
  facts: StepFact[]
}

/** One step of the case: past with who took it, now with whose turn it is, or to come. */
export interface Step {
  key: string
  when: 'past' | 'now' | 'to_come'
  action: string
  at: string | null
  by: string
  role: string
}

export interface Application {
  id: string
  number: string
  state: State
  org: { code: string; name: string }
  measure: string
  version: number | null
  name: Text
  clause: Clause
  object: string
  guide: number | null
  outcome: OutcomeName | null
  amount_fen: Fen | null
  steps: TraceStep[]
  halves: Half[]
  /** SHA-256 of the calculation; approving names the one that was read. */
  digest: string
  /** Facts changed since the calculation: it is greyed and must be worked out again. */
  stale: boolean
  /** Why the last step did not go through. */
  hindrance: Text | null
  lacking: { text: Text; where: Text }[]
  questions: string[]
  statement: string
  prefilled: Prefilled[]
  payee: Schemas['PolicyPayeeView'] | null
  attachments: Attachment[]
  timeline: Step[]
  opinions: Schemas['PolicyTimelineView'][]
  alarms: Schemas['PolicyAlarmView'][]
  /** Other applications for the same matter, and what follows from each. */
  overlaps: Schemas['PolicyOverlap'][]
  allowed: Act[]
  revision: number
}

/** A row of the list. */
export interface Row {
  id: string
  number: string
  state: State
  org: string
  measure: string
  name: Text
  clause: Clause
  object: string
  amount_fen: Fen | null
  submitted_on: string | null
  waits_for: string
}

export const may = (application: Pick<Application, 'allowed'>, act: Act): boolean => application.allowed.includes(act)

/** What still stands between a draft and its submission. Words and files help the office; facts and an account are needed. */
export type Gap = 'facts' | 'payee'

export function gaps(a: Pick<Application, 'payee' | 'outcome'>): Gap[] {
  const open: Gap[] = []
  if (a.outcome !== 'eligible') open.push('facts')
  if (a.payee === null) open.push('payee')
  return open
}

/** Every fact that the calculation rests on, once each. */
export function factsOf(steps: TraceStep[]): string[] {
  return [...new Set(steps.flatMap((s) => s.facts.map((f) => f.id)))]
}
