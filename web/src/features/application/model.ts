import type { Schemas } from '@/api/client'
import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { OutcomeName } from '@/pattern/outcome/Outcome'
import type { ClockFace } from '@/pattern/time/Clock'
import type { StepFact, TraceStep } from '@/pattern/trace/Trace'

export type State = Schemas['PolicyCase']['state']
export type Half = Schemas['PolicyHalfView']
export type Attachment = Schemas['PolicyFileView']
export type Terms = Schemas['PolicyCaseTerms']
export type Excepted = Schemas['PolicyExceptionView']
export type Promise = Schemas['PolicyClockView']
export type Stay = Schemas['PolicyStayView']

export type Form = Schemas['PolicyForm']
export type Schema = Schemas['FormSchema']
export type Stated = Schemas['PolicyStatement']

/** One entry of a question: text, or yes and no, by field. */
export type Entry = Record<string, string | boolean>

/** What the applicant writes: its own words, and what it states of itself by kind of fact. */
export interface Draft {
  statement: string
  declared: Record<string, Entry[]>
}

/** What the signed-in person may do now; the server decides and the page only offers. */
export type Act = 'edit' | 'attach' | 'detach' | 'confirm' | 'submit' | 'recall' | 'withdraw' | 'accept' | 'approve' | 'return' | 'refuse' | 'recompute' | 'countersign' | 'send_back' | 'letter' | 'lane'

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
  /** What its call asks for; null outside a call. */
  terms: Terms | null
  /** Working days promised and used; null before the first submission. */
  promise: Promise | null
  late: boolean
  /** The exception that gave the amount; null for a case by formula. */
  excepted: Excepted | null
  /** Whether it goes ahead in the lists of who works on it. */
  lane: Lane
  laneSteps: LaneStep[]
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
  declared: Draft['declared']
  prefilled: Prefilled[]
  payee: Schemas['PolicyPayeeView'] | null
  attachments: Attachment[]
  /** Decision letters, the oldest first. */
  letters: Schemas['PolicyLetterView'][]
  timeline: Step[]
  /** Working days that it was with each, in the order in which it came to them. */
  stays: Stay[]
  opinions: Schemas['PolicyTimelineView'][]
  alarms: Schemas['PolicyAlarmView'][]
  /** Other applications for the same matter, and what follows from each. */
  overlaps: Schemas['PolicyOverlap'][]
  allowed: Act[]
  revision: number
}

export type Lane = Schemas['PolicyCaseRow']['lane']
export type LaneStep = Schemas['PolicyLaneView']

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
  promise: Promise | null
  late: boolean
  /** Id of the exception that gave the amount; empty for the formula's. */
  exception: string
  lane: Lane
}

export const may = (application: Pick<Application, 'allowed'>, act: Act): boolean => application.allowed.includes(act)

/** What still stands between a draft and its submission. Words and files help the office; facts and an account are needed. */
export type Gap = 'form' | 'evidence' | 'payee'

export function gaps(a: Pick<Application, 'payee' | 'terms' | 'attachments'>, form?: Pick<Form, 'faults'>): Gap[] {
  const open: Gap[] = []
  // What a department still attests is shown and stops nobody; what the applicant itself must state does.
  if (form?.faults.some((fault) => fault.path.startsWith('declared.'))) open.push('form')
  if (wanted(a).some((paper) => paper.required && paper.files.length === 0)) open.push('evidence')
  if (a.payee === null) open.push('payee')
  return open
}

/** The kinds of fact that the form asks for, in their order. */
export function asked(form: Pick<Form, 'schema'>): [string, Schema][] {
  const declared = form.schema.properties?.['declared']
  return (declared?.['x-order'] ?? []).flatMap((kind): [string, Schema][] => {
    const question = declared?.properties?.[kind]
    return question ? [[kind, question]] : []
  })
}

/** The call's papers with the files that were uploaded for each. */
export function wanted(a: Pick<Application, 'terms' | 'attachments'>) {
  return (a.terms?.evidence ?? []).map((paper) => ({ ...paper, files: a.attachments.filter((file) => file.evidence === paper.id) }))
}

/** The face of the promise's clock while it runs. */
export function faceOf(promise: Promise | null): ClockFace | null {
  return promise === null || promise.paused || promise.ended ? null : { left: promise.left, total: promise.total }
}

/** Every fact that the calculation rests on, once each. */
export function factsOf(steps: TraceStep[]): string[] {
  return [...new Set(steps.flatMap((s) => s.facts.map((f) => f.id)))]
}
