import { expect, it } from 'vitest'
import { OUTCOMES } from '@/pattern/outcome/Outcome'
import { grouped, groupOf, rangeShown, type Match } from './model'

const match = (rest: Partial<Match>): Match => ({ key: 'k', measure: 'm', name: { zh: '', en: '' }, clause: null, object: '', outcome: 'eligible', draft: false, amount_fen: null, provisional_fen: null, range: null, how: null, split_note: null, reasons: [], lacking: [], questions: [], application: null, can_apply: true, why_not: null, ...rest })

it('has a group for every outcome, and loses no match', () => {
  const all = OUTCOMES.map((outcome) => match({ outcome }))
  expect(Object.values(grouped(all)).flat()).toHaveLength(OUTCOMES.length)
  expect(groupOf(match({ outcome: 'expired' }))).toBe('not_eligible')
})

it('puts what a draft lacks or leaves open with the drafts, never among what a firm may still get', () => {
  for (const outcome of ['lacking', 'undecided', 'simulation_only'] as const) expect(groupOf(match({ outcome, draft: true }))).toBe('simulation_only')
  expect(groupOf(match({ outcome: 'not_eligible', draft: true }))).toBe('not_eligible')
})

it('counts as claimable only what can be claimed: what no call takes today stands apart', () => {
  expect(groupOf(match({}))).toBe('eligible')
  expect(groupOf(match({ can_apply: false }))).toBe('closed')
  expect(groupOf(match({ can_apply: false, application: 'app_1' }))).toBe('eligible') // it is being claimed
  expect(groupOf(match({ can_apply: false, draft: true }))).toBe('simulation_only')
})

it('shows a range only where it says more than the amount', () => {
  expect(rangeShown(match({}))).toBeNull()
  expect(rangeShown(match({ range: { least: '100', most: '100', apart: [] } }))).toBeNull()
  expect(rangeShown(match({ range: { least: '0', most: '100', apart: [] } }))?.least).toBe('0')
  expect(rangeShown(match({ range: { least: '100', most: '100', apart: ['A12'] } }))?.apart).toEqual(['A12'])
})
