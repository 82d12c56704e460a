import type { Schemas } from '@/api/client'
import type { Parameter } from '@/features/policy/model'
import { fromPercent, format, parseYuan, percent, type Fen } from '@/money/fen'
import type { Change } from '@/pattern/whatif/Dumbbells'

/** How a sum beyond the budget is shared out; the text leaves it open (question A3). */
export type WhenShort = Schemas['PolicyChoice']['id']

/** One side of the comparison. */
export interface Side {
  total_fen: Fen
  organisations: number
  budget_fen: Fen | null
  over_fen: Fen
}

export interface Simulation {
  year: number
  organisations: number
  sampled: boolean
  /** Some amounts stand on safe defaults, since questions are open. */
  provisional: boolean
  questions: string[]
  before: Side
  after: Side
  gainers: number
  losers: number
  newcomers: number
  lost_fen: Fen
  changes: (Change & { paid_fen: Fen | null })[]
  choices: Schemas['PolicyChoice'][]
  needs_amendment: boolean
}

/** A parameter as a person edits it: percent for rates, yuan for money. */
export function shownValue(p: Parameter): string {
  if (p.kind === 'rate') return percent(p.value)
  if (p.kind === 'money') return format(p.value)
  return p.value
}

/** What was typed, as the server takes it; null when it is no such value. Text all the way: no float touches a rate. */
export function readValue(p: Pick<Parameter, 'kind'>, text: string): string | null {
  const typed = text.trim()
  if (p.kind === 'money') return parseYuan(typed)
  if (p.kind === 'rate') return fromPercent(typed)
  return /^\d{1,9}$/.test(typed) ? typed : null
}

/** A cell of a CSV file. A name that a spreadsheet would run as a formula gets a quote before it; amounts keep their minus. */
export function csvCell(text: string): string {
  const formula = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text)
  return `"${formula ? "'" : ''}${text.replaceAll('"', '""')}"`
}
