import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { Lack, OpenQuestion } from '@/features/match/model'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { OutcomeName } from '@/pattern/outcome/Outcome'
import type { Seal } from '@/pattern/proof/ProofBadge'
import type { ClockFace } from '@/pattern/time/Clock'
import type { Purse } from '@/pattern/trace/Split'
import type { TraceStep } from '@/pattern/trace/Trace'

/** State of an application as the server names it; the dictionary has words for the known ones. */
export type State = string

/** What the signed-in person may do now; the server decides and the page only offers. */
export type Act = 'edit' | 'submit' | 'approve' | 'return' | 'refuse' | 'countersign' | 'pay'

/** A field of the form, and where its prefilled value comes from. */
export interface FormField {
  path: string
  label: Text
  kind: 'text' | 'note' | 'money' | 'date' | 'choice'
  value: string
  source: Text | null
  fact: string | null
  required: boolean
  editable: boolean
  choices: { value: string; label: Text }[]
}

export interface Attachment {
  id: string
  name: string
  bytes: number
  sha256: string
  kind: string
  uploaded_at: string
  url: string | null
}

export interface Wanted {
  kind: string
  label: Text
  required: boolean
}

/** One step of the case: past with days used, now with whose clock, or to come. */
export interface Step {
  key: string
  when: 'past' | 'now' | 'to_come'
  label: Text
  at: string | null
  by: string | null
  days_used: number | null
  counted: boolean
  waits_for: Text | null
  note: Text | null
  clock: ClockFace | null
}

export interface Opinion {
  key: string
  by: string
  at: string
  verb: string
  text: string
}

export interface Order {
  key: string
  purse: Text
  amount_fen: Fen
  state: string
  transfer: string | null
  payee: string
}

export interface Application {
  id: string
  number: string
  state: State
  org: { code: string; name: string }
  measure: string
  name: Text
  clause: Clause | null
  object: string
  year: number | null
  rule: Text | null
  submitted_at: string | null
  outcome: OutcomeName | null
  amount_fen: Fen | null
  steps: TraceStep[]
  purses: Purse[]
  seal: Seal | null
  /** Facts changed since the calculation: it is greyed and must be worked out again. */
  stale: Text | null
  lacking: Lack[]
  questions: OpenQuestion[]
  fields: FormField[]
  attachments: Attachment[]
  wanted: Wanted[]
  timeline: Step[]
  opinions: Opinion[]
  alarms: { key: string; text: Text; note: Text | null }[]
  allowed: Act[]
  why_not: { act: string; text: Text }[]
  orders: Order[]
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
  clause: Clause | null
  object: string
  amount_fen: Fen | null
  submitted_at: string | null
  clock: ClockFace | null
  waits_for: Text | null
}

export const may = (application: Application, act: Act): boolean => application.allowed.includes(act)

/** Attachments still wanted: the required kinds that no file covers yet. */
export function missing(application: Pick<Application, 'wanted' | 'attachments'>): Wanted[] {
  const have = new Set(application.attachments.map((a) => a.kind))
  return application.wanted.filter((w) => w.required && !have.has(w.kind))
}

/** Fields that a person must still fill in, given what is typed but not saved yet. */
export function unfilled(fields: FormField[], typed: Record<string, string>): FormField[] {
  return fields.filter((f) => f.required && f.editable && !(typed[f.path] ?? f.value).trim())
}
