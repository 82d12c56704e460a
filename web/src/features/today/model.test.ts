import { expect, it } from 'vitest'
import { byUrgency, dueToday, overdue, type Waiting } from './model'

const waiting = (key: string, left: number | null): Waiting => ({ key, verb: 'decide', to: '/', number: key, org: '', measure: { zh: '', en: '' }, object: '', clause: null, amount_fen: null, note: { zh: '', en: '' }, since: '', green: false, waited: 0, clock: left === null ? null : { left, total: 5 } })
const rows = [waiting('none', null), waiting('later', 3), waiting('late', -2), waiting('today', 0)]

it('puts the least days first and what has no clock last, without touching the answer', () => {
  expect(byUrgency(rows).map((w) => w.key)).toEqual(['late', 'today', 'later', 'none'])
  expect(rows[0]?.key).toBe('none')
  expect(byUrgency([...rows, { ...waiting('green', 9), green: true }])[0]?.key).toBe('green')
})
it('counts what is over and what ends today', () => {
  expect(overdue(rows).map((w) => w.key)).toEqual(['late'])
  expect(dueToday(rows).map((w) => w.key)).toEqual(['today'])
})
