import { expect, it } from 'vitest'
import { cutOf, decimal, totals, type Result, type Tally } from './model'

type Award = Result['awards'][number]
type Excluded = Result['excluded'][number]
const award = (id: string, rank: number, measure = 'm') => ({ id, rank, measure, code: id, amount_fen: '1', claim_fen: '1', before_fen: '0', carried_fen: '0' }) as Award
const out = (id: string, rank: number, measure = 'm') => ({ id, rank, measure, code: id, reason: { zh: '名额已满', en: 'No place left' } }) as Excluded
const ids = (rows: { id: string }[]) => rows.map((r) => r.id)

it('draws the line after the last that is in, and keeps whoever is out above it in its place', () => {
  const cut = cutOf({ awards: [award('c', 3), award('a', 1), award('x', 1, 'other')], excluded: [out('b', 2), out('d', 4), out('e', 0)] }, 'm')
  expect(ids(cut.above)).toEqual(['a', 'b', 'c'])
  expect(ids(cut.below)).toEqual(['d'])
  expect(ids(cut.unranked)).toEqual(['e'])
})

it('has everybody below the line when nobody is in, and awards without a rank above it', () => {
  expect(ids(cutOf({ awards: [], excluded: [out('b', 2), out('a', 1)] }, 'm').below)).toEqual(['a', 'b'])
  expect(ids(cutOf({ awards: [award('a', 0)], excluded: [out('b', 1)] }, 'm').above)).toEqual(['a'])
})

it('puts those that are in before equals that are not', () => {
  const cut = cutOf({ awards: [award('z', 2)], excluded: [out('a', 2)] }, 'm')
  expect([ids(cut.above), ids(cut.below)]).toEqual([['z'], ['a']])
})

it('divides points of any size exactly', () => {
  expect(decimal('1', '3')).toBe('0.3333')
  expect(decimal('90071992547409930', '90071992547409931')).toBe('0.9999')
  expect(decimal('5', undefined)).toBe('5')
  expect(decimal('-1', '2')).toBe('−0.5000')
})

it('adds what the measures came to', () => {
  const tally = (due: string, paid: string) => ({ applications: 2, awarded: 1, due_fen: due, paid_fen: paid }) as Tally
  expect(totals([tally('9007199254740993', '1'), tally('2', '2')])).toEqual({ applications: 4, awarded: 2, due: '9007199254740995', paid: '3' })
})
