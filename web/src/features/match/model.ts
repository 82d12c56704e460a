import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { OutcomeName } from '@/pattern/outcome/Outcome'
import type { Reason } from '@/pattern/outcome/ReasonList'

/** A reason with the facts that were vouched for. */
export interface MatchReason extends Reason {
  facts: { id: string; attestor: Text; occurred: string }[]
}

/** Something that lacks, where to get it, and whose word is needed. */
export interface Lack {
  text: Text
  where: Text | null
  attestor: Text | null
  /** Facts that are there, but whose attestor does not count. */
  shown: number
  step: Step
}

/** What to do about a fact that lacks, and the page where that is done. */
export interface Step {
  action: 'enter' | 'confirm' | 'correct' | 'measure'
  text: Text
  link: string
}

export interface OpenQuestion {
  id: string
  text: Text
  who: Text | null
}

export interface Range {
  least: Fen
  most: Fen
  apart: string[]
}

/** One measure judged for one organisation and, where it has one, one object (a model, a project). */
export interface Match {
  key: string
  measure: string
  name: Text
  clause: Clause | null
  object: string
  outcome: OutcomeName
  /** The document is a draft: whatever the outcome, nothing is accepted or paid. */
  draft: boolean
  amount_fen: Fen | null
  /** What the safe default would give while a question is open; shown as no promise. */
  provisional_fen: Fen | null
  /** What it can come to, whatever the open questions are answered; `apart` may ask for other figures. */
  range: Range | null
  how: Text | null
  split_note: Text | null
  reasons: MatchReason[]
  lacking: Lack[]
  questions: OpenQuestion[]
  /** An application that is already open for it. */
  application: string | null
  can_apply: boolean
  why_not: Text | null
}

export interface Matches {
  facts: number
  /** What is due now: supports of one matter that do not add up count once. */
  sum_eligible_fen: Fen
  /** A countersigned payee account stands: nothing can be submitted without one. */
  payee: boolean
  results: Match[]
}

export const GROUPS = ['eligible', 'closed', 'lacking', 'undecided', 'simulation_only', 'not_eligible'] as const
export type Group = (typeof GROUPS)[number]

/**
 * The group of the page that a match belongs to: what is due and nobody takes today stands apart from what can be
 * claimed; what a draft lacks or leaves open stands with the drafts.
 */
export function groupOf({ outcome, draft, can_apply, application }: Pick<Match, 'outcome' | 'draft' | 'can_apply' | 'application'>): Group {
  switch (outcome) {
    case 'eligible':
      if (!draft && !can_apply && application === null) return 'closed'
      return draft ? 'simulation_only' : outcome
    case 'lacking':
    case 'undecided':
    case 'simulation_only':
      return draft ? 'simulation_only' : outcome
    default:
      return 'not_eligible'
  }
}

export function grouped(matches: Match[]): Record<Group, Match[]> {
  const groups: Record<Group, Match[]> = { eligible: [], closed: [], lacking: [], undecided: [], simulation_only: [], not_eligible: [] }
  for (const m of matches) groups[groupOf(m)].push(m)
  // Drafts that could be worked out come before those that lack something.
  groups.simulation_only.sort((a, b) => Number(a.outcome !== 'simulation_only') - Number(b.outcome !== 'simulation_only'))
  return groups
}

/** The range of an open amount where it says more than the amount: it is wide, or a question stands outside it. */
export function rangeShown(match: Match): Range | null {
  const r = match.range
  return r && (r.least !== r.most || r.apart.length > 0) ? r : null
}
