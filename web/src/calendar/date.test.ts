import { expect, it } from 'vitest'
import { clockTime, headDate, sentenceDate, stampTime, tableDate } from './date'

it('writes a date for each place and language', () => {
  expect(tableDate('2025-10-22', 'zh')).toBe('2025-10-22')
  expect(tableDate('2025-10-22', 'en')).toBe('22 Oct 2025')
  expect(sentenceDate('2025-10-22', 'zh')).toBe('10月22日')
  expect(headDate('2025-10-22', 'zh')).toBe('2025年10月22日 周三')
  expect(headDate('2025-10-22', 'en')).toBe('Wed 22 Oct 2025')
})
it('places an instant on the day of Asia/Shanghai', () => {
  expect(tableDate('2025-10-21T16:30:00Z', 'zh')).toBe('2025-10-22')
  expect(clockTime('2025-10-21T16:30:00Z')).toBe('00:30')
  expect(stampTime('2025-10-21T16:30:00Z', 'en')).toBe('22 Oct 2025 00:30')
})
it('shows a dash for what has no date', () => expect(tableDate(null, 'zh')).toBe('—'))
