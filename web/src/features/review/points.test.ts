import { expect, it } from 'vitest'
import { fits, fromHundredths, hundredths, sum } from './points'

it('reads plain decimals and nothing else', () => {
  expect(hundredths('87.5')).toBe(8750)
  expect(hundredths('0.05')).toBe(5)
  for (const bad of ['', '.5', '5.', '1.234', '-1', '1e3', '１', ' 1']) expect(hundredths(bad)).toBeNull()
})
it('writes back what it read, without needless zeros', () => {
  for (let n = 0; n <= 20_000; n += 7) expect(hundredths(fromHundredths(n))).toBe(n)
  expect(fromHundredths(8750)).toBe('87.5')
  expect(fromHundredths(10)).toBe('0.1')
})
it('adds without a float', () => {
  expect(sum(['0.1', '0.2', '30'])).toBe('30.3')
  expect(sum([])).toBe('0')
})
it('holds a mark to the most of its criterion', () => {
  expect(fits('30', '30')).toBe(true)
  expect(fits('30.01', '30')).toBe(false)
  expect(fits('x', '30')).toBe(false)
})
