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
}

export const EMPTY: Typed = { purse: '', measure: '', yuan: '' }

/** Lines that say something; a row left empty is no line. */
export const filled = (rows: Typed[]) => rows.filter((r) => r.purse !== '' || r.measure !== '' || r.yuan.trim() !== '')

/** What typed lines give and take back; what cannot be read counts for nothing. */
export function totals(rows: Typed[]): { given: Fen; taken: Fen } {
  const amounts = rows.map((r) => parseYuan(r.yuan) ?? '0')
  return { given: sum(amounts.filter((a) => compare(a, '0') > 0)), taken: difference('0', sum(amounts.filter((a) => compare(a, '0') < 0))) }
}

/** Whether every line has its purse, its measure and an amount that is not zero. */
export const complete = (rows: Typed[]) => rows.length > 0 && rows.every((r) => r.purse !== '' && r.measure !== '' && compare(parseYuan(r.yuan) ?? '0', '0') !== 0)

/** Lines as the server takes them. */
export const linesOf = (rows: Typed[]) => rows.map((r) => ({ purse: r.purse, measure: r.measure, amount_fen: parseYuan(r.yuan) ?? '0' }))

export const ofPreview = (lines: Preview[]): Typed[] => lines.map((l) => ({ purse: l.purse, measure: l.measure, yuan: plain(l.amount_fen) }))

/** What is left of a year as lines of another order: taken back in it, or given again in the next. */
export function ofUnused(items: Unused[], how: 'lapse' | 'carry'): Typed[] {
  return items
    .filter((u) => compare(u.takeable_fen, '0') > 0)
    .map((u) => ({ purse: u.purse, measure: u.measure, yuan: plain(how === 'lapse' ? difference('0', u.takeable_fen) : u.takeable_fen) }))
}
