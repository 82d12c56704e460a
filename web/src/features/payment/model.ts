import { compare, sum, type Fen } from '@/money/fen'
import type { OrderState, Overview, Side } from './api'

export interface Total {
  count: number
  amount: Fen
}

/** What the orders of some states add up to. */
export function totalOf(states: Overview['purses'][number]['states'], ...wanted: OrderState[]): Total {
  const some = states.filter((s) => wanted.includes(s.state))
  return { count: some.reduce((n, s) => n + s.count, 0), amount: sum(some.map((s) => s.amount_fen)) }
}

/** All purses together. */
export function inAll(overview: Overview, ...wanted: OrderState[]): Total {
  return totalOf(overview.purses.flatMap((p) => p.states), ...wanted)
}

/** How one half stands, in one word. */
export function standing(side: Side): 'none' | 'paid' | 'failed' | 'waiting' {
  if (side.issued_fen === '0') return 'none'
  if (compare(side.paid_fen, side.issued_fen) === 0) return 'paid'
  return side.failed_fen === '0' ? 'waiting' : 'failed'
}

/** "30" of a hundred as the decimal fraction that the server reads; null when it is no share. */
export function shareOf(percent: string): string | null {
  const match = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(percent.trim())
  if (!match) return null
  const digits = `${match[1]?.padStart(3, '0')}${match[2] ?? ''}`
  const whole = digits.slice(0, -2 - (match[2] ?? '').length)
  const fraction = digits.slice(whole.length).replace(/0+$/, '')
  const value = fraction ? `${Number(whole)}.${fraction}` : String(Number(whole))
  return Number(value) > 0 && Number(value) <= 1 ? value : null
}
