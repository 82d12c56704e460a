import type { Schemas } from '@/api/client'
import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { OutcomeName } from '@/pattern/outcome/Outcome'

export type Status = 'in_force' | 'draft' | 'expired' | 'not_in_force'

export type DocumentRow = Schemas['PolicyDocumentRow']

/** What stands behind a clause: a rule that pays, one that waits for a ruling, one that only simulates, or none. */
export type Standing = 'payable' | 'undecided' | 'simulation' | 'none'

export interface DocumentClause {
  path: string
  number: string
  title: Text
  depth: number
  /** False in an explainer: only the issued text binds. */
  normative: boolean
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

/** A figure of a rule. Money is fen here; rates are decimal fractions, counts whole numbers. */
export interface Parameter {
  path: string
  label: Text
  value: string
  kind: 'rate' | 'money' | 'count'
  min: string
  max: string
  step: string
  /** Whether a yearly guide may change it, or the text itself must be amended. */
  changed_by: 'guide' | 'text'
  clause: Clause | null
  /** The document's own words that became the figure, once they are imported, and the number that joins both sides. */
  phrase: string | null
  mark: number | null
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
  leads: Text | null
  usage: Schemas['PolicyUsage'] | null
  cited_by: Schemas['PolicyReliance'][]
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
  ruling: Text | null
}

export type Question = Schemas['PolicyQuestion']
export type Guide = Schemas['PolicyGuide']
