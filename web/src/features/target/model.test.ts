import { expect, it } from 'vitest'
import { areasIn, barOf, byLight, goalText, lineOf, nowhere, rootOf, shortfalls, type Area, type Reading, type Target, type TargetDetail } from './model'

const text = { zh: '', en: '' }
const reading = (over: Partial<Reading> = {}): Reading => ({ id: '', name: text, value: '92.7', as_of: '2025-09-30', source: text, facts: 1, gap: '37.3', forecast: { value: '123.9', gap: '6.1', method: text }, light: 'behind', beside: [], ...over })
const goal = (year: number, value: string) => ({ year, comparator: 'ge' as const, value, words: text })
const target = (over: Partial<Target> = {}): Target => ({
  id: 't', name: text, clause: { document: '001', path: '一', label: text }, unit: '亿元', kind: 'flow', draft: false, part_of: '', question: '', goals: [goal(2025, '130'), goal(2026, '150'), goal(2027, '200')],
  goal: goal(2025, '130'), light: 'behind', readings: [reading()], reported: true, reporter: null, units: [], ...over,
})
const place = (code: string, part_of: string, scenes: number | null): Area => ({ code, part_of, name: text, tile: [], scenes })

it('scales a bar to the highest goal and shows what will be missing', () => {
  const bar = barOf(target(), reading(), 2025)
  expect(bar?.value).toBeCloseTo(46.35)
  expect(bar?.forecast).toBeCloseTo(15.6)
  expect(bar?.gap).toBeCloseTo(3.05)
  expect(bar?.ticks.map((t) => [t.year, t.at, t.now])).toEqual([[2025, 65, true], [2026, 75, false], [2027, 100, false]])
})
it('draws no gap when the goal will be met, and only ticks when nothing is known', () => {
  expect(barOf(target(), reading({ light: 'on_pace', forecast: { value: '140', gap: '', method: text } }), 2025)?.gap).toBe(0)
  const unknown = barOf(target(), reading({ value: '', forecast: null, light: 'no_data' }), 2025)
  expect([unknown?.value, unknown?.forecast, unknown?.gap]).toEqual([0, 0, 0])
  expect(barOf(target({ goals: [] }), reading({ value: '', forecast: null }), 2025)).toBeNull()
})
it('counts lights the worst first and names what will be missing', () => {
  const all = [target(), target({ light: 'reached' }), target({ light: 'reached' }), target({ light: 'no_data', readings: [reading({ forecast: null })] })]
  expect(byLight(all)).toEqual([{ light: 'behind', n: 1 }, { light: 'no_data', n: 1 }, { light: 'reached', n: 2 }])
  expect(shortfalls(all).map((s) => s.gap)).toEqual(['6.1'])
})
it('draws the year with its forecast; two readings have names and no forecast', () => {
  const points = [{ day: '2025-03-31', value: '28.4', fact: 'e' }, { day: '2025-09-30', value: '92.7', fact: 'f' }]
  const one: TargetDetail = { ...target(), year: 2025, on: '2025-10-22', series: [{ id: '', points, facts: ['f'] }], tasks: [], parts: [], around: null }
  expect(lineOf(one, () => 'x', String)).toEqual({ month: String, from: '2024-12-31', to: '2025-12-31', lines: [{ name: '', points: [['2025-03-31', 28.4], ['2025-09-30', 92.7]] }], forecast: [['2025-09-30', 92.7], ['2025-12-31', 123.9]], goal: { value: 130, label: '≥ 130' } })
  const two = { ...one, readings: [reading({ id: 'a' }), reading({ id: 'b' })], series: [{ id: 'a', points, facts: [] }, { id: 'b', points, facts: [] }] }
  expect(lineOf(two, (r) => r.id, String)).toMatchObject({ lines: [{ name: 'a' }, { name: 'b' }], forecast: null })
  expect(lineOf({ ...one, series: [{ id: '', points: [], facts: [] }] }, () => '', String)).toBeNull()
})
it('knows where scenes lie, and how many lie nowhere', () => {
  const root = place('520000', '', 10)
  const areas = [root, place('a', '520000', 3), place('b', '520000', null), place('c', '520000', 5), place('d', 'a', 1)]
  expect(rootOf(areas)).toBe(root)
  expect(areasIn(areas, '520000').map((a) => a.code)).toEqual(['c', 'a', 'b'])
  expect(nowhere(areas, root)).toBe(2)
})
it('writes goals as the texts mean them', () => {
  expect(goalText(goal(2025, '130'), () => '')).toBe('≥ 130')
  expect(goalText({ ...goal(2025, '120'), comparator: 'gt' }, () => '')).toBe('＞ 120')
  expect(goalText({ ...goal(2027, ''), words: { zh: '前列', en: 'front' } }, (t) => t.zh)).toBe('前列')
  expect(goalText(null, () => '')).toBe('—')
})
