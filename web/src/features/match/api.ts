import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api, once, type Schemas } from '@/api/client'
import { tableDate } from '@/calendar/date'
import { measuresQuery } from '@/features/policy/api'
import { useLang } from '@/i18n'
import type { BasisKind } from '@/pattern/outcome/Basis'
import type { Match, Matches } from './model'

/** The engine says "compute"; on screen it is 算, a step. */
export const basisOf = (kind: string): BasisKind => (kind === 'compute' ? 'step' : (kind as BasisKind))

function toMatch(m: Schemas['PolicyMatch'], drafts: Set<string>): Match {
  return {
    key: m.key,
    measure: m.measure,
    name: m.name,
    clause: m.clause,
    object: m.object,
    outcome: m.outcome,
    draft: drafts.has(m.measure),
    amount_fen: m.amount_fen ?? null,
    provisional_fen: m.provisional_fen ?? null,
    range: m.range_fen ?? null,
    how: m.how ?? null,
    split_note: m.split_note ?? null,
    reasons: m.reasons.map((r) => ({
      id: r.id,
      kind: basisOf(r.kind),
      ok: r.ok ?? null,
      text: r.text,
      clause: r.clause,
      facts: r.facts.map((f) => ({ attestor: f.attestor, occurred: f.occurred, id: f.id })),
    })),
    lacking: m.lacking.map((l) => ({ text: l.text, where: l.where, attestor: l.attestor, shown: l.shown.length, step: l.step })),
    questions: m.questions,
    application: m.application ?? null,
    can_apply: m.can_apply,
    why_not: m.why_not ?? null,
  }
}

export function toMatches(m: Schemas['PolicyMatches'], measures: Schemas['PolicyMeasureRow'][]): Matches {
  const drafts = new Set(measures.filter((row) => row.status === 'draft').map((row) => row.id))
  return { facts: m.facts, sum_eligible_fen: m.sum_eligible_fen, payee: m.payee, results: m.results.map((x) => toMatch(x, drafts)) }
}

export function useMatches(org: string) {
  const client = useQueryClient()
  return useQuery({
    queryKey: ['matches', org],
    queryFn: async () => toMatches(...(await Promise.all([answer(api.GET('/organisations/{org}/matches', { params: { path: { org } } })), client.ensureQueryData(measuresQuery)]))),
    enabled: org !== '',
  })
}

export const startApplication = (org: string) => (body: Schemas['PolicyOpenInputBody'], key: string) =>
  answer(api.POST('/organisations/{org}/applications', { params: { path: { org } }, body, ...once(key) }))

/** "Market bureau 2025-06-02": who vouched for a reason, and when. */
export function useVouched(): (facts: Match['reasons'][number]['facts']) => string | undefined {
  const { lang, say } = useLang()
  return (facts) => {
    const seen = new Set(facts.map((f) => `${say(f.attestor)} ${tableDate(f.occurred, lang)}`))
    return seen.size > 0 ? [...seen].slice(0, 3).join(lang === 'zh' ? '，' : ', ') : undefined
  }
}
