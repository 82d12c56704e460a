import { expect, it } from 'vitest'
import { cutAt, decimal, fatesOf, totals, type Tally } from './model'

const rows = (below: string) => [...below].map((c) => ({ below: c === 'b' }))

it('draws the line before the first row below it, wherever the list was narrowed', () => {
  expect(cutAt(rows('aab'), true, false)).toBe(2)
  expect(cutAt(rows('bb'), false, true)).toBe(0)
})

it('draws it at the end once everybody was read and is above, and nowhere before that', () => {
  expect(cutAt(rows('aa'), false, false)).toBe(2)
  expect(cutAt(rows('aa'), true, false)).toBe(null)
  expect(cutAt(rows('aa'), false, true)).toBe(null)
})

it('adds up what cases came to over the measures', () => {
  expect(fatesOf({ fates: [{ measure: 'a', fate: 'quota', count: 3 }, { measure: 'a', fate: 'awarded', count: 4 }, { measure: 'b', fate: 'quota', count: 2 }] })).toEqual([['quota', 5], ['awarded', 4]])
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
