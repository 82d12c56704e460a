import { expect, it } from 'vitest'
import { capGood, complete, EMPTY, filled, linesOf, ofPreview, ofUnused, sentAs, totals, type Preview, type Typed, type Unused } from './model'

const typed = (yuan: string): Typed => ({ purse: 'city-520100', measure: '002-2', yuan, cap: '' })

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
it('takes a cap that is left out or above zero, and sends it only where one was typed', () => {
  expect([capGood(' '), capGood('0.01'), capGood('0'), capGood('-1'), capGood('x')]).toEqual([true, true, false, false, false])
  expect(complete([{ ...typed('1'), cap: '0' }])).toBe(false)
  expect(linesOf([{ ...typed('1'), cap: '50,000' }])).toEqual([{ purse: 'city-520100', measure: '002-2', amount_fen: '100', cap_fen: '5000000' }])
  const read = (cap: object) => ofPreview([{ row: 2, purse: 'city-520100', measure: '002-2', amount_fen: '100', faults: [], ...cap } as Preview])
  expect(read({ cap_fen: '5000000' })).toEqual([{ ...typed('1.00'), cap: '50000.00' }])
  expect(read({})).toEqual([typed('1.00')])
})
it('finds the line that was sent for a row, past rows left empty', () => {
  expect([0, 1, 2].map((row) => sentAs([EMPTY, typed('1'), typed('2')], row))).toEqual([0, 0, 1])
})
