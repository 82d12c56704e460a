import type { Schemas } from '@/api/client'
import { sum, type Fen } from '@/money/fen'

export type Call = Schemas['CallView']
export type CallState = Call['state']
export type Terms = Schemas['CallTerms']
export type Offer = Schemas['CallOffer']
export type Rank = Schemas['CallRank']
export type Event = Schemas['CallEventView']

/** Where a call stands for its reader: the phase of a published one, else its state. */
export type Standing = Call['phase'] | 'draft' | 'closed'

export function standing(call: Pick<Call, 'state' | 'phase'>): Standing {
  return call.state === 'published' ? call.phase : call.state
}

export const budgetOf = (terms: Pick<Terms, 'offers'>): Fen => sum(terms.offers.map((o) => o.budget_fen))

/** Whether something of the call is ranked and shared out in one allocation. */
export const together = (terms: Pick<Terms, 'offers'>): boolean => terms.offers.some((o) => o.together)

export interface Segment {
  state: string
  n: number
}

/** Applications by state, in the order in which a case goes; states without any are left out. */
export function funnelOf(funnel: Record<string, number>, order: string[]): Segment[] {
  const known = order.filter((state) => funnel[state])
  const others = Object.keys(funnel).filter((state) => funnel[state] && !order.includes(state))
  return [...known, ...others].map((state) => ({ state, n: funnel[state] ?? 0 }))
}

export const total = (segments: Segment[]): number => segments.reduce((n, s) => n + s.n, 0)

/** What of a call waits for one decision on all: proposals and cases decided singly to approve, held ones to countersign. */
export function ready(call: Pick<Call, 'funnel' | 'terms'>, act: 'accept' | 'approve' | 'countersign'): number {
  const at = (state: string) => call.funnel[state] ?? 0
  if (act === 'accept') return at('submitted')
  if (act === 'countersign') return at('held')
  return at('proposed') + (call.terms.offers.every((o) => o.together) ? 0 : at('submitted') + at('accepted'))
}

/** Whether an allocation has anything to work on: cases that await a place. */
export const allocable = (call: Pick<Call, 'funnel'>): boolean => ((call.funnel['submitted'] ?? 0) + (call.funnel['accepted'] ?? 0)) > 0

const PARTS = ['name', 'guide', 'opens', 'closes', 'late_by', 'promise', 'notice', 'channel', 'offers'] as const
export type Part = (typeof PARTS)[number]

/** Which parts of the terms differ from one entry of the history to the next. */
export function changedParts(before: Terms, after: Terms): Part[] {
  return PARTS.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]))
}
