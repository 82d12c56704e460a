import type { Schemas } from '@/api/client'
import { toSteps } from '@/features/policy/trace'
import { en } from '@/i18n/en'
import { zh } from '@/i18n/zh'
import { isZero } from '@/money/fen'
import type { OutcomeName } from '@/pattern/outcome/Outcome'
import type { TraceStep } from '@/pattern/trace/Trace'
import type { Application, Prefilled, Row, State, Step, Terms } from './model'

/** What the applicant does to the draft; it moves no clock. */
const FILING = ['edit', 'attach', 'detach']

type Names = Parameters<typeof toSteps>[1]

export function toRow(r: Schemas['PolicyCaseRow']): Row {
  return {
    id: r.id,
    number: r.number,
    state: r.state,
    org: r.org.name || r.org.code,
    measure: r.measure,
    name: r.measure_name,
    clause: r.clause,
    object: r.object,
    amount_fen: computed(r.amount_fen),
    submitted_on: r.submitted_on || null,
    waits_for: r.waits_for,
    promise: r.clock ?? null,
    late: r.late,
    exception: r.exception,
    lane: r.lane,
  }
}

export function toApplication(c: Schemas['PolicyCase'], names: Names): Application {
  // The contract's references cannot say so, but a case without a calculation has none.
  const result = (c.assessment as Schemas['RuleResult'] | null) ?? null
  const steps = result ? ending(toSteps(result.trace, names), c) : []
  return {
    id: c.id,
    number: c.number,
    state: c.state,
    org: c.org,
    measure: c.measure,
    version: result?.version ?? null,
    name: c.measure_name,
    clause: c.clause,
    object: c.object,
    guide: c.guide || null,
    terms: c.terms ?? null,
    promise: c.clock ?? null,
    late: c.late,
    excepted: c.excepted ?? null,
    lane: c.lane,
    laneSteps: c.lane_steps,
    outcome: (result?.outcome as OutcomeName | undefined) ?? null,
    amount_fen: computed(c.amount_fen),
    steps,
    halves: c.payment,
    digest: c.digest,
    stale: c.stale,
    hindrance: c.hindrance.zh ? c.hindrance : null,
    lacking: (result?.needs ?? []).map((n) => ({ text: { zh: n.zh, en: n.en }, where: n.where })),
    questions: result?.outcome === 'eligible' ? [] : (result?.questions ?? []),
    statement: c.statement,
    declared: c.declared as Application['declared'],
    prefilled: prefilled(steps),
    payee: c.payee ?? null,
    attachments: c.attachments,
    letters: c.letters,
    timeline: [...c.timeline.filter((t) => !FILING.includes(t.action)).map(past), ...coming(c.state, c.waits_for, c.terms ?? null)],
    stays: c.stays,
    opinions: c.timeline.filter((t) => t.note.zh !== '' && !FILING.includes(t.action)),
    alarms: c.alarms,
    overlaps: c.overlaps,
    allowed: c.allowed as Application['allowed'],
    revision: c.revision,
  }
}

/** The calculation ends with what is decided on: less than the rule gives where an allocation had too little money. */
export function ending(steps: TraceStep[], c: Pick<Schemas['PolicyCase'], 'amount_fen' | 'entitled_fen' | 'capitals'>): TraceStep[] {
  if (c.amount_fen === c.entitled_fen || isZero(c.entitled_fen)) return steps.map((s) => (s.role === 'result' && c.capitals ? { ...s, capitals: c.capitals } : s))
  const given = steps.map((s): TraceStep => (s.role === 'result' ? { ...s, role: 'subtotal', capitals: undefined } : s))
  return [...given, { key: 'allocated', kind: 'step', text: { zh: zh.trace.allocated, en: en.trace.allocated }, amount_fen: c.amount_fen ?? undefined, role: 'result', facts: [], capitals: c.capitals }]
}

/** Unknown is never zero: a case that could not be worked out bears no amount. */
const computed = (fen: string | null): string | null => (fen === null || isZero(fen) ? null : fen)

/** What the facts already say, each with the record that says it: the applicant types none of it. */
export function prefilled(steps: TraceStep[]): Prefilled[] {
  return steps
    .filter((step) => step.facts.length > 0)
    .map((step) => ({ key: step.key, label: step.text, amount_fen: step.amount_fen ?? null, holds: !step.failed, facts: step.facts }))
}

function past(t: Schemas['PolicyTimelineView'], i: number): Step {
  return { key: `past-${i}`, when: 'past', action: t.action, at: t.at, by: t.name, role: t.role }
}

/** A smooth run from a state on: what has to happen next, and after that. */
const NEXT: Record<State, string | null> = {
  offered: 'confirm',
  draft: 'submit',
  returned: 'resubmit',
  submitted: 'approve',
  accepted: 'approve',
  proposed: 'approve',
  approved: 'held',
  held: 'countersign',
  paying: 'paid',
  paid: null,
  refused: null,
  unchosen: null,
  withdrawn: null,
}

/** The steps still ahead, in the order of a smooth run; the first is the one that somebody is at. */
export function coming(state: State, waitsFor: string, terms: Terms | null): Step[] {
  return ahead(state, terms).map((action, i) => ({ key: `next-${action}`, when: i === 0 ? 'now' : 'to_come', action, at: null, by: '', role: i === 0 ? waitsFor : '' }))
}

function ahead(state: State, terms: Terms | null): string[] {
  const first = NEXT[state]
  if (first === null) return []
  const filing = ['offered', 'draft', 'returned'].includes(state) ? [first] : []
  const review = terms === null ? [] : ['accept', ...(terms.together || terms.notice > 0 ? ['propose'] : [])]
  const done = state === 'accepted' ? ['accept'] : ['offered', 'draft', 'returned', 'submitted'].includes(state) ? [] : ['accept', 'propose']
  const payment = state === 'approved' ? ['held', 'countersign', 'paid'] : state === 'held' ? ['countersign', 'paid'] : state === 'paying' ? ['paid'] : ['approve', 'countersign', 'paid']
  return [...filing, ...review.filter((step) => !done.includes(step)), ...payment]
}
