import { expect, it } from 'vitest'
import { effectOf, fromPercent, readValue, type Simulation } from './model'

it.each([
  ['1.5%', '0.015'],
  ['30', '0.3'],
  ['100%', '1'],
  ['0.25', '0.0025'],
  ['120', '1.2'],
  ['x', null],
  ['', null],
])('reads the percentage %s as %s', (text, fraction) => expect(fromPercent(text)).toBe(fraction))

it('reads money in yuan as fen and counts as whole numbers', () => {
  expect(readValue({ kind: 'money' }, '300,000')).toBe('30000000')
  expect(readValue({ kind: 'count' }, '12')).toBe('12')
  expect(readValue({ kind: 'count' }, '1.5')).toBeNull()
})

it('tells winners, newcomers and losers, and what goes over the budget', () => {
  const s: Simulation = {
    organisations: 3,
    sampled: false,
    before_fen: '300',
    after_fen: '350',
    budget_fen: '320',
    changes: [
      { key: 'a', name: 'a', before_fen: '200', after_fen: '150' },
      { key: 'b', name: 'b', before_fen: '100', after_fen: '120' },
      { key: 'c', name: 'c', before_fen: '0', after_fen: '80' },
    ],
    choices: [],
    needs_amendment: true,
  }
  const e = effectOf(s)
  expect(e.gainers.map((c) => c.key)).toEqual(['b', 'c'])
  expect(e.newcomers.map((c) => c.key)).toEqual(['c'])
  expect(e.losers.map((c) => c.key)).toEqual(['a'])
  expect(e.over_fen).toBe('30')
  expect(e.lost_fen).toBe('50')
})
