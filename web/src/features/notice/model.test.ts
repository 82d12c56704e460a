import { expect, it } from 'vitest'
import { saying, standing, standingRows, type Row } from './model'

it('is a draft, running, on its last day, or over', () => {
  expect(saying({ state: 'draft', over: false, workdays_left: 0 })).toBe('saysDraft')
  expect(saying({ state: 'published', over: false, workdays_left: 3 })).toBe('saysOpen')
  expect(saying({ state: 'published', over: false, workdays_left: 0 })).toBe('saysLast')
  expect(saying({ state: 'published', over: true, workdays_left: 0 })).toBe('saysOver')
  expect(standing({ state: 'draft', over: true })).toBe('draft')
})

it('takes objections only against rows that still stand', () => {
  const row = (rest: Partial<Row>) => ({ row: 1, withdrawn: null, ...rest }) as Row
  expect(standingRows([row({}), row({ row: 2, withdrawn: { zh: '撤下', en: 'off' } })]).map((r) => r.row)).toEqual([1])
})
