import { answer, api, type Schemas } from '@/api/client'
import type { Parameter } from '@/features/policy/model'
import { plain } from '@/money/fen'
import type { Simulation, WhenShort } from './model'

export function toSimulation(s: Schemas['PolicySimulation']): Simulation {
  return {
    year: s.year,
    organisations: s.population.organisations,
    sampled: s.population.sampled,
    provisional: s.provisional,
    questions: s.questions,
    before: { ...s.before, budget_fen: s.before.budget_fen ?? null },
    after: { ...s.after, budget_fen: s.after.budget_fen ?? null },
    gainers: s.gainers,
    losers: s.losers,
    newcomers: s.newcomers,
    lost_fen: s.lost_fen,
    changes: s.rows.map((r) => ({ key: r.org.code, name: r.org.name || r.org.code, before_fen: r.before_fen, after_fen: r.after_fen, paid_fen: r.paid_fen })),
    choices: s.choices,
    needs_amendment: s.needs_amendment,
  }
}

/** Figures go out as the measure writes them: decimal yuan, a decimal fraction, a whole number. */
export function written(parameters: Parameter[], set: Record<string, string>): Record<string, string> {
  return Object.fromEntries(parameters.filter((p) => set[p.path] !== undefined).map((p) => [p.path, p.kind === 'money' ? plain(set[p.path] ?? '0') : (set[p.path] ?? '')]))
}

export const simulate = async (body: { measure: string; set: Record<string, string>; when_short: WhenShort }) => toSimulation(await answer(api.POST('/policy/simulations', { body })))
