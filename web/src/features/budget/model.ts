import type { Schemas } from '@/api/client'
import { compare, difference, parseYuan, plain, sum, type Fen } from '@/money/fen'

export type Order = Schemas['BudgetView']
export type Row = Schemas['BudgetRow']
export type State = Row['state']
export type Line = Schemas['BudgetLineView']
export type Unused = Schemas['BudgetUnusedView']
export type Preview = Schemas['BudgetPreviewLine']

/** A line as somebody types it. */
export interface Typed {
  purse: string
  measure: string
  yuan: string
  /** Most one party may get in the year; empty leaves that as it is. */
  cap: string
}

export const EMPTY: Typed = { purse: '', measure: '', yuan: '', cap: '' }

/** Lines that say something; a row left empty is no line. */
export const filled = (rows: Typed[]) => rows.filter((r) => r.purse !== '' || r.measure !== '' || r.yuan.trim() !== '' || r.cap.trim() !== '')

/** What typed lines give and take back; what cannot be read counts for nothing. */
export function totals(rows: Typed[]): { given: Fen; taken: Fen } {
  const amounts = rows.map((r) => parseYuan(r.yuan) ?? '0')
  return { given: sum(amounts.filter((a) => compare(a, '0') > 0)), taken: difference('0', sum(amounts.filter((a) => compare(a, '0') < 0))) }
}

/** Whether a cap is left out, or an amount above zero. */
export const capGood = (cap: string) => cap.trim() === '' || compare(parseYuan(cap) ?? '0', '0') > 0

/** Whether every line has its purse, its measure, an amount that is not zero, and no cap that is none. */
export const complete = (rows: Typed[]) => rows.length > 0 && rows.every((r) => r.purse !== '' && r.measure !== '' && compare(parseYuan(r.yuan) ?? '0', '0') !== 0 && capGood(r.cap))

/** Lines as the server takes them. */
export const linesOf = (rows: Typed[]) => rows.map((r) => ({ purse: r.purse, measure: r.measure, amount_fen: parseYuan(r.yuan) ?? '0', ...(r.cap.trim() === '' ? {} : { cap_fen: parseYuan(r.cap) ?? '0' }) }))

/** Where a line that was sent stands among the rows as they are typed: rows left empty were not sent. */
export const sentAs = (rows: Typed[], row: number) => filled(rows.slice(0, row)).length

export const ofPreview = (lines: Preview[]): Typed[] => lines.map((l) => ({ purse: l.purse, measure: l.measure, yuan: plain(l.amount_fen), cap: l.cap_fen === undefined ? '' : plain(l.cap_fen) }))

/** What is left of a year as lines of another order: taken back in it, or given again in the next. */
export function ofUnused(items: Unused[], how: 'lapse' | 'carry'): Typed[] {
  return items
    .filter((u) => compare(u.takeable_fen, '0') > 0)
    .map((u) => ({ purse: u.purse, measure: u.measure, yuan: plain(how === 'lapse' ? difference('0', u.takeable_fen) : u.takeable_fen), cap: '' }))
}
