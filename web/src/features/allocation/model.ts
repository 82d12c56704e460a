import type { Schemas } from '@/api/client'
import { sum } from '@/money/fen'

export type Allocation = Schemas['PolicyAllotmentView']
export type Sums = Schemas['PolicyAllotmentSums']
export type Case = Schemas['PolicyAllotmentCase']
export type Prospect = Schemas['PolicyAllotmentProspect']
export type Fate = Case['fate']
export type Tally = Schemas['AllocationTally']

/**
 * Before which of the rows read so far the line between in and out is drawn:
 * after the last that is in. Null while it lies further down, or where only
 * those above it are shown.
 */
export function cutAt(rows: Pick<Case, 'below'>[], more: boolean, filtered: boolean): number | null {
  const first = rows.findIndex((r) => r.below)
  if (first >= 0) return first
  return more || filtered ? null : rows.length
}

/** How many cases came to what, over all measures, the most common first. */
export function fatesOf(sums: Pick<Sums, 'fates'>): [fate: Fate, count: number][] {
  const counts = new Map<Fate, number>()
  for (const f of sums.fates) counts.set(f.fate, (counts.get(f.fate) ?? 0) + f.count)
  return [...counts].sort(([, a], [, b]) => b - a)
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
