import { expect, it } from 'vitest'
import { complete, EMPTY, filled, linesOf, ofUnused, totals, type Typed, type Unused } from './model'

const typed = (yuan: string): Typed => ({ purse: 'city-520100', measure: '002-2', yuan })

it('adds up what is given and what is taken back, and passes over what cannot be read', () => {
  expect(totals([typed('1,000.5'), typed('-20'), typed('x')])).toEqual({ given: '100050', taken: '2000' })
})
it('takes a row left empty for no line, and half a line for none that can be sent', () => {
  expect(filled([EMPTY, typed('1')])).toEqual([typed('1')])
  expect(complete([typed('1')])).toBe(true)
  for (const rows of [[], [typed('0')], [typed('')], [{ ...typed('1'), purse: '' }]]) expect(complete(rows)).toBe(false)
  expect(linesOf([typed('-1.05')])).toEqual([{ purse: 'city-520100', measure: '002-2', amount_fen: '-105' }])
})
it('writes what a year left over as lines of either order', () => {
  const left = (takeable_fen: string) => ({ purse: 'city-520100', measure: '002-2', takeable_fen }) as Unused
  expect(ofUnused([left('0'), left('12345')], 'lapse')).toEqual([typed('-123.45')])
  expect(ofUnused([left('12345')], 'carry')).toEqual([typed('123.45')])
})
