import type { Schemas } from '@/api/client'
import { share, sum, type Fen } from '@/money/fen'

export type Programme = Schemas['VoucherProgrammeView']
export type Terms = Schemas['RuleVoucherTerms']
export type Row = Schemas['VoucherRow']
export type Voucher = Schemas['VoucherView']
export type Entry = Schemas['VoucherEntryView']
export type State = Row['state']

/** What a person may do to a voucher; the server says which. */
export const ACTS = ['approve', 'decline', 'withdraw', 'return', 'recall'] as const
export type Act = (typeof ACTS)[number]

export const actsOf = (allowed: string[]): Act[] => ACTS.filter((one) => allowed.includes(one))

/** The ledger is asked and has not answered. */
export const settling = (state: State): boolean => state === 'issuing' || state === 'ending'

export interface Slice {
  kind: 'spent' | 'held' | 'free' | 'back'
  fen: Fen
  width: number
}

/** A voucher's face amount in parts, in the order in which they leave it; empty before it was issued. */
export function slices(v: Pick<Row, 'face_fen' | 'spent_fen' | 'held_fen' | 'free_fen' | 'returned_fen' | 'expired_fen'>): Slice[] {
  const all: [Slice['kind'], Fen][] = [
    ['spent', v.spent_fen],
    ['held', v.held_fen],
    ['free', v.free_fen],
    ['back', sum([v.returned_fen, v.expired_fen])],
  ]
  return all.filter(([, fen]) => fen !== '0').map(([kind, fen]) => ({ kind, fen, width: share(fen, v.face_fen) }))
}

/** Does an entry take from what is free, add to it, or neither (a deduction ends a hold)? */
export function effect(what: Entry['what']): -1 | 0 | 1 {
  if (what === 'issued' || what === 'released' || what === 'recovered') return 1
  return what === 'deducted' ? 0 : -1
}

/** Programmes that can be had now come first; otherwise as the server lists them. */
export const byOpenness = <T extends Pick<Programme, 'closed'>>(all: T[]): T[] => [...all].sort((a, b) => Number(Boolean(a.closed)) - Number(Boolean(b.closed)))
