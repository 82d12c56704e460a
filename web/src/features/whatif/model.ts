import { compare, difference, parseYuan, percent, plain, sum, type Fen } from '@/money/fen'
import type { Parameter } from '@/features/policy/model'
import type { Change } from '@/pattern/whatif/Dumbbells'

/** How a sum beyond the budget is shared out; the text leaves it open (question A3). */
export type WhenShort = 'pro_rata' | 'cut_off' | 'carry_over'
export const CHOICES: WhenShort[] = ['pro_rata', 'cut_off', 'carry_over']

export interface Choice {
  id: WhenShort
  paid_fen: Fen
  /** Organisations that receive less than the rule gives them. */
  cut: number
  carried_fen: Fen
}

export interface Simulation {
  organisations: number
  sampled: boolean
  before_fen: Fen
  after_fen: Fen
  budget_fen: Fen | null
  changes: Change[]
  choices: Choice[]
  needs_amendment: boolean
}

export interface Effect {
  gainers: Change[]
  losers: Change[]
  newcomers: Change[]
  over_fen: Fen
  lost_fen: Fen
}

export function effectOf(s: Simulation): Effect {
  const delta = (c: Change) => difference(c.after_fen, c.before_fen)
  const gainers = s.changes.filter((c) => compare(delta(c), '0') > 0)
  const losers = s.changes.filter((c) => compare(delta(c), '0') < 0)
  const over = s.budget_fen === null ? '0' : difference(s.after_fen, s.budget_fen)
  return {
    gainers,
    losers,
    newcomers: gainers.filter((c) => compare(c.before_fen, '0') === 0),
    over_fen: compare(over, '0') > 0 ? over : '0',
    lost_fen: sum(losers.map((c) => difference(c.before_fen, c.after_fen))),
  }
}

/** A parameter as a person edits it: percent for rates, yuan for money. */
export function shownValue(p: Parameter): string {
  if (p.kind === 'rate') return percent(p.value)
  if (p.kind === 'money') return plain(p.value)
  return p.value
}

/** What was typed, as the server takes it; null when it is no such value. Text all the way: no float touches a rate. */
export function readValue(p: Pick<Parameter, 'kind'>, text: string): string | null {
  const typed = text.trim()
  if (p.kind === 'money') return parseYuan(typed)
  if (p.kind === 'rate') return fromPercent(typed)
  if (p.kind === 'count') return /^\d{1,9}$/.test(typed) ? typed : null
  return typed || null
}

/** "1.5%" or "1.5" is the decimal fraction "0.015". */
export function fromPercent(text: string): string | null {
  const match = /^(\d{1,4})(?:\.(\d{1,4}))?\s*[%％]?$/.exec(text)
  if (!match) return null
  const digits = (match[1] ?? '').padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/^0+(?=\d)/, '')
  const decimals = `${digits.slice(-2)}${match[2] ?? ''}`.replace(/0+$/, '')
  return decimals ? `${whole}.${decimals}` : whole
}
