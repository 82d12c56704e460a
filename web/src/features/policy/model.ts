import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { OutcomeName } from '@/pattern/outcome/Outcome'
import type { TraceStep } from '@/pattern/trace/Trace'

export type Status = 'in_force' | 'draft' | 'expired' | 'not_in_force'

export interface DocumentRow {
  id: string
  short: Text
  title: Text
  status: Status
  issued: string | null
  from: string | null
  to: string | null
  level: Text | null
  clauses: number
  rules: number
  questions: string[]
  text_available: boolean
}

/** What stands behind a clause: a rule that pays, one that waits for a ruling, one that only simulates, or none. */
export type Standing = 'payable' | 'undecided' | 'simulation' | 'none'

export interface DocumentClause {
  path: string
  number: string
  title: Text
  depth: number
  /** The document's own words; null until the original is imported and its bytes agree. */
  text: string | null
  reading: Text | null
  rules: string[]
  standing: Standing
  why_no_rule: Text | null
}

export interface PolicyDocument extends DocumentRow {
  text_state: 'available' | 'absent' | 'differs'
  clauses_list: DocumentClause[]
}

/** One line of a rule card: 谁可以, 在哪里, 须有, 按什么算, 补几次. */
export interface RulePart {
  key: string
  label: Text
  text: Text
  note: Text | null
  question: string | null
}

export interface Parameter {
  path: string
  label: Text
  value: string
  kind: 'rate' | 'money' | 'count' | 'choice' | 'other'
  /** Whether a yearly guide may change it, or the text itself must be amended. */
  changed_by: 'guide' | 'text' | null
  clause: Clause | null
}

export interface WorkedCase {
  key: string
  name: Text
  given: string
  outcome: OutcomeName
  amount_fen: Fen | null
  passed: boolean
}

export interface TryInput {
  path: string
  label: Text
  kind: 'money' | 'text' | 'choice'
  choices: { value: string; label: Text }[]
}

export interface Measure {
  id: string
  version: number
  guide: number | null
  name: Text
  reading: Text
  clause: Clause | null
  status: Status
  standing: Standing
  parts: RulePart[]
  formula: Text | null
  parameters: Parameter[]
  questions: QuestionRef[]
  inputs: TryInput[]
  cases: WorkedCase[]
}

export interface QuestionRef {
  id: string
  title: Text
  ruled: boolean
}

export interface TryResult {
  outcome: OutcomeName
  amount_fen: Fen | null
  steps: TraceStep[]
}

export interface Question {
  id: string
  title: Text
  text: Text
  where: Clause[]
  default: Text | null
  blocks: string[]
  rulings: { year: number; choice: Text; by: string }[]
}

export interface Guide {
  year: number
  name: Text
  example: boolean
  rulings: { question: string; choice: Text }[]
  budgets: { measure: string; amount_fen: Fen }[]
}

export interface SearchHit {
  key: string
  title: Text
  snippet: Text
  clause: Clause
}

export interface MeasureRow {
  id: string
  name: Text
  document: string
  clause: Clause | null
  status: Status
  standing: Standing
  parameters: number
}
