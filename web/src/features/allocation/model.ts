import type { Schemas } from '@/api/client'
import type { Text } from '@/i18n'
import { sum, type Fen } from '@/money/fen'

export type Allocation = Schemas['PolicyAllotmentView']
export type Result = Schemas['AllocationResult']
export type Tally = Schemas['AllocationTally']
export type Part = Schemas['AllocationPart']
export type Applicants = Record<string, { number: string; name: string }>

/** One application as the table shows it: in with its money, or out with a reason. */
export interface Row {
  id: string
  code: string
  rank: number
  priority: boolean
  score: string
  parts: Part[]
  claim_fen: Fen | null
  before_fen: Fen
  amount_fen: Fen | null
  carried_fen: Fen
  /** Why it gets nothing; null for an award. */
  reason: Text | null
}

/** A measure's applications: down to the last that is in, below it, and those that nothing ranked. */
export interface Cut {
  above: Row[]
  below: Row[]
  unranked: Row[]
}

/** Cuts the ranked order after the last application that is in. Whoever is out above the line is out for a reason of its own. */
export function cutOf(result: Pick<Result, 'awards' | 'excluded'>, measure: string): Cut {
  const awards: Row[] = result.awards
    .filter((a) => a.measure === measure)
    .map((a) => ({ id: a.id, code: a.code, rank: a.rank, priority: a.priority ?? false, score: a.score ?? '', parts: a.parts ?? [], claim_fen: a.claim_fen, before_fen: a.before_fen, amount_fen: a.amount_fen, carried_fen: a.carried_fen, reason: null }))
  const excluded: Row[] = result.excluded
    .filter((e) => e.measure === measure)
    .map((e) => ({ id: e.id, code: e.code, rank: e.rank, priority: e.priority ?? false, score: e.score ?? '', parts: e.parts ?? [], claim_fen: null, before_fen: '0', amount_fen: null, carried_fen: '0', reason: e.reason }))
  const ranked = [...awards, ...excluded].filter((r) => r.rank > 0 || r.reason === null).sort((a, b) => a.rank - b.rank || Number(a.reason !== null) - Number(b.reason !== null) || (a.id < b.id ? -1 : 1))
  const last = ranked.findLastIndex((r) => r.reason === null)
  return { above: ranked.slice(0, last + 1), below: ranked.slice(last + 1), unranked: excluded.filter((e) => e.rank === 0) }
}

const DECIMALS = 4n

/** Points of a part as a decimal of the score: exact division, cut to four decimals. */
export function decimal(points: string, outOf: string | undefined): string {
  if (!outOf || !/^-?\d+$/.test(points) || !/^\d+$/.test(outOf) || BigInt(outOf) === 0n) return points
  const scaled = (BigInt(points) * 10n ** DECIMALS) / BigInt(outOf)
  const text = (scaled < 0n ? -scaled : scaled).toString().padStart(Number(DECIMALS) + 1, '0')
  return `${scaled < 0n ? '−' : ''}${text.slice(0, -Number(DECIMALS))}.${text.slice(-Number(DECIMALS))}`
}

/** What all measures came to, for the sentence. */
export function totals(measures: Tally[]) {
  return {
    applications: measures.reduce((n, m) => n + m.applications, 0),
    awarded: measures.reduce((n, m) => n + m.awarded, 0),
    due: sum(measures.map((m) => m.due_fen)),
    paid: sum(measures.map((m) => m.paid_fen)),
  }
}
